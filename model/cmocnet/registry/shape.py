"""Does a value have the form that a record asks for? Every key and value that does not, told.

msgspec says quickly whether a value fits, and only the first place where it doesn't. Then the value
is gone through here: what fits is kept, so that the rest can be examined too, and each other place
gets a fault with what is allowed there and the nearest of it.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from difflib import get_close_matches
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, TypeVar, Union, get_args, get_origin

import msgspec
from msgspec import Meta, Struct

from cmocnet.registry.faults import Faults, Spot, short
from cmocnet.registry.places import Places
from cmocnet.wording import either

T = TypeVar("T")

UNIONS = (Union, UnionType)

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
        kept: T = _fit(value, kind, spot)
        if len(spot.faults.found) == before:  # msgspec is the judge, whatever is found here
            what, _, _ = str(error).partition(" - at `")
            spot.wrong(what[:1].lower() + what[1:], shape=True)
        return kept


def _fit(value: Any, kind: Any, spot: Spot) -> Any:
    """The value, or as much of it as fits."""
    with suppress(msgspec.ValidationError, OverflowError):
        return msgspec.convert(value, kind)
    plain, bounds = _plain(kind)
    if _is_record(plain):
        return _record(value, plain, spot)
    if get_origin(plain) is dict:
        return _mapping(value, plain, bounds, spot)
    if get_origin(plain) is tuple:
        return _list(value, plain, bounds, spot)
    tagged = {t.__struct_config__.tag: t for t in get_args(plain) if _is_record(t)}
    if isinstance(value, Mapping) and tagged:
        return _fit(value, tagged[None], spot) if None in tagged else _tagged(value, tagged, spot)
    _misfit(value, kind, spot)
    return _neutral(kind)


def _plain(kind: Any) -> tuple[Any, Meta]:
    """The type without what is said about it and without None, and the bounds that are said."""
    bounds = Meta()
    while True:
        others = [t for t in get_args(kind) if t is not NoneType]
        if get_origin(kind) is Annotated:
            kind, *_, bounds = others
        elif get_origin(kind) in UNIONS and len(others) == 1:
            (kind,) = others
        else:
            return kind, bounds


def _is_record(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, Struct)


def _record(value: Any, kind: type[Struct], spot: Spot) -> Any:
    if not isinstance(value, Mapping):
        _misfit(value, kind, spot)
        value = {}
        spot = _nowhere()
    fields = {field.encode_name: field for field in msgspec.structs.fields(kind)}
    tag = kind.__struct_config__.tag_field
    valid = [*fields, *([tag] if tag else [])]
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
    return kind(**found)


def _mapping(value: Any, kind: Any, bounds: Meta, spot: Spot) -> dict[str, Any]:
    if not isinstance(value, Mapping):
        _misfit(value, kind, spot)
        return {}
    _counted(value, bounds, spot, "keys")
    key_type, value_type = get_args(kind)
    found = {}
    for key, item in value.items():
        _fit(key, key_type, spot / key)
        # A name of the wrong form is kept: what names it elsewhere is not wrong as well.
        found[str(key)] = _fit(item, value_type, spot / key)
    return found


def _list(value: Any, kind: Any, bounds: Meta, spot: Spot) -> tuple[Any, ...]:
    if not isinstance(value, (list, tuple)):
        _misfit(value, kind, spot)
        return ()
    _counted(value, bounds, spot, "entries")
    return tuple(_fit(item, get_args(kind)[0], spot / n) for n, item in enumerate(value))


def _counted(value: Any, bounds: Meta, spot: Spot, things: str) -> None:
    least, most = bounds.min_length, bounds.max_length
    if least is not None and len(value) < least:
        spot.wrong(f"{len(value)} {things}", expected=f"at least {least}", shape=True)
    if most is not None and len(value) > most:
        spot.wrong(f"{len(value)} {things}", expected=f"at most {most}", shape=True)


def _tagged(value: Mapping[str, Any], tagged: Mapping[Any, Any], spot: Spot) -> Any:
    """A record of the type that its tag names."""
    field = str(next(iter(tagged.values())).__struct_config__.tag_field)
    tag = value.get(field)
    if isinstance(tag, str) and tag in tagged:
        return _fit(value, tagged[tag], spot)
    what = f"no {field} {short(tag)}" if field in value else f"the key {field!r} is missing"
    (spot / field).wrong(what, expected=either(tagged), like=_like(tag, tagged), shape=True)
    likest = max(tagged, key=lambda t: len({*tagged[t].__struct_encode_fields__} & {*value}))
    return _fit({**value, field: likest}, tagged[likest], spot)


def _misfit(value: Any, kind: Any, spot: Spot) -> None:
    """The fault of a value that is not of its type."""
    words, (plain, _) = _words(kind), _plain(kind)
    allowed = get_args(plain) if get_origin(plain) is Literal else ()
    if (plain is str or allowed) and not isinstance(value, (str, Mapping, list)):
        words += ", in quotes where YAML reads something else"
    spot.wrong(_found(value), expected=words, like=_like(value, allowed), shape=True)


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


def _words(kind: Any) -> str:
    """What a type takes, as a sentence says it."""
    plain, bounds = _plain(kind)
    if plain is str:
        named = "a name in small letters, digits and underscores"
        return f"{named}, at most {bounds.max_length}" if bounds.pattern else "text"
    if plain in (int, float):
        return f"a {'whole ' if plain is int else ''}number{_range(bounds)}"
    if get_origin(plain) is Literal:
        return either(sorted(map(str, get_args(plain))))
    if get_origin(plain) is tuple:
        return f"a list, each entry {_words(get_args(plain)[0])}"
    if get_origin(plain) in UNIONS:
        return either(map(_words, get_args(plain)))
    return "true or false" if plain is bool else "a mapping"


def _range(bounds: Meta) -> str:
    lowest = f"{bounds.ge:g}" if bounds.ge is not None else None
    if bounds.gt is not None:
        lowest = f"above {bounds.gt:g}"
    if lowest is None:
        return ""
    return f", {lowest} to {bounds.le:g}" if bounds.le is not None else f", at least {lowest}"


def _neutral(kind: Any) -> Any:
    """A value of the type that stands where none was given, so that the rest can be examined."""
    plain, bounds = _plain(kind)
    if _is_record(plain):
        return _record({}, plain, _nowhere())
    if plain in (int, float):
        return bounds.ge if bounds.ge is not None else 1
    if get_origin(plain) is Literal:
        return get_args(plain)[0]
    if get_origin(plain) in UNIONS:
        return _neutral(get_args(plain)[0])
    return (get_origin(plain) or plain)()


def _nowhere() -> Spot:
    """A spot whose faults nobody hears of."""
    return Spot(Faults(Places({})), "")
