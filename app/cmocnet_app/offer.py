"""Buttons that hand out files, each made only when it is asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import streamlit as st

from cmocnet_app import downloads

Rows = Iterable[Iterable[object]]


def table(label: str, name: str, head: Iterable[str], rows: Callable[[], Rows]) -> None:
    """A table as CSV, safe to open in a spreadsheet."""
    columns = tuple(head)
    file(label, name, "text/csv", lambda: downloads.table(columns, rows()))


def file(
    label: str, name: str, kind: str, make: Callable[[], bytes], *, wide: bool = False
) -> None:
    """Any file; ``kind`` is its media type. ``wide`` fills the column the button stands in."""
    st.download_button(
        label, make, name, kind, on_click="ignore", width="stretch" if wide else "content"
    )
