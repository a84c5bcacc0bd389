"""What the server holds for a visitor, how much of it, and that it lets go when the visitor leaves.

Streamlit keeps every uploaded file in memory as long as the session, and a session that has ended
for a while after; its limit on a file's size does not limit how many files there are.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from threading import Lock
from typing import TYPE_CHECKING, Any

import streamlit as st
from streamlit import runtime
from streamlit.runtime.scriptrunner import get_script_run_ctx

if TYPE_CHECKING:
    from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager
    from streamlit.runtime.uploaded_file_manager import UploadedFileRec

MOST_FILES, MOST_BYTES = 25, 12_000_000
"""Of one visitor, until they are read."""
ALL_FILES, ALL_BYTES = 500, 60_000_000
"""Of all visitors together."""
TOO_LARGE = 413


class Uploads:
    """Takes files into a store within bounds; files of visitors who have left go first.

    Parameters
    ----------
    store
        Streamlit's; its ``add_file`` becomes :meth:`add` here.
    present
        Session -> is it still there?
    """

    def __init__(self, store: MemoryUploadedFileManager, present: Callable[[str], bool]) -> None:
        self._store, self._present = store, present
        self._add, self._lock = store.add_file, Lock()
        self._refused: dict[str, str] = {}
        store.add_file = self.add  # type: ignore[method-assign]  # Streamlit has no hook for it

    def add(self, session_id: str, file: UploadedFileRec) -> None:
        """Take a file in.

        Raises
        ------
        HTTPException
            There is no room for it; a browser shows that beside the file.
        """
        from starlette.exceptions import HTTPException

        with self._lock:
            for gone in [s for s in self._store.file_storage if not self._present(s)]:
                self.let_go(gone)
            why = self._too_much(session_id, file)
            if why:
                self._refused[session_id] = why
                raise HTTPException(TOO_LARGE, why)
            self._add(session_id, file)

    def _too_much(self, session_id: str, file: UploadedFileRec) -> str:
        held = {s: [*files.values()] for s, files in self._store.file_storage.items()}
        mine = [*held.get(session_id, []), file]
        everyones = [f for files in held.values() for f in files] + [file]
        if len(mine) > MOST_FILES:
            return f"more than {MOST_FILES} files at once"
        if sum(len(f.data) for f in mine) > MOST_BYTES:
            return f"more than {MOST_BYTES:,} bytes at once"
        if len(everyones) > ALL_FILES or sum(len(f.data) for f in everyones) > ALL_BYTES:
            return "too many visitors upload files just now; try again in a minute"
        return ""

    def refused(self, session_id: str) -> str:
        """Why a file of this session was not taken in, if one was not; it is told once."""
        return self._refused.pop(session_id, "")

    def let_go(self, session_id: str) -> None:
        """Hold nothing of this session any more."""
        self._store.remove_session_files(session_id)
        self._refused.pop(session_id, None)


@dataclass
class Visit:
    """What is held for a visitor, for as long as the browser's page stands open.

    made
        The networks with the visitor's own numbers, and of which numbers they are.
    """

    session_id: str
    store: Any
    made: tuple[Any, Any] | None = None

    def refused(self) -> str:
        """Why not all that was uploaded was taken in; "" if it was."""
        own = uploads()
        return own.refused(self.session_id) if own else ""

    def let_go(self) -> None:
        """What was uploaded is read, or not wanted any more."""
        self.store.remove_session_files(self.session_id)

    def end(self) -> None:
        """The visitor has left."""
        self.made = None
        self.let_go()


@st.cache_resource(show_spinner=False)
def uploads() -> Uploads | None:
    """The one store of this server; None where the page runs without one, as in a test."""
    if not runtime.exists():
        return None
    here = runtime.get_instance()
    store: Any = here.uploaded_file_mgr
    return Uploads(store, here.is_active_session)


@st.cache_resource(scope="session", show_spinner=False, on_release=Visit.end)
def visit() -> Visit:
    """What is held for the visitor whose page is drawn."""
    context: Any = get_script_run_ctx()
    uploads()
    return Visit(context.session_id, context.uploaded_file_mgr)
