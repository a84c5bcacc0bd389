"""Reference pages made from the code: the library's docstrings and the commands' help."""

from __future__ import annotations

import inspect
import os
import subprocess
import sys
from collections.abc import Iterable, Iterator

import cmocnet
from cmocnet import (
    answer,
    asked,
    check,
    contrast,
    engine,
    errors,
    exchange,
    model,
    network,
    query,
    registry,
    results,
    typing,
)

GENERATED = "Generated from the code by `make docs`; edit that."
PUBLIC = (
    network.load,
    network.Network,
    model.Model,
    network.Question,
    asked.Asked,
    answer.Answer,
    contrast.Contrast,
    results.Result,
    query.Query,
    typing.Evidence,
    typing.DiscreteNetwork,
    typing.Table,
    engine.compile,
    engine.read,
    engine.Program,
    engine.Posteriors,
    engine.Distribution,
    registry.read,
    check.run,
    check.Report,
    exchange.to_pgmpy,
    exchange.save,
    errors.CmocnetError,
    errors.FileError,
    errors.ModelError,
    errors.QueryError,
    errors.EvidenceError,
)
WIDTH = 88


def library() -> str:
    """The page of everything public, with its docstring."""
    lines = ["# The library", "", f"`cmocnet` {cmocnet.__version__}. {GENERATED}", ""]
    for thing in PUBLIC:
        lines += _described(f"{thing.__module__}.{thing.__qualname__}", thing, "##")
        if inspect.isclass(thing) and not issubclass(thing, Exception):
            for name, member in _members(thing):
                lines += _described(f"{thing.__qualname__}.{name}", member, "###")
    return "\n".join(lines).rstrip() + "\n"


def _members(kind: type) -> Iterator[tuple[str, object]]:
    """The public methods and properties that a class itself defines and describes."""
    for name, member in vars(kind).items():
        documented = inspect.isfunction(member) or hasattr(member, "__get__")
        if not name.startswith("_") and documented and inspect.getdoc(member):
            yield name, member


def _described(name: str, thing: object, level: str) -> Iterator[str]:
    yield from (f"{level} `{name}`", "")
    shape = _signature(thing)
    body = inspect.getdoc(thing) or ""
    yield from ("```text", *([shape, ""] if shape else []), *body.splitlines(), "```", "")


def _signature(thing: object) -> str:
    """``name(parameters) -> result``, one parameter a line where it would be long."""
    if not inspect.isfunction(thing):
        return ""
    found = inspect.signature(thing)
    parameters = list(_parameters(found))
    result = f" -> {found.return_annotation}"
    line = f"{thing.__name__}({', '.join(parameters)}){result}"
    if len(line) <= WIDTH:
        return line
    return "\n".join((f"{thing.__name__}(", *(f"    {p}," for p in parameters), f"){result}"))


def _parameters(signature: inspect.Signature) -> Iterator[str]:
    """What a caller gives, with a star before what goes by name only."""
    star = False
    for parameter in signature.parameters.values():
        if parameter.kind is parameter.KEYWORD_ONLY and not star:
            star = True
            yield "*"
        if parameter.name != "self":
            needed = parameter.default is parameter.empty
            yield f"{parameter.name}: {parameter.annotation}" + (
                "" if needed else f" = {parameter.default!r}"
            )


def commands() -> str:
    """The page of every command's help, as the command line prints it."""
    from cmocnet.cli.parser import COMMANDS

    lines = ["# The commands", "", GENERATED, ""]
    for name in COMMANDS:
        lines += [f"## `cmocnet {name}`", "", "```text", _help([name]), "```", ""]
    return "\n".join(lines).rstrip() + "\n"


def _help(arguments: Iterable[str]) -> str:
    asked = [sys.executable, "-m", "cmocnet", *arguments, "--help"]
    plain = os.environ | {"COLUMNS": str(WIDTH), "NO_COLOR": "1"}
    done = subprocess.run(asked, capture_output=True, text=True, check=True, env=plain)
    return done.stdout.rstrip()
