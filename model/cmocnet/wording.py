"""Phrases and values as people are shown them: plain, quoted, listed, on one line, in per cent."""

from __future__ import annotations

from collections.abc import Iterable, Sequence


def spoken(phrase: str) -> str:
    """A phrase as it is suggested: lower case, blanks for underscores.

    >>> spoken("Low  cultural_compatibility")
    'low cultural compatibility'
    """
    return " ".join(phrase.lower().replace("_", " ").split())


def either(options: Iterable[str]) -> str:
    """Options in a sentence.

    >>> either(["low", "medium", "high"])
    'low, medium or high'
    """
    *rest, last = options
    return " or ".join(filter(None, (", ".join(rest), last)))


def quoted(text: str, longest: int = 80) -> str:
    """A piece of someone's text as a message shows it: in quotes, on one line, cut if long.

    >>> quoted("  low   trust ")
    "'low trust'"
    """
    line = " ".join(text.split())
    return f"'{line}'" if len(line) <= longest else f"'{line[: longest - 3]}...'"


def shown(value: object) -> str:
    """Anything from Python as a message shows it: quoted, on one line, with its type if no text.

    >>> shown(True), shown("low")
    ("'True' (bool)", "'low'")
    """
    try:
        text = quoted(str(value))
    except Exception:
        text = "something"
    return text if isinstance(value, str) else f"{text} ({type(value).__name__})"


def flat(text: str) -> str:
    """Prose of a file on one line.

    >>> flat(" one   line ")
    'one line'
    """
    return " ".join(text.split())


def percents(chances: Sequence[float]) -> list[str]:
    """Probabilities as whole per cent, or with a decimal where whole ones would hide a difference.

    >>> percents([0.304, 0.71]), percents([0.304, 0.308, 0.71]), percents([0.0002, 1.0])
    (['30%', '71%'], ['30.4%', '30.8%', '71.0%'], ['under 0.1%', '100%'])
    """
    rough = [round(100 * p) for p in chances]
    pairs = [(a, b) for i, a in enumerate(chances) for b in chances[:i]]
    close = any(abs(a - b) >= 0.0005 and abs(a - b) < 0.015 for a, b in pairs)
    edge = any(whole in {0, 100} and 0 < p < 1 for whole, p in zip(rough, chances, strict=True))
    return [_percent(p, 1 if close or edge else 0) for p in chances]


def _percent(p: float, digits: int) -> str:
    if 0 < p < 0.0005:
        return "under 0.1%"
    if 0.9995 <= p < 1:
        return "over 99.9%"
    return f"{100 * p:.{0 if p in {0, 1} else digits}f}%"


def points(change: float) -> str:
    """A change of a probability in percentage points; what rounds to none has no sign.

    >>> points(0.0312), points(-0.0001)
    ('+3.1', '0.0')
    """
    shown = f"{100 * change:+.1f}"
    return "0.0" if float(shown) == 0 else shown
