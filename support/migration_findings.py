"""All that is found out about the migrations of an Alembic project, on two servers of their own, side by side."""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import TypeVar

from support.acquire import acquire
from support.failing_migration import Failure, failing
from support.local_server import on_loopback
from support.migrations import Project
from support.rehearsal import Step, Walk, one_by_one
from support.revision_verdicts import Verdicts, judged_at, to_judge
from support.revisions import Revision, revisions
from support.round_trip import RoundTrip, there_and_back
from support.server import Server

T = TypeVar("T")
Tell = Callable[[str], None]


@dataclass(frozen=True)
class Findings:
    """What the tests of the migrations judge; `judged` by the number of the step, None if nobody asked."""

    history: list[Revision]
    steps: list[Step]
    failure: Failure | None
    trip: RoundTrip
    lost: tuple[str, ...] | None  # what a downgrade did to entries; None if there were none
    judged: dict[int, Verdicts] | None = None

    @property
    def heads(self) -> list[Revision]:
        """The revisions that no other follows."""
        return [revision for revision in self.history if revision.head]

    @property
    def filled(self) -> list[Step]:
        """The steps that ran over a ledger with entries."""
        return [step for step in self.steps if step.entries > 0 and not step.failed]


def _on_a_server(choice: str, image: str, work: Callable[[Server], T]) -> T:
    lease = acquire(choice, image=image, settings=on_loopback())
    try:
        return work(lease.server)
    finally:
        lease.close()


def _there_and_back(project: Project, server: Server) -> tuple[Failure | None, RoundTrip]:
    history = revisions(project, server)
    return failing(project, server, history), there_and_back(project, server, history)


def _one_by_one(project: Project, server: Server, entries: int, tell: Tell) -> tuple[list[Revision], Walk]:
    history = revisions(project, server)
    return history, one_by_one(project, server, history, entries, tell)


def find_out(project: Project, choice: str, image: str, entries: int, tell: Tell, *, judge: bool) -> Findings:
    """Everything. `choice` and `image` as for `acquire`; `entries`: how many the ledger has that is migrated; `judge`:
    whether the specification is run on revisions before the newest. `tell` is called with what is being done.

    Raises NoServerError, CandidateError if Alembic cannot be run, RunIsOverError.
    """
    with ThreadPoolExecutor(2, thread_name_prefix="migrations") as pool:
        walk = pool.submit(_on_a_server, choice, image, lambda server: _one_by_one(project, server, entries, tell))
        way = pool.submit(_on_a_server, choice, image, lambda server: _there_and_back(project, server))
        history, walked = walk.result()
        judged = _judged(project, choice, walked.steps, pool, tell) if judge else None
        failure, trip = way.result()
    return Findings(history, walked.steps, failure, trip, walked.lost, judged)


def _judged(
    project: Project, choice: str, steps: list[Step], pool: ThreadPoolExecutor, tell: Tell
) -> dict[int, Verdicts]:
    """Verdicts by the number of the step; where the catalog is the same again, so are they."""
    running: dict[int, Future[Verdicts]] = {}
    for number in to_judge(steps):
        same = [other for other in running if steps[other].catalog == steps[number].catalog]
        running[number] = (
            running[same[0]] if same else pool.submit(judged_at, project, ",".join(steps[number].versions), choice)
        )
    found = {}
    for number, verdicts in running.items():
        tell(f"the specification on {steps[number].revision.name}")
        found[number] = verdicts.result()
    return found
