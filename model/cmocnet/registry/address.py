"""The address of a judged number: which variable's table, which cell of it, which number there.

    address := variable "/" { "[" state "]" } number
    number  := lowest | highest | leak      an anchor of the table
             | weight.parent                how much a parent counts beside the others
             | cause.parent.state           that this state of a parent is enough by itself
             | rown.k                       the k-th nested share of the n-th given row, from 1

A table that a moderator cuts has a cell for each of its states; of several moderators the outermost
comes first.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Literal, cast

from cmocnet.errors import QueryError, nearest
from cmocnet.wording import quoted

Part = Literal["lowest", "highest", "leak", "weight", "cause", "row"]

_NAME = r"([^/\[\].]+)"
_COUNT = r"([1-9]\d{0,8})"
_ADDRESS = re.compile(
    rf"{_NAME}/((?:\[[^/\[\].]+\])*)(?:(lowest|highest|leak)"
    rf"|(weight)\.{_NAME}|(cause)\.{_NAME}\.{_NAME}|(row){_COUNT}\.{_COUNT})",
    re.ASCII,
)


class Address(str):
    """Where a judged number stands. It is text, so that files and mappings hold it as it is.

    variable
        Whose table.
    part
        Which number of it.
    cells
        The moderators' states whose cell it is in, outermost first.
    parent, state
        For a weight or a cause: whose, and for which of the parent's states.
    row, share
        For a given row: which, and which of its nested shares, both from 1.

    >>> Address("trust", "weight", cells=("low",), parent="experience")
    'trust/[low]weight.experience'
    >>> found = Address.parse("trust/[low]weight.experience")
    >>> found.variable, found.cells, found.part, found.parent
    ('trust', ('low',), 'weight', 'experience')
    """

    __slots__ = ("cells", "parent", "part", "row", "share", "state", "variable")

    variable: str
    part: Part
    cells: tuple[str, ...]
    parent: str
    state: str
    row: int
    share: int

    def __new__(
        cls,
        variable: str,
        part: Part,
        *,
        cells: tuple[str, ...] = (),
        parent: str = "",
        state: str = "",
        row: int = 0,
        share: int = 0,
    ) -> Address:
        """The address with these parts; see the class."""
        inside = "".join(f"[{cell}]" for cell in cells) if cells else ""
        number: str = part
        if part == "weight":
            number = f"weight.{parent}"
        elif part == "cause":
            number = f"cause.{parent}.{state}"
        elif part == "row":
            number = f"row{row}.{share}"
        made = super().__new__(cls, f"{variable}/{inside}{number}")
        made.variable, made.part, made.cells = variable, part, cells
        made.parent, made.state, made.row, made.share = parent, state, row, share
        return made

    @classmethod
    def parse(cls, text: str, known: Iterable[str] = ()) -> Address:
        """The address that a text is.

        Raises
        ------
        QueryError
            It is none; names the nearest of the ``known`` ones.

        >>> Address.parse("trust/wieght.pace", ["trust/lowest", "trust/weight.pace"])
        Traceback (most recent call last):
        cmocnet.errors.QueryError: 'trust/wieght.pace' is no address of a judgement; expected \
variable/number, as y/lowest, y/[state]weight.parent or y/row1.2; nearest: trust/weight.pace, \
trust/lowest
        """
        if isinstance(text, cls):
            return text
        found = _ADDRESS.fullmatch(text)
        if found is None:
            what = f"{quoted(text)} is no address of a judgement"
            expected = "variable/number, as y/lowest, y/[state]weight.parent or y/row1.2"
            raise QueryError(what, expected=expected, nearest=nearest(text[:80], known))
        variable, inside, anchor, weight, weighed, cause, causing, state, row, n, k = found.groups()
        return cls(
            variable,
            cast("Part", anchor or weight or cause or row),
            cells=tuple(inside[1:-1].split("][")) if inside else (),
            parent=weighed or causing or "",
            state=state or "",
            row=int(n or 0),
            share=int(k or 0),
        )

    @property
    def table(self) -> str:
        """What the addresses of one table, or of one cell of it, begin with.

        >>> Address.parse("trust/[low]weight.experience").table
        'trust/[low]'
        """
        return f"{self.variable}/" + "".join(f"[{cell}]" for cell in self.cells)

    def beside(self, part: Literal["lowest", "highest", "leak"]) -> Address:
        """Another anchor of the same table.

        >>> Address.parse("trust/[low]lowest").beside("highest")
        'trust/[low]highest'
        """
        return Address(self.variable, part, cells=self.cells)

    def __reduce__(self) -> tuple[object, tuple[str]]:
        return Address.parse, (str(self),)
