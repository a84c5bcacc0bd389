"""Does a value have the form that a record asks for? Every key and value that does not, told.

msgspec says quickly whether a value fits, and only the first place where it doesn't. Then the value
is gone through here: what fits is kept, so that the rest can be examined too, and each other place
gets a fault with what is allowed there and the nearest of it.
"""
# One answer a kind of what is told apart reads better than a table of small functions.
# ruff: noqa: PLR0911

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from difflib import get_close_matches
from functools import cache
from typing import Any, TypeVar

import msgspec
from msgspec import inspect

from cmocnet.registry.faults import Faults, Spot, short
from cmocnet.registry.places import Places
from cmocnet.wording import either

T = TypeVar("T")

FEW = 8
"""Keys that a message lists; of more only the nearest."""


def fitted(value: Any, kind: type[T], spot: Spot) -> T:
    """``value`` as a record of type ``kind``; what doesn't fit is a fault, and is left out.

    >>> from cmocnet.registry.variable import State
    >>> faults = Faults(Places({}))
    >>> fitted({"lable": "Low", "words": ["low"]}, State, Spot(faults, "x.yaml"))
    State(label='', words=('low',))
    >>> [str(error) for error in faults.told()]  # doctest: +NORMALIZE_WHITESPACE
    ["x.yaml, key lable: unknown key 'lable'; expected label or words; nearest: label, words"]
    """
    try:
        return msgspec.convert(value, kind)
    except (msgspec.ValidationError, OverflowError) as error:
        before = len(spot.faults.found)
        asked: Any = kind
        kept: T = _fit(value, _type(asked), spot)
        if len(spot.faults.found) == before:  # msgspec is the judge, whatever is found here
            what, _, _ = str(error).partition(" - at `")
            spot.wrong(what[:1].lower() + what[1:], shape=True)
        return kept


@cache
def _type(kind: Any) -> inspect.Type:
    return inspect.type_info(kind)


def _fit(value: Any, kind: inspect.Type, spot: Spot) -> Any:
    """The value, or as much of it as fits."""
    match kind:
        case inspect.Metadata():
            return _fit(value, kind.type, spot)
        case inspect.StructType():
            return _record(value, kind, spot)
        case inspect.DictType():
            return _mapping(value, kind, spot)
        case inspect.VarTupleType():
            return _list(value, kind, spot)
        case inspect.UnionType():
            return _either(value, kind, spot)
        case inspect.AnyType() | inspect.CustomType():
            return value
        case _:
            return _scalar(value, kind, spot)


def _record(value: Any, kind: inspect.StructType, spot: Spot) -> Any:
    if not isinstance(value, Mapping):
        _misfit(value, kind, spot)
        value = {}
        spot = _nowhere()
    fields = {field.encode_name: field for field in kind.fields}
    valid = [*fields, *([kind.tag_field] if kind.tag_field else [])]
    unknown = [str(key) for key in value if key not in valid]
    for key in unknown:
        expected = either(valid) if len(valid) <= FEW else None
        what = f"unknown key {short(key)}"
        (spot / key).wrong(what, expected=expected, like=(key, valid), shape=True)
    found = {}
    for key, field in fields.items():
        if key in value:
            found[field.name] = _fit(value[key], field.type, spot / key)
        elif field.required:
            # A misspelt key has been told already, with the one that is meant.
            here = _nowhere() if get_close_matches(key, unknown) else spot
            what = f"the key {short(key)} is missing"
            (here / key).wrong(what, expected=_words(field.type), shape=True)
            found[field.name] = _neutral(field.type)
    return kind.cls(**found)


def _mapping(value: Any, kind: inspect.DictType, spot: Spot) -> dict[Any, Any]:
    if not isinstance(value, Mapping):
        _misfit(value, kind, spot)
        return {}
    _counted(value, kind, spot, "keys")
    found = {}
    for key, item in value.items():
        _scalar(key, _plain(kind.key_type), spot / key)
        # A name of the wrong form is kept: what names it elsewhere is not wrong as well.
        found[str(key)] = _fit(item, kind.value_type, spot / key)
    return found


def _list(value: Any, kind: inspect.VarTupleType, spot: Spot) -> tuple[Any, ...]:
    if not isinstance(value, (list, tuple)):
        _misfit(value, kind, spot)
        return ()
    _counted(value, kind, spot, "entries")
    return tuple(_fit(item, kind.item_type, spot / n) for n, item in enumerate(value))


def _counted(value: Any, kind: Any, spot: Spot, things: str) -> None:
    least, most = kind.min_length, kind.max_length
    if least is not None and len(value) < least:
        spot.wrong(f"{len(value)} {things}", expected=f"at least {least}", shape=True)
    if most is not None and len(value) > most:
        spot.wrong(f"{len(value)} {things}", expected=f"at most {most}", shape=True)


def _either(value: Any, kind: inspect.UnionType, spot: Spot) -> Any:
    """A value of several types: the one that is meant by its tag or by what stands there."""
    tagged = {t.tag: t for t in map(_plain, kind.types) if isinstance(t, inspect.StructType)}
    if isinstance(value, Mapping) and tagged:
        if None in tagged:
            return _fit(value, tagged[None], spot)
        return _tagged(value, tagged, spot)
    if value is None and any(isinstance(t, inspect.NoneType) for t in kind.types):
        return None
    others = [t for t in map(_plain, kind.types) if not isinstance(t, inspect.NoneType)]
    if len(others) == 1:
        return _fit(value, others[0], spot)
    if any(_fits(value, t) for t in others):
        return value
    _misfit(value, kind, spot)
    return _neutral(kind)


