"""What two evidence documents, and their catalogues, say otherwise."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

_ORDER: Final = ("kept", "deviates", "not-checked", "error", "broken")  # from good to bad
Document = Mapping[str, Any]


def _by_id(document: Document) -> dict[str, Mapping[str, Any]]:
    return {one["id"]: one for one in document["guarantees"]}


def verdicts(old: Document, new: Document) -> Iterator[str]:
    """Verdicts that changed: what got worse first, the worst of it at the top."""
    if old["verdict"] != new["verdict"]:
        yield f"the run: {old['verdict']} -> {new['verdict']}"
    before, after = _by_id(old), _by_id(new)
    changed = [
        (_ORDER.index(one["verdict"]), _ORDER.index(before[id_]["verdict"]), id_)
        for id_, one in after.items()
        if id_ in before and before[id_]["verdict"] != one["verdict"]
    ]
    for now, then, id_ in sorted(changed, key=lambda one: (one[0] < one[1], -one[0], one[2])):
        how = "worse" if now > then else "better"
        yield f"{how}: {id_} {_ORDER[then]} -> {_ORDER[now]}: {after[id_]['says']}"


def guarantees(old: Document, new: Document) -> Iterator[str]:
    """Guarantees that are new, gone or say something else."""
    before, after = _by_id(old), _by_id(new)
    yield from (f"gone: {id_} ({one['verdict']}): {one['says']}" for id_, one in before.items() if id_ not in after)
    yield from (f"new: {id_} ({one['verdict']}): {one['says']}" for id_, one in after.items() if id_ not in before)
    for id_ in after.keys() & before.keys():
        for key in ("says", "source", "level", "area"):
            if before[id_][key] != after[id_][key]:
                yield f"reworded: {id_}: {key}: {before[id_][key]} -> {after[id_][key]}"


def _failures(document: Document) -> dict[tuple[str, str], str]:
    return {
        (one["id"], failure["nodeid"]): failure["observed"].partition("\n")[0]
        for one in document["guarantees"]
        for failure in one["failures"]
    }


def failures(old: Document, new: Document) -> Iterator[str]:
    """Failures that are new, mended or failed otherwise, each by guarantee and test."""
    before, after = _failures(old), _failures(new)
    for (id_, nodeid), observed in after.items():
        if (id_, nodeid) not in before:
            yield f"new: {id_} {nodeid}: {observed}"
    yield from (f"mended or gone: {id_} {nodeid}" for id_, nodeid in before if (id_, nodeid) not in after)


def tests(old: Document, new: Document) -> Iterator[str]:
    """Guarantees that other tests ran for."""
    before, after = _by_id(old), _by_id(new)
    for id_ in (id_ for id_ in after if id_ in before):
        then, now = ({test["nodeid"] for test in one[id_]["tests"]} for one in (before, after))
        if then != now:
            yield f"{id_}: {len(then - now)} tests less, {len(now - then)} more"


def deviations(old: Document, new: Document) -> Iterator[str]:
    """Declared deviations that are new, gone or changed."""
    before, after = ({id_: one["deviation"] for id_, one in _by_id(each).items()} for each in (old, new))
    for id_ in {**before, **after}:
        then, now = before.get(id_), after.get(id_)
        if now and not then:
            yield f"new: {id_} until {now['until']}: {now['because']}"
        elif then and not now:
            yield f"gone: {id_} until {then['until']}: {then['because']}"
        elif then and now and then != now:
            stale = ", stale" * now["stale"]
            yield f"changed: {id_}: until {then['until']} -> {now['until']}{stale}: {now['because']}"


def named(old: Mapping[str, str], new: Mapping[str, str]) -> Iterator[str]:
    """Names that are gone, new or stand for something else."""
    yield from (f"gone: {name}" for name in old if name not in new)
    yield from (f"new: {name}" for name in new if name not in old)
    yield from (f"changed: {name}" for name in new if name in old and old[name] != new[name])


def sources(old: Document, new: Document) -> Iterator[str]:
    """The candidate's kind and files, by path and digest."""
    if old["candidate"]["kind"] != new["candidate"]["kind"]:
        yield f"kind: {old['candidate']['kind']} -> {new['candidate']['kind']}"
    revisions = [each["candidate"].get("revision", "") for each in (old, new)]
    if revisions[0] != revisions[1]:
        yield f"revision: {revisions[0] or 'none'} -> {revisions[1] or 'none'}"
    then, now = ([(one["path"], one["sha256"]) for one in each["candidate"]["sources"]] for each in (old, new))
    found = [*named(dict(then), dict(now))]
    yield from found
    if not found and then != now:
        yield "the files are applied in another order"
    yield from named(*(dict.fromkeys(each["candidate"].get("left_out", []), "") for each in (old, new)))


def _flat(about: Mapping[str, Any], above: str = "") -> Iterator[tuple[str, str]]:
    for name, value in about.items():
        if isinstance(value, Mapping):
            yield from _flat(value, f"{above}{name} ")
        else:
            yield f"{above}{name}", str(value)


def about(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[str]:
    """Facts by name, nested ones by both names."""
    before, after = dict(_flat(old)), dict(_flat(new))
    for name in {**before, **after}:
        if before.get(name) != after.get(name):
            yield f"{name}: {before.get(name, '(none)')} -> {after.get(name, '(none)')}"
