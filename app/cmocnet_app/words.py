"""Answers in plain words: how much likelier, which state of which outcome, over what time."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING
from urllib.parse import quote

from cmocnet import intervals

if TYPE_CHECKING:
    from cmocnet.intervals import Interval
    from cmocnet.registry import Variable
    from cmocnet.registry.records import Rounds, Situation

SAME = 0.015  # below this, whole per cents differ by hardly more than rounding
LITTLE = 0.05
MUCH = 0.15
FIRM = 0.8
INDEPENDENT = "It does not depend on what differs: the review draws no difference here."
LEVEL = "No direction at the central judgements; the draws of the judgements go either way."
MINUS = "\N{MINUS SIGN}"
LONGEST = 60
"""Characters of an address or an upload that a message repeats."""


def per_cent(probability: float) -> str:
    """A probability in whole per cents, which is all that judgements can carry.

    >>> per_cent(0.604), per_cent(0.001), per_cent(0.9999)
    ('60%', '<1%', '>99%')
    """
    if 0 < probability < 0.005:
        return "<1%"
    if 0.995 <= probability < 1:
        return ">99%"
    return f"{probability:.0%}"


def judged(kind: str, value: float) -> str:
    """A judgement as it is asked for: a share in per cent, a weight as it is.

    >>> judged("probability", 0.25), judged("weight", 2.5)
    ('25%', '2.5')
    """
    return per_cent(value) if kind == "probability" else f"{value:.3g}"


def span(interval: Interval) -> str:
    """An interval in whole per cents.

    >>> span((0.523, 0.684)), span((0.2, 0.201))
    ('52 to 68%', '20%')
    """
    low, high = (f"{100 * end:.0f}" for end in interval)
    return f"{high}%" if low == high else f"{low} to {high}%"


def points(difference: float) -> str:
    """A difference of probabilities in percentage points.

    >>> points(0.034), points(-0.2), points(0.01), points(0.002)
    ('3 points more', '20 points less', '1 point more', 'under half a point more')
    >>> points(-1e-16)
    'no difference'
    """
    if intervals.way(difference) is None:
        return "no difference"
    return f"{size(difference)} {'more' if difference > 0 else 'less'}"


def size(difference: float) -> str:
    """How large a difference of probabilities is, whichever way.

    >>> size(-0.2), size(0.01), size(0.002)
    ('20 points', '1 point', 'under half a point')
    """
    count = round(100 * abs(difference))
    return f"{count} point{'s' if count > 1 else ''}" if count else "under half a point"


def signed(number: float, digits: int = 0) -> str:
    """A number with its sign, a minus as printers set it.

    >>> signed(2.1), signed(-0.2), signed(-10.04, 1) == f"{MINUS}10.0"
    ('+2', '0', True)
    """
    text = f"{number:+.{digits}f}"
    return text.replace("-", MINUS) if float(text) else text[1:]


def unsure(share: float | None) -> bool:
    """Does a direction hold in too few draws to be told without a warning?"""
    return share is not None and share < FIRM


def sureness(share: float | None, *, depends: bool = True) -> str:
    """How sure a direction is, from the share of draws in which it holds; None is no direction.

    ``depends`` says whether any draw has one.

    >>> sureness(0.97)
    'Quite sure of the direction: it holds in 97 of 100 draws of the judgements.'
    >>> sureness(0.5)
    'Unsure of the direction: it holds in 50 of 100 draws of the judgements.'
    >>> sureness(0.998)
    'Quite sure of the direction: it holds in over 99 of 100 draws of the judgements.'
    >>> sureness(None, depends=False)
    'It does not depend on what differs: the review draws no difference here.'
    """
    if share is None:
        return LEVEL if depends else INDEPENDENT
    sure = "Unsure" if unsure(share) else "Quite sure" if share >= 0.95 else "Fairly sure"
    drawn = f"{100 * share:.0f} of 100" if share < 0.995 else "over 99 of 100"
    drawn = "all" if share == 1 else drawn
    return f"{sure} of the direction: it holds in {drawn} draws of the judgements."


def likelier(difference: float) -> str:
    """A difference of two probabilities in words.

    >>> [likelier(d) for d in (0.2, 0.1, 0.03, 0.01)]
    ['much likelier', 'likelier', 'a little likelier', 'about as likely']
    >>> [likelier(d) for d in (-0.03, -0.2, -1e-16)]
    ['a little less likely', 'much less likely', 'just as likely']
    """
    if intervals.way(difference) is None:
        return "just as likely"
    apart = abs(difference)
    if apart < SAME:
        return "about as likely"
    amount = "a little " if apart < LITTLE else "much " if apart >= MUCH else ""
    return amount + ("likelier" if difference > 0 else "less likely")


def event(variable: Variable, state: str) -> str:
    """What is asked of an outcome, as a noun phrase: "High trust", "Dissolution"."""
    label = variable.label_of(state)
    return variable.label if label.lower() == "yes" else f"{label} {lower(variable.label)}"


def fact(variable: Variable, state: str | None) -> str:
    """One item of a scenario: "Leadership style: Collaborative"."""
    return variable.fact(state) if state else f"{variable.label}: unknown"


def bearing(gain: float | None, least: float = SAME) -> str:
    """Whether a change is for the ``better``, the ``worse`` or hardly any, the ``same``.

    Parameters
    ----------
    gain
        The change, for the better where positive; None where there is no better.
    least
        A change smaller than this is hardly any.

    >>> bearing(0.2), bearing(-0.2), bearing(0.01), bearing(0.01, least=0.005)
    ('better', 'worse', 'same', 'better')
    """
    if gain is None or abs(gain) < least:
        return "same"
    return "better" if gain > 0 else "worse"


def titled(situation: Situation) -> str:
    """What a situation is called in a list, a case that the review itself tells marked so."""
    return f"{situation.label} (in sample)" if situation.in_sample else situation.label


def titles(situations: Mapping[str, Situation]) -> dict[str, str]:
    """What each situation is called in a list."""
    return {name: titled(situation) for name, situation in situations.items()}


def meaning(variable: Variable, states: Mapping[str, str], known: Mapping[str, Variable]) -> str:
    """What an outcome means for the form chosen: the sentence keyed by a state of the scenario."""
    forms = set(variable.by_form)
    fitting = (
        variable.by_form[state]
        for name, state in states.items()
        if state in forms and forms <= set(known[name].states)
    )
    return next(fitting, "")


def over_time(rounds: Rounds, name: str) -> str:
    """Over what time an outcome is judged, where the review says so."""
    horizon = rounds.horizon
    if horizon.variable != name:
        return ""
    unit = f"{horizon.rounds} rounds of one {rounds.length} each"
    return f"Judged over {unit}, if what one round reached were to last."


def lower(text: str) -> str:
    """Text for the middle of a sentence; an abbreviation keeps its capitals."""
    return text if text[1:2].isupper() else text[:1].lower() + text[1:]


def upper(text: str) -> str:
    """Text for the head of a sentence."""
    return text[:1].upper() + text[1:]


def short(text: str, longest: int = LONGEST) -> str:
    """Text as a message may repeat it.

    >>> short("a long story", 6)
    'a long...'
    """
    return text if len(text) <= longest else text[:longest] + "..."


PUNCTUATION = re.compile(r"([!-/:-@\[-`{-~])")
JOINED = re.compile(
    r"(?i)https?(?=://)|www(?=\.)|(?<=\w)(?=@\w)"  # a link of bare text
    r"|:(?=[\w+-][\w+/-]*:)"  # a picture by its name, as :smile: and :material/home:
    r"|(?<!\S)[<>~-](?=(?:->|[>=-])(?!\S))|(?<!\S)<(?=-(?!\S))"  # an arrow, as -> and >=
)
"""What Markdown, as the page draws it, makes something else of however it is escaped."""


def verbatim(text: str) -> str:
    """Text that Markdown shows as it stands: no link, picture, icon, colour, formula or HTML.

    Whatever comes from a file, an address or an upload goes through here before a label, a message
    or a paragraph shows it.

    >>> print(verbatim("“a_b” é"))
    “a\\_b” é
    """
    flat = " ".join(text.split())  # lines and indents mean something to Markdown
    parted = JOINED.sub(lambda link: f"{link[0]}\u2060", flat)  # a joiner, shown as nothing
    return PUNCTUATION.sub(r"\\\1", parted)


def cited(citation: str, doi: str) -> str:
    """A work as Markdown: the citation as it stands, and its DOI, a link where it can be one.

    >>> print(cited("Doe 2020.", "10.1000/182"))
    Doe 2020\\. [doi:10\\.1000\\/182](https://doi.org/10.1000/182)
    """
    if not re.fullmatch(r"10\.\d{4,9}/\S+", doi):
        return verbatim(f"{citation} {doi}".strip())
    return f"{verbatim(citation)} [doi:{verbatim(doi)}](https://doi.org/{quote(doi, safe='/')})"
