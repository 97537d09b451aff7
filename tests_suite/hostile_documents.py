"""Evidence documents in which every text that can come from elsewhere says something it had better not."""

import copy

from tests_suite.oscal_documents import of_every_verdict

LONG = "x" * 3000
WORDS = {
    "an element": "<script>document.title='pwned'</script><img src=x onerror=\"document.title='pwned'\">",
    "the end of a block": "</code></pre></details></article></main></style></script><h1>Kept</h1><!--",
    "quotes": "\" onfocus=\"document.title='pwned'\" autofocus x='",
    "a template": "{{7*7}}{% for x in (1,) %}seven{% endfor %}${7*7}#{7*7}",
    "an address": "javascript:document.title='pwned'//https://evil.example/?<a href='javascript:alert(1)'>",
    "another direction": "\u202e\u2066drowssap\u2069\u202c\u200f\u061c",
    "controls": "a\x00b\x1b[31mc\x07\x7f\x85\ufeff\ud800\uffff\r\nd",
    "a word without an end": LONG + "\u05d0" * 500,
    "attributes": " data-guarantee=LED-99 data-verdict=kept id=main class=strip ",
    "marks over marks": "Z" + "\u0337\u0328\u0351" * 300,
}


def hostile(words: str) -> dict:
    """The document of a run with every verdict in which whatever is text ends with these words."""
    document = copy.deepcopy(of_every_verdict())
    document["candidate"] |= {"left_out": ["an extension"], "revision": "3f2a" + words}
    document["environment"] |= {"instance": "amply", "target": "staging", "region": "eu", "ci": {"REF": "r"}}
    document["environment"]["packages"] = {"pytest": "9"}
    for one in document["guarantees"]:
        for key in ("says", "source", "note", "area"):
            one[key] += words
        for told in (*one["tests"], *one["failures"]):
            told |= {key: told[key] + words for key in ("nodeid", "observed", "remedy") if key in told}
        if one["deviation"]:
            one["deviation"] |= {key: one["deviation"][key] + words for key in ("because", "until")}
    candidate, suite = document["candidate"], document["suite"]
    candidate["catalog_sha256"] += words
    candidate["left_out"] = [text + words for text in candidate["left_out"]]
    candidate["sources"] = [{**one, "path": one["path"] + words, "sha256": words} for one in candidate["sources"]]
    suite |= {key: suite[key] + words for key in suite}
    document["environment"] = {
        f"{name}{words}" if name in ("packages", "ci") else name: (
            {key + words: text + words for key, text in value.items()} if isinstance(value, dict) else value + words
        )
        for name, value in document["environment"].items()
    }
    return document
