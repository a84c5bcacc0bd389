"""Crafted uploads in a real browser: each is refused in one line, and the page lives on."""

from __future__ import annotations

import os
import urllib.request

import pytest

from tests.app.test_hostile import FILE, PICTURE, SCRIPT, SETS, zipped


@pytest.mark.browser
def test_crafted_uploads_in_a_browser(browser, site: str) -> None:
    if not os.environ.get("CI"):  # there it is required
        pytest.importorskip("playwright")
    from playwright.sync_api import expect

    from tests.app.visits import Visit

    asked = f"id,low,central,high\n{SCRIPT},0.1,0.2,0.3\n".encode()
    tried = [
        (0, f"{SCRIPT}.zip", zipped({f"{SCRIPT}.yaml": "a: 1"}), "does not belong"),
        (0, "a.zip", zipped({FILE: SETS["aliases"][0]}), "alias"),
        (0, "big.zip", b"x" * 3_000_000, "must be 2.0MB or smaller"),
        (1, f"{PICTURE}{SCRIPT}.csv".replace("/", "_"), asked, "no question"),
        (1, "a.xlsx", zipped({"xl/workbook.xml": b"\0" * 6_000_000}), "huge size"),
    ]
    visit = Visit(browser, site, viewport={"width": 1280, "height": 900})
    dialogs: list[str] = []
    visit.page.on("dialog", lambda dialog: (dialogs.append(dialog.message), dialog.dismiss()))
    for place, name, data, says in tried:
        page = visit.open("judgements", "Judgements")
        page.get_by_text("Bring your own").click()
        kind = "application/octet-stream"
        files = {"name": name, "mimeType": kind, "buffer": data}
        page.locator("input[type=file]").nth(place).set_input_files(files)
        expect(page.get_by_role("alert")).to_contain_text(says)
        expect(page.get_by_text("Traceback")).to_have_count(0)
        assert page.locator('img[src="x"]').count() == 0
    with urllib.request.urlopen(f"{site}/_stcore/health") as answer:
        assert answer.status == 200
    visit.context.close()
    assert not dialogs
    assert not visit.wrong
