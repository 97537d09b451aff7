"""A report, read by a parser that insists: what it holds, and that nothing in it is out of place."""

import re
from html.parser import HTMLParser

ALONE = {"meta", "input", "wbr", "br", "path", "circle", "rect", "use"}
ELEMENTS = {
    *("html", "head", "title", "style", "script", "body", "main", "header", "nav", "footer", "aside", "section"),
    *("article", "div", "span", "p", "a", "h1", "h2", "h3", "h4", "ul", "li", "dl", "dt", "dd", "strong", "code"),
    *("pre", "q", "time", "table", "caption", "thead", "tbody", "tfoot", "tr", "th", "td", "details", "summary"),
    *("form", "fieldset", "legend", "label", "output", "button", "svg", "symbol", *ALONE),
}
LANDMARKS = {"aside", "header", "main", "nav", "footer"}


class Page(HTMLParser):
    """The elements of a page with their attributes, the text of each, and the blocks of style and script."""

    def __init__(self, content: bytes) -> None:
        super().__init__(convert_charrefs=True)
        self.open, self.elements, self.ids, self.texts = [], [], [], []
        self.feed(content.decode())
        self.close()
        assert self.open == []

    def handle_starttag(self, tag, attrs):
        assert tag in ELEMENTS, tag
        names = [name for name, _ in attrs]
        assert len({*names}) == len(names)
        found = {name: value or "" for name, value in attrs}
        assert not [name for name in found if name.startswith("on") or name in ("style", "src", "srcset", "action")]
        assert found.get("href", "#").startswith("#"), found
        self.ids += [found["id"]] if "id" in found else []
        element = {"tag": tag, "attrs": found, "text": "", "within": [one["tag"] for one in self.open]}
        self.elements.append(element)
        if tag not in ALONE:
            self.open.append(element)

    def handle_endtag(self, tag):
        if tag not in ALONE:
            assert self.open.pop()["tag"] == tag

    def handle_startendtag(self, tag, attrs):
        self.handle_starttag(tag, attrs)
        if tag not in ALONE:
            self.open.pop()

    def handle_comment(self, data):
        raise AssertionError(data)

    def handle_data(self, data):
        for element in self.open:
            element["text"] += data
        if self.open and self.open[-1]["tag"] not in ("style", "script"):
            self.texts.append(data)
        assert self.open or not data.strip()

    def all(self, tag=None, **attrs):
        """The elements with this tag and these attributes (`_` for `-`)."""
        wanted = {name.rstrip("_").replace("_", "-"): value for name, value in attrs.items()}
        return [one for one in self.elements if tag in (None, one["tag"]) and wanted.items() <= one["attrs"].items()]

    def one(self, tag=None, **attrs):
        """The only one."""
        (found,) = self.all(tag, **attrs)
        return found

    def of(self, id_):
        """The text of the guarantee's article, white space folded."""
        return folded(self.one("article", data_guarantee=id_)["text"])

    @property
    def text(self):
        """All that a reader sees."""
        return folded(" ".join(self.texts))


def folded(text):
    """The text with single blanks."""
    return re.sub(r"\s+", " ", text).strip()
