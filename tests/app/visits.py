"""One visitor's browser, which keeps what went wrong in it."""

from __future__ import annotations

from urllib.parse import urlsplit

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, expect

STARTED = 60_000  # milliseconds: the first visitor waits for the network to be compiled
SCREENS = {
    "light": {"color_scheme": "light", "viewport": {"width": 1280, "height": 900}},
    "dark": {"color_scheme": "dark", "viewport": {"width": 1280, "height": 900}},
    "phone": {"color_scheme": "light", "viewport": {"width": 390, "height": 844}},
}


class Visit:
    """One visitor's browser, and what went wrong in it."""

    def __init__(self, browser: Browser, site: str, **options: object) -> None:
        self.site = site
        self.context: BrowserContext = browser.new_context(**options)
        self.page: Page = self.context.new_page()
        self.wrong: list[str] = []
        self.page.on("console", self._told)
        self.page.on("pageerror", lambda error: self.wrong.append(str(error)))
        self.context.on("request", lambda request: self._local(request.url))

    def _told(self, message: ConsoleMessage) -> None:
        # On any page but the first, Streamlit's own script looks for its server beside the page
        # before it looks at the root.
        probe = "/_stcore/" in message.location["url"] and "404" in message.text
        if message.type == "error" and not probe:
            self.wrong.append(message.text)

    def _local(self, url: str) -> None:
        parts = urlsplit(url)
        if parts.scheme not in {"data", "blob"} and parts.netloc != urlsplit(self.site).netloc:
            self.wrong.append(f"request to another host: {url}")

    def open(self, query: str = "", heading: str = "What to expect") -> Page:
        self.page.goto(f"{self.site}/{query}")
        expect(self.page.get_by_role("heading", name=heading, exact=True)).to_be_visible(
            timeout=STARTED
        )
        return self.page