def _tagged(value: Mapping[str, Any], tagged: Mapping[Any, Any], spot: Spot) -> Any:
    """A record of the type that its tag names."""
    field = str(next(iter(tagged.values())).tag_field)
    tag = value.get(field)
    if isinstance(tag, str) and tag in tagged:
        return _fit(value, tagged[tag], spot)
    what = f"no {field} {short(tag)}" if field in value else f"the key {field!r} is missing"
    (spot / field).wrong(what, expected=either(tagged), like=_like(tag, tagged), shape=True)
    likest = max(tagged.values(), key=lambda t: len({f.encode_name for f in t.fields} & {*value}))
    return _fit({**value, field: likest.tag}, likest, spot)


def _scalar(value: Any, kind: inspect.Type, spot: Spot) -> Any:
    if _fits(value, kind):
        return value
    _misfit(value, kind, spot)
    return _neutral(kind)


def _fits(value: Any, kind: inspect.Type) -> bool:
    """Whether a single value is one of this type, as msgspec understands it."""
    kind = _plain(kind)
    number = isinstance(value, (int, float)) and not isinstance(value, bool)
    match kind:
        case inspect.LiteralType():
            return any(value == v and type(value) is type(v) for v in kind.values)
        case inspect.StrType():
            long = kind.max_length is not None and len(str(value)) > kind.max_length
            return (
                isinstance(value, str) and not long and bool(re.search(kind.pattern or "", value))
            )
        case inspect.IntType():
            whole = number and (isinstance(value, int) or value.is_integer())
            return whole and _within(value, kind)
        case inspect.FloatType():
            return number and _within(value, kind)
        case inspect.BoolType():
            return isinstance(value, bool)
        case inspect.NoneType():
            return value is None
        case inspect.StructType() | inspect.DictType():
            return isinstance(value, Mapping)
        case inspect.VarTupleType():
            return isinstance(value, (list, tuple))
        case _:
            return True


def _within(value: float, kind: Any) -> bool:
    bounded = not (kind.ge is None and kind.gt is None)
    return not (
        (bounded and isinstance(value, float) and math.isnan(value))
        or (kind.ge is not None and value < kind.ge)
        or (kind.gt is not None and value <= kind.gt)
        or (kind.le is not None and value > kind.le)
        or (kind.lt is not None and value >= kind.lt)
    )


def _misfit(value: Any, kind: inspect.Type, spot: Spot) -> None:
    """The fault of a value that is not of its type."""
    words = _words(kind)
    quotable = isinstance(_plain(kind), (inspect.StrType, inspect.LiteralType))
    if quotable and not isinstance(value, (str, Mapping, list)):
        words += ", in quotes where YAML reads something else"
    allowed = getattr(_plain(kind), "values", None)
    spot.wrong(_found(value), expected=words, like=_like(value, allowed or ()), shape=True)


def _like(value: Any, allowed: Any) -> tuple[str, list[str]] | None:
    fits = allowed and isinstance(value, str)
    return (value, [str(v) for v in allowed]) if fits else None


def _found(value: Any) -> str:
    """What stands there, in a few words."""
    if value is None:
        return "nothing stands here"
    if isinstance(value, bool):
        return f"YAML reads this as {str(value).lower()}"
    if isinstance(value, Mapping):
        return "a mapping stands here"
    if isinstance(value, list):
        return "a list stands here"
    said = short(value) if isinstance(value, str) else short(value).strip("'")
    return f"{said} is not allowed here"


def _plain(kind: inspect.Type) -> inspect.Type:
    """The type without what is only said about it, and without None."""
    if isinstance(kind, inspect.Metadata):
        return _plain(kind.type)
    if isinstance(kind, inspect.UnionType):
        others = [t for t in kind.types if not isinstance(t, inspect.NoneType)]
        return _plain(others[0]) if len(others) == 1 else kind
    return kind


def _words(kind: inspect.Type) -> str:
    """What a type takes, as a sentence says it."""
    kind = _plain(kind)
    match kind:
        case inspect.LiteralType():
            return either(map(str, kind.values))
        case inspect.StrType():
            named = "a name in small letters, digits and underscores"
            return f"{named}, at most {kind.max_length}" if kind.pattern else "text"
        case inspect.IntType() | inspect.FloatType():
            whole = "whole " if isinstance(kind, inspect.IntType) else ""
            return f"a {whole}number{_range(kind)}"
        case inspect.BoolType():
            return "true or false"
        case inspect.VarTupleType():
            return f"a list, each entry {_words(kind.item_type)}"
        case inspect.UnionType():
            return either(map(_words, kind.types))
        case _:
            return "a mapping"


def _range(kind: Any) -> str:
    lowest = f"{kind.ge:g}" if kind.ge is not None else None
    if kind.gt is not None:
        lowest = f"above {kind.gt:g}"
    if lowest is None:
        return ""
    return f", {lowest} to {kind.le:g}" if kind.le is not None else f", at least {lowest}"


def _neutral(kind: inspect.Type) -> Any:
    """A value of the type that stands where none was given, so that the rest can be examined."""
    kind = _plain(kind)
    match kind:
        case inspect.StructType():
            return _record({}, kind, _nowhere())
        case inspect.DictType():
            return {}
        case inspect.VarTupleType():
            return ()
        case inspect.LiteralType():
            return kind.values[0]
        case inspect.StrType():
            return ""
        case inspect.IntType() | inspect.FloatType():
            return kind.ge if kind.ge is not None else 1
        case inspect.UnionType():
            return _neutral(kind.types[0])
        case _:
            return None


def _nowhere() -> Spot:
    """A spot whose faults nobody hears of."""
    return Spot(Faults(Places({})), "")
