"""A fork while threads compute: every child answers, none waits for a lock that nobody holds."""

from __future__ import annotations

import os
import subprocess
import sys
import threading

import pytest

from cmocnet import forks

FORKS = """
import os, threading, time
import cmocnet

net = cmocnet.load()
names = list(net.variables)

def work(start):
    for k in range(start, 10**9):
        name = names[k % len(names)]
        net.posteriors(given={name: net.variables[name].states[0]})
        cmocnet.engine.compile(net.discrete).posteriors()

for start in range(2):
    threading.Thread(target=work, args=(start,), daemon=True).start()
children = []
for pause in range(10):
    time.sleep(0.02 * pause)
    child = os.fork()
    if not child:
        seen = net.query("P(dissolution | mandated)").probability
        anew = cmocnet.engine.compile(net.discrete).posteriors()["dissolution"]["yes"]
        os._exit(0 if 0 < seen < 1 and 0 < anew < 1 else 1)
    children.append(child)
print(sorted({os.waitpid(child, 0)[1] for child in children}), flush=True)
os._exit(0)
"""

needs_fork = pytest.mark.skipif(
    not hasattr(os, "fork"),
    reason="this system has no fork; nothing to do, others are not affected",
)


@needs_fork
def test_every_child_answers() -> None:
    """Without the wait for imports about every second run of this hung; a hang ends at the limit."""
    done = subprocess.run(
        [sys.executable, "-c", FORKS], capture_output=True, text=True, timeout=300, check=False
    )
    assert done.stdout == "[0]\n", done.stderr[-500:]


@needs_fork
def test_a_lock_that_another_thread_holds_is_open_in_the_child() -> None:
    lock, taken, over = forks.reopened(threading.Lock()), threading.Event(), threading.Event()

    def hold() -> None:
        with lock:
            taken.set()
            over.wait()

    thread = threading.Thread(target=hold)
    thread.start()
    taken.wait()
    child = os.fork()
    if not child:
        os._exit(0 if lock.acquire(blocking=False) else 1)
    over.set()
    thread.join()
    assert os.waitpid(child, 0)[1] == 0


@needs_fork
def test_a_fork_within_an_import_does_not_wait_for_itself(tmp_path, monkeypatch) -> None:
    (tmp_path / "forking_module.py").write_text(
        "import os\nchild = os.fork()\nif not child:\n    os._exit(0)\n"
        "status = os.waitpid(child, 0)[1]\n"
    )
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(forks, "PATIENCE", 10**6)
    from forking_module import status

    assert status == 0


def test_computed_once_by_each_of_two_threads_one_value_is_kept() -> None:
    made: list[object] = []
    both = threading.Barrier(2)

    class Slow:
        @forks.kept
        def value(self) -> object:
            both.wait()
            made.append(object())
            return made[-1]

    slow, found = Slow(), []
    threads = [threading.Thread(target=lambda: found.append(slow.value)) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(made) == 2
    assert found[0] is found[1] is slow.value
