"""What visitors upload is bounded, let go of once read, and when the visitor leaves."""

from __future__ import annotations

import urllib.error
import urllib.request

import pytest
from starlette.exceptions import HTTPException
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager
from streamlit.runtime.uploaded_file_manager import UploadedFileRec
from streamlit.testing.v1 import AppTest, local_script_runner
from websockets.sync.client import connect

import cmocnet
from cmocnet.errors import FileError
from cmocnet_app.serving.visits import ALL_BYTES, MOST_BYTES, MOST_FILES, Uploads
from cmocnet_app.state import prior_set, uploads
from cmocnet_app.state.prior_set import PriorSet
from tests.app.screens.test_judgements import uploader
from tests.app.waiting import PATIENCE, until

NET = cmocnet.load()
GOOD = prior_set.files(NET, PriorSet(numbers={"inertia/highest": 0.6}))


def file(number: int, size: int = 1) -> UploadedFileRec:
    return UploadedFileRec(str(number), f"{number}.csv", "text/csv", bytes(size))


def size(store: MemoryUploadedFileManager) -> int:
    return sum(len(f.data) for files in store.file_storage.values() for f in files.values())


def bounded(*gone: str) -> tuple[Uploads, MemoryUploadedFileManager]:
    store = MemoryUploadedFileManager("/upload")
    return Uploads(store, lambda session: session not in gone), store


def test_three_hundred_files_are_not_held() -> None:
    """They took the server from 315 to 1,719 MiB."""
    uploads, store = bounded()
    taken = 0
    for number in range(300):
        try:
            store.add_file("visitor", file(number, 1_000_000))
            taken += 1
        except HTTPException:
            continue
    assert taken == MOST_BYTES // 1_000_000
    assert size(store) <= MOST_BYTES
    assert f"{MOST_BYTES:,} bytes at once" in uploads.refused("visitor")
    assert not uploads.refused("visitor")


def test_many_small_files_are_not_held_either() -> None:
    _, store = bounded()
    for number in range(MOST_FILES):
        store.add_file("visitor", file(number))
    with pytest.raises(HTTPException, match=f"more than {MOST_FILES} files"):
        store.add_file("visitor", file(MOST_FILES))
    store.add_file("another", file(0))


def test_all_visitors_together_are_bounded_and_those_who_left_make_room() -> None:
    left: list[str] = []
    store = MemoryUploadedFileManager("/upload")
    Uploads(store, lambda session: session not in left)
    many = ALL_BYTES // MOST_BYTES
    for visitor in range(many):
        store.add_file(str(visitor), file(0, MOST_BYTES))
    with pytest.raises(HTTPException, match="too many visitors"):
        store.add_file("one more", file(0))
    assert size(store) <= ALL_BYTES
    left.append("0")
    store.add_file("one more", file(0))
    assert "0" not in store.file_storage


def script() -> None:
    import streamlit as st

    from cmocnet_app import main
    from cmocnet_app.screens import judgements
    from cmocnet_app.serving import visits

    if "opened" not in st.session_state:  # every test's session has the same name
        visits.visit.clear()
        st.session_state["opened"] = True
    judgements.page(main.network(None))


@pytest.mark.parametrize("data", [uploads.zipped(GOOD), b"no zip"])
def test_once_read_an_upload_is_held_no_more(data: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    store = MemoryUploadedFileManager("/upload")
    monkeypatch.setattr(local_script_runner, "MemoryUploadedFileManager", lambda _: store)
    page = AppTest.from_function(script, default_timeout=60).run()
    for _ in range(2):
        uploader(page, "set").set_value([("p.zip", data, "application/zip")]).run()
        assert not page.exception
        assert len(page.error) == (data == b"no zip")
        assert not store.file_storage
        assert not uploader(page, "set").value


def test_sheets_are_limited_together() -> None:
    with pytest.raises(FileError, match=r"bytes at once.*at most 10,000,000"):
        uploads.from_sheets(NET, [(f"{n}.csv", bytes(4_000_000)) for n in range(3)])


# --- the page as it is served -----------------------------------------------------------------


def stored(site: str) -> int:
    """Bytes of uploads that the server says it holds."""
    with urllib.request.urlopen(f"{site}/_stcore/metrics", timeout=PATIENCE) as answer:
        lines = answer.read().decode().splitlines()
    return sum(int(float(line.split()[-1])) for line in lines if "UploadedFileManager" in line)


def put(site: str, token: str, session: str, number: int, data: bytes) -> int:
    """Send a file as a browser does; the status of the answer."""
    head = f'--x\r\nContent-Disposition: form-data; name="f"; filename="{number}.csv"\r\n\r\n'
    request = urllib.request.Request(
        f"{site}/_stcore/upload_file/{session}/{number}",
        head.encode() + data + b"\r\n--x--\r\n",
        {
            "Content-Type": "multipart/form-data; boundary=x",
            "X-Xsrftoken": token,
            "Cookie": f"_streamlit_xsrf={token}",
        },
        method="PUT",
    )
    try:
        with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        return error.code


def test_a_visitor_who_sends_files_past_the_page_is_bounded_and_leaves_nothing(site: str) -> None:
    with urllib.request.urlopen(f"{site}/_stcore/health", timeout=PATIENCE) as answer:
        token = answer.headers["Set-Cookie"].partition("_streamlit_xsrf=")[2].partition(";")[0]
    stream = site.replace("http", "ws", 1) + "/_stcore/stream"
    asked, said = BackMsg(), ForwardMsg()
    asked.rerun_script.query_string = ""
    with connect(stream, subprotocols=["streamlit"], origin=site, max_size=None) as socket:  # type: ignore[list-item, arg-type]
        socket.send(asked.SerializeToString())
        session = ""
        while said.WhichOneof("type") != "script_finished":
            said.ParseFromString(socket.recv(PATIENCE))  # type: ignore[arg-type]
            session = session or said.new_session.initialize.session_id
        found = [put(site, token, session, n, bytes(1_000_000)) for n in range(20)]
        taken = MOST_BYTES // 1_000_000
        assert found == [204] * taken + [413] * (20 - taken)
        assert 0 < stored(site) <= MOST_BYTES
    until(lambda: stored(site) == 0)
