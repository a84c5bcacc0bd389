"""A review's solutions, all of them, and the generated file that keeps them in its folder.

Beside the review as it stands, each rival reading and the rival rule of combination is solved in
its own right: an answer is shown beside theirs.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from cmocnet.errors import CmocnetError
from cmocnet.model import Model
from cmocnet.registry.solution import NAME
from cmocnet.registry.solutions import stamp, written
from cmocnet.registry.solved import changed
from cmocnet.rivals import reread
from cmocnet.solve.newton import Progress
from cmocnet.solve.solution import Solution, solved
from cmocnet.writing import write_whole

AS_IT_STANDS = "the review as it stands"


def solutions(model: Model, *, progress: Progress | None = None) -> Iterator[tuple[str, Solution]]:
    """The review's solution, then that of each rival that differs in a number, with its label.

    ``progress`` is told how many steps were taken, all solutions together.

    Raises
    ------
    CmocnetError
        A prior set or a rival reading is laid over the review, or it cannot be solved.
    """
    model = model.unsolved
    review, steps = model.review, 0
    if model.priors is not None or changed(review.cmocs, review.readings):
        what = "a review's folder keeps the numbers of the review as it stands"
        raise CmocnetError(what, expected="no prior set and no rival reading, or -o DIR")

    def told(_steps: int, total: None) -> None:
        nonlocal steps
        steps += 1
        if progress is not None:
            progress(steps, total)

    first = solved(model, progress=told)
    yield AS_IT_STANDS, first
    for label, rival, rule in reread(review, None):
        if rule == "product" or changed(rival.cmocs, rival.readings):
            other = type(model)(rival, engine=model.engine)
            yield label, solved(other, rule=rule, near=first, progress=told)


def write(model: Model, found: Sequence[tuple[str, Solution]]) -> Path:
    """Write a review's solutions into its folder, whole or not at all; the file.

    Raises
    ------
    CmocnetError
        A search did not come to rest.
    FileError
        The file cannot be written.
    """
    for label, one in found:
        if not one.converged:
            raise CmocnetError(
                f"the search for {label} did not come to rest: {one.finding}",
                expected="statements that pull less against each other; nothing was written",
            )
    path = Path(model.review.path) / NAME
    of = stamp(model.unsolved.review)
    write_whole(path, written(of, [one.found for _, one in found]))
    return path
