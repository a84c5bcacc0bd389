"""Links: addresses of the page, whole, mistyped, and with what others add to them."""

from __future__ import annotations

from pathlib import Path
from random import Random
from urllib.parse import parse_qs, quote, urlencode

from cmocnet.errors import EvidenceError
from cmocnet_app.state import links
from cmocnet_app.state.scenario import SITUATION, Scenario
from fuzz.drive import Case, Door, WrongError, unclear
from fuzz.mutation import ODD, spoilt
from fuzz.questions import network, sane

FOREIGN = ("utm_source", "fbclid", "gclid", "", "x", "embed", "do.", "likely.", "view.", "reading.")
KINDS = ("", "", "", links.DO, links.LIKELY, links.VIEW, links.READING, "from.")


def _make(rng: Random) -> Case:
    variables = network().variables
    said: list[tuple[str, str]] = []
    for _ in range(rng.choice((0, 1, 2, 4, 8))):
        name = rng.choice(list(variables))
        said.append((rng.choice(KINDS) + name, rng.choice(variables[name].states)))
    if rng.random() < 0.3:
        said.append((SITUATION, rng.choice(list(network().situations))))
    if rng.random() < 0.3:
        said.append((rng.choice((*FOREIGN, *sorted(links.VIEWS))), rng.choice(ODD)))
    if rng.random() < 0.02:
        said *= 100
    rng.shuffle(said)
    address = "https://example.org/?" + urlencode(said, errors="surrogatepass")
    if rng.random() < 0.6:
        words = (*ODD, *FOREIGN, *(quote(o, errors="surrogatepass") for o in ODD))
        address = spoilt(rng, address, words)
    return {"address.txt": address.encode("utf-8", "surrogatepass")}


def _open(given: Case, _: Path) -> None:
    address = given["address.txt"].decode("utf-8", "surrogatepass")
    parameters = parse_qs(address.rpartition("?")[2], keep_blank_values=True)
    found = links.read(network(), parameters)
    for error in found.wrong:
        if wrong := unclear(str(error)):
            raise WrongError(wrong)
    _asked(found.scenario)
    _asked(links.copied(network(), address).scenario)


def _asked(found: Scenario) -> None:
    """A scenario opens again as it was, and is answered or impossible."""
    again = links.unpacked(network(), links.packed(found)) if found.states else found
    if again != found:
        raise WrongError("a link opens as another scenario")
    try:
        posteriors = network().program.posteriors(found.evidence(network()))
    except EvidenceError:
        return
    sane([p for states in posteriors.values() for p in states.values()])


DOOR = Door("links", _make, _open)
