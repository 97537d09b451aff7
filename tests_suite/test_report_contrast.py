"""Every colour of text on every ground that it may stand on, in each scheme. As rendered: test_report_in_browser.py."""

import re

import pytest

from evidence.page import ORDER
from evidence.report import TEMPLATES
from tests_suite.contrast import AA, contrast

VERDICTS = (*ORDER, "incomplete")
GROUNDS = ("ground", "paper")
SCHEMES = {
    "light": ("tokens.css", r":root \{(.*?)\n\}"),
    "dark": ("tokens.css", r"scheme: dark\) \{\s+:root \{(.*?)\}"),
    "print": ("print.css", r":root \{(.*?)\}"),
}


def colours(scheme):
    file, block = SCHEMES[scheme]
    found = re.search(block, (TEMPLATES / file).read_text(), re.DOTALL)[1]
    return {name: tuple(bytes.fromhex(digits)) for name, digits in re.findall(r"--([\w-]+): #(\w{6});", found)}


def pairs():
    """Text and ground, as the rules combine them."""
    for ground in GROUNDS:
        yield from ((text, ground) for text in ("ink", "soft", "link", *VERDICTS))
    yield ("paper", "ink")  # what is chosen in the filter
    for verdict in VERDICTS:
        yield from ((text, f"{verdict}-tint") for text in (verdict, "ink"))


@pytest.mark.parametrize("scheme", SCHEMES)
def test_every_text_is_readable_on_every_ground(scheme):
    known = colours(scheme)
    found = {pair: contrast(known[pair[0]], known[pair[1]]) for pair in pairs()}
    assert {pair: round(ratio, 2) for pair, ratio in found.items() if ratio < AA} == {}
    assert len(found) == 2 * 9 + 1 + 2 * 6


@pytest.mark.parametrize("scheme", SCHEMES)
def test_bars_and_borders_of_controls_are_seen(scheme):
    known = colours(scheme)
    seen = [("soft", "paper"), ("link", "ground"), ("link", "paper"), *((f"{one}-fill", "ground") for one in VERDICTS)]
    assert {pair for pair in seen if contrast(known[pair[0]], known[pair[1]]) < 3} == set()


def test_rules_use_the_colours_by_name_only_and_every_name_is_defined_in_each_scheme():
    names = set(colours("light"))
    assert names == set(colours("dark")) == set(colours("print"))
    for name in ("page.css", "guarantees.css"):
        text = (TEMPLATES / name).read_text()
        assert not re.findall(r"#[0-9a-f]{3,8}\b(?=[;\s])|rgba?\(|hsl|opacity: \.", text)
        used = set(re.findall(r"(?:color|background|fill|stroke|border[\w-]*): [^;]*?var\(--([\w-]+)\)", text))
        assert used <= names | {"own", "tint", "fill"}
        combined = re.findall(r"background: var\(--([\w-]+)\);[^}]*?\scolor: var\(--([\w-]+)\)", text)
        known = {(text_, ground) for text_, ground in pairs()} | {("own", "tint"), ("ink", "tint")}
        assert {(text_, ground) for ground, text_ in combined} <= known
