"""How the page is started: what its server finds in the environment."""

from __future__ import annotations

import os

import pytest

from cmocnet_app import launch


def test_threads_share_few_pools_of_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(launch.POOLS, raising=False)
    launch.command(8501, headless=True)
    assert os.environ[launch.POOLS] == "2"


def test_what_the_environment_says_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(launch.POOLS, "7")
    launch.command(8501, headless=True)
    assert os.environ[launch.POOLS] == "7"
