"""What GitHub shows beside a run: at most ten annotations, from the evidence alone."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

from evidence import inert

MOST: Final = 10
_WHY: Final = {
    4: "The suite was called wrongly",
    10: "No usable PostgreSQL 15",
    11: "The candidate cannot be applied",
    12: "The live target cannot be examined",
}
Place = tuple[str, int]  # a file of the workspace and a line; the empty file is none, and line 0 no line


@dataclass(frozen=True)
class Annotation:
    """One annotation; its text may be anybody's."""

    level: Literal["error", "warning"]
    title: str
    message: str
    place: Place = ("", 0)
    name: str = ""  # what it is about, for the one that says how many more there are

    def __str__(self) -> str:
        """The workflow command, in one line."""
        file, line = self.place
        properties = [f"title={inert.value(inert.line(self.title))}"]
        properties += [f"file={inert.value(file)}"] * bool(file) + [f"line={line}"] * bool(file and line)
        return f"::{self.level} {','.join(properties)}::{inert.data(inert.plain(self.message))}"


def why(code: int) -> str:
    """What an exit code says of a run that ended early."""
    return _WHY.get(code, f"The run ended early, with exit code {code}")


def of_early_end(code: int, said: str, place: Place = ("", 0)) -> Annotation:
    """The only annotation of a run that judged nothing."""
    return Annotation("error", f"{why(code)} (exit code {code})", said, place)


def decides(guarantee: Mapping[str, Any], document: Mapping[str, Any]) -> bool:
    """Whether the guarantee counts for the verdict of the run."""
    return bool(document["require"] == "all" or guarantee["level"] == "core")


def _of_broken(one: Mapping[str, Any], level: Literal["error", "warning"], place: Place) -> Annotation:
    failure = one["failures"][0] if one["failures"] else {"observed": one["note"], "remedy": "", "nodeid": ""}
    rows = [one["says"], f"promised: {one['source']}", f"observed: {inert.plain(failure['observed'], 1000)}"]
    rows += [f"{name}: {failure[key]}" for name, key in (("mend", "remedy"), ("shown by", "nodeid")) if failure[key]]
    if one["note"] and one["failures"]:
        rows.insert(1, one["note"])
    return Annotation(level, f"{one['id']} ({one['level']}) {one['verdict']}", "\n".join(rows), place, one["id"])


def of_run(
    document: Mapping[str, Any], candidate: Place = ("", 0), declared: Mapping[str, Place] | None = None
) -> list[Annotation]:
    """All of them: what breaks the run first, then what was not checked, then deviations to look at.

    `candidate` is where its source stands, `declared` where each deviation does. What does not decide the verdict warns.
    """
    places = declared or {}
    found: list[Annotation] = []
    for one in document["guarantees"]:
        if one["verdict"] in ("broken", "error"):
            level: Literal["error", "warning"] = "error" if decides(one, document) else "warning"
            place = places.get(one["id"], candidate) if one["verdict"] == "broken" else candidate
            found.append(_of_broken(one, level, place))
    unchecked = [one for one in document["guarantees"] if one["verdict"] == "not-checked" and decides(one, document)]
    if unchecked:
        reasons = dict.fromkeys(f"{one['note']}" for one in unchecked if one["note"])
        message = f"{', '.join(one['id'] for one in unchecked)}\n" + "\n".join(list(reasons)[:5])
        found.append(
            Annotation("error", f"{len(unchecked)} not checked: the run is incomplete", message, name="not-checked")
        )
    for one in document["guarantees"]:
        if deviation := one["deviation"]:
            where = places.get(one["id"], ("", 0))
            if deviation["stale"]:
                text = f"{one['id']} is kept: take the declaration out. {deviation['because']}"
                found.append(Annotation("warning", f"{one['id']} stale deviation", text, where, one["id"]))
            elif one["verdict"] == "deviates" and one["note"]:
                text = f"{one['note']}: {deviation['because']}"
                found.append(Annotation("warning", f"{one['id']} deviation ends soon", text, where, one["id"]))
    return sorted(found, key=lambda annotation: annotation.level)  # errors, then warnings, each in its order


def capped(found: Sequence[Annotation], most: int = MOST) -> list[Annotation]:
    """The first of them; if there are more than `most`, the last says how many, and about what."""
    if len(found) <= most:
        return [*found]
    rest = found[most - 1 :]
    return [
        *found[: most - 1],
        Annotation(rest[0].level, f"{len(rest)} more", ", ".join(one.name for one in rest if one.name)),
    ]
