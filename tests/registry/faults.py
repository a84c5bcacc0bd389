"""The kinds of faults that are sown into a copy of a review's files, and what is said of each."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Kind:
    """A kind of fault: in which files, what line it spoils, how, and what must be said of it.

    pattern, spoilt
        a regular expression, and what takes its place; a line's number never changes
    said
        words of the message, in which ``\\1`` stands for the pattern's first group
    most
        how often it is sown
    alone
        whether nothing else in such a file can be told, for it isn't YAML any more
    under
        how the nearest line above must begin that begins with the same key
    keeps
        whether it can be told only where the entries that it cites are whole, or has few places:
        it is sown first
    apart
        whether it would have a consequence beside another fault of the file, or where others
        lean on it
    """

    name: str
    files: str
    pattern: str
    spoilt: str
    said: tuple[str, ...]
    most: int = 6
    alone: bool = False
    under: str = ""
    keeps: bool = False
    apart: bool = False


_ARC = r"^( +\w+: \{)(?!probability)(?:weight: [\d.]+, )?(.*cites: )"
"""A parent and who it cites; its weight may be left out."""
V, C = "variables/*.yaml", "cmocs/*.yaml"
KINDS = (
    # --- no YAML
    Kind(
        "colon in prose", V, r"^sources: (\w+)", r"sources: \1: so", ("colon", "in quotes"), 4, True
    ),
    Kind(
        "colon in prose",
        C,
        r"^  mechanism: (\w+)",
        r"  mechanism: \1: so",
        ("colon", "quotes"),
        2,
        True,
    ),
    Kind("indentation", V, r"^favourable:", " favourable:", ("indent",), 3, True),
    Kind("indentation", C, r"^  hedge:", "   hedge:", ("indent",), 2, True),
    Kind(
        "open bracket", C, r"^(  references: \[[\d, ]+)\]$", r"\1", ("[ is never closed",), 2, True
    ),
    Kind("open quotes", V, r"^sources: (.*)", r'sources: "\1', ("quotation mark",), 2, True),
    Kind("backtick", V, r"^label: (.*)", r"label: `\1`", ("begins with `", "in quotes"), 2, True),
    Kind("an alias", V, r"^label: .*", "label: *trust", ("alias", "written out"), 2, True),
    # --- YAML, but not as it is read here
    Kind("tab", V, r"^(label): ", "\\1:\t", ("a tab", "blanks"), 4),
    Kind(
        "key twice", V, r"^actionable: false", "label: Again", ("duplicate key 'label'", "line"), 5
    ),
    Kind("truth value", V, r"^bare: \w+", "bare: yes", ("reads this as true", "in quotes"), 4),
    Kind("no key", V, r"^actionable: false", "no: false", ("true/false", "quotes"), 2),
    # --- not the form of a record
    Kind("misspelt key", V, r"^question:", "questoin:", ("questoin", "nearest: question"), 20),
    Kind("misspelt key", C, r"^  against:", "  agianst:", ("agianst", "nearest: against"), 22),
    Kind(
        "unknown word",
        V,
        r"^direction: up",
        "direction: upwards",
        ("upwards", "down or up", "nearest: up"),
        8,
    ),
    Kind(
        "unknown word",
        C,
        r"^  hedge: suggests",
        "  hedge: suggest",
        ("suggest", "posits", "nearest: suggests"),
        8,
    ),
    Kind(
        "unknown word",
        C,
        r"^  agreement: one",
        "  agreement: onee",
        ("contested", "nearest: one"),
        6,
    ),
    Kind("unknown word", V, r"^layer: loop", "layer: lop", ("setting", "nearest: loop"), 4),
    Kind(
        "unknown basis",
        V,
        r"^( +.*)by: coder",
        r"\1by: codr",
        ("codr", "nearest: coder"),
        6,
    ),
    Kind(
        "unknown method",
        V,
        r"^  method: interbeta",
        "  method: interbet",
        ("interbet", "ranked"),
        3,
    ),
    Kind(
        "out of range",
        V,
        _ARC,
        r"\1weight: 1000, \2",
        ("1000", "0 to 100"),
        8,
        under="  method: interbeta",
    ),
    Kind("no number", V, r"^( +highest: \{value): [\d.]+", r"\1: much", ("much", "a number"), 6),
    Kind(
        "no sign", C, r'^(.*outcomes: \[\{variable: \w+, sign: )"."', r"\1up", ("'up'", "+ or -"), 6
    ),
    Kind("no list", C, r"^  references: \[(\d+)\]$", r"  references: \1", ("a list",), 4),
    # --- against what stands elsewhere
    Kind(
        "unknown id",
        V,
        r"^( +\w+: \{.*cites: \[T3-\d\d)([],])",
        r"\g<1>9\2",
        ("no id", "nearest: T"),
        8,
    ),
    Kind(
        "unknown parent",
        V,
        r"^    (\w+)(: \{(?!probability).*cites: .*)$",
        r"    \1x\2",
        ("no variable", r"nearest: \1"),
        6,
        apart=True,
    ),
    Kind(
        "unknown state",
        V,
        r"^favourable: (\w+)",
        r"favourable: \1x",
        ("no state", r"nearest: \1"),
        5,
    ),
    Kind(
        "unknown state", C, r"^      to: (\w+)", r"      to: \1x", ("no state", r"nearest: \1"), 8
    ),
    Kind(
        "unknown variable",
        C,
        r"^(      mechanism: \{variable: )(\w+)",
        r"\1\2x",
        ("no variable", r"nearest: \2"),
        8,
    ),
    Kind(
        "no such reference",
        C,
        r"^(  references: \[\d+), (\d+)",
        r"\1, 99\2",
        ("references.bib",),
        6,
    ),
    Kind(
        "no such entry",
        C,
        r"^  contradicts: \[[^],]+",
        "  contradicts: [T9-99",
        ("T9-99", "nearest"),
        4,
    ),
    Kind(
        "a reading's slip",
        C,
        r"^( +\w+: \{table: )\{parents",
        r"\1{parnts",
        ("parnts", "parents"),
        3,
        keeps=True,
    ),
    Kind("adopted", C, r"^  adopted: (\w+)", r"  adopted: \1x", ("no reading", r"nearest: \1"), 3),
    Kind(
        "word twice",
        "words.yaml",
        r"^  less, least, low, lowest,",
        "  less, least, low, highest,",
        ("'highest'", "'more' too"),
    ),
    Kind(
        "headline",
        "review.yaml",
        r"^headline: \[synergy",
        "headline: [sinergy",
        ("nearest: synergy",),
    ),
    Kind(
        "horizon",
        "review.yaml",
        r"^  horizon: \{variable: dis",
        "  horizon: {variable: diss",
        ("nearest: dissol",),
    ),
    Kind(
        "protocol",
        "protocol.yaml",
        r"^(lowest|highest|cause): \{shows: ",
        r"\1: {shws: ",
        ("shws", "nearest: shows"),
    ),
    Kind(
        "situation",
        "situations.yaml",
        r"^(  given: \{mandate: )mandated",
        r"\1mandatd",
        ("nearest: mandated",),
        2,
    ),
    Kind("claim", "claims.yaml", r"^  where: ", "  wher: ", ("wher", "nearest: where"), 2),
    Kind(
        "bibliography", "references.bib", r"number = \{(\d+)\}", r"number = {no \1}", ("digits",), 3
    ),
    # --- well formed, and still not what the format asks for
    Kind("cut off", C, r"^  where: (.*)$", r"  where: \1 # 4", ("cut off at ' #'",), 6),
    Kind(
        "a phrase twice",
        V,
        r"^    words: \[",
        r"\g<0>distrust, ",
        ("distrust", "too"),
        4,
    ),
    Kind(
        "a setting with parents",
        V,
        r"^layer: (?:loop|outcome)",
        "layer: setting",
        ("a setting with the parent",),
        1,
        keeps=True,
        apart=True,
    ),
    Kind(
        "not the protocol's",
        V,
        r"row: \[0\.5, 0\.5\], by: protocol",
        "row: [0.4, 0.6], by: protocol",
        ("0.4 is not what the protocol makes", "expected 0.5"),
        3,
        keeps=True,
    ),
    Kind(
        "not the protocol's",
        V,
        r"^(    \w+: \{)(?!probability|.*by: )(.*cites: )",
        r"\1weight: 0.01, \2",
        ("0.01 is not what the protocol makes", "by: coder and why"),
        3,
        under="  method: interbeta",
        keeps=True,
    ),
    Kind(
        "moderation",
        C,
        r"^      contrast: .*$",
        "      contrast: {}",
        ("a moderation without a contrast",),
        4,
        under="  type: moderation",
        keeps=True,
    ),
)
