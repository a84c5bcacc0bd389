"""Arguments: what every command takes, and errors of one line that name the nearest valid word."""

from __future__ import annotations

import argparse
import re
from collections.abc import Container, Iterable, Mapping, Sequence
from importlib import import_module
from typing import Any, NoReturn

from cmocnet import __version__
from cmocnet.errors import CmocnetError, nearest

COMMANDS = (
    "query",
    "cmocs",
    "check",
    "predict",
    "sensitivity",
    "explain",
    "levers",
    "solve",
    "elicit",
    "reconstruct",
    "export",
    "app",
)
"""The commands; the module of that name beside this one has its ``HELP``, ``arguments``, ``run``.

It is loaded when the command is called. A module's ``WITHOUT`` says which of the common options the
command does not take, each with why.
"""

ALONE = ("-h", "--help", "--version")
"""What may stand without a command."""

_CHOICE = re.compile(r"invalid choice: '?(.*?)'? \(choose from (.*)\)")


class UsageError(CmocnetError):
    """A command line that cannot be understood."""


class _Parser(argparse.ArgumentParser):
    """An argument parser whose errors are one line without the usage."""

    def _print_message(self, message: str, file: Any = None) -> None:
        """Print as everything else does: argparse would not say that nobody reads it."""
        print(message, end="", file=file)

    def error(self, message: str) -> NoReturn:
        """Raise what argparse would print, with the nearest valid choice."""
        choice = _CHOICE.search(message)
        if choice is None:
            raise UsageError(message, expected=f"see {self.prog} --help")
        options = re.findall(r"[\w.-]+", choice[2])
        where = message.partition(":")[0].removeprefix("argument ")
        what = f"no choice {choice[1]!r}"
        raise UsageError(what, where=where, nearest=nearest(choice[1], options))


def parse(argv: Sequence[str]) -> argparse.Namespace:
    """The arguments understood; ``run`` is the command's function.

    Raises
    ------
    UsageError
        An unknown command or option, with the nearest.

    >>> parse(["query", "dissolution", "--jsn"])
    Traceback (most recent call last):
    cmocnet.cli.parser.UsageError: unknown option '--jsn'; nearest: --json, ...
    """
    command = next(iter(argv), None)
    if command is None:
        raise UsageError("no command", expected=", ".join(COMMANDS))
    if command.startswith("-") and command not in ALONE:
        what = f"{command[:80]!r} stands where the command should"
        raise UsageError(what, expected=f"{', '.join(COMMANDS)}, and options after it")
    if command not in (*COMMANDS, *ALONE):
        raise UsageError(f"no command {command[:80]!r}", nearest=nearest(command, COMMANDS))
    parser, chosen = _built([command] if command in COMMANDS else COMMANDS)
    args, rest = parser.parse_known_args(argv)
    if rest:
        raise _unknown(rest[0], command, chosen.get(command, parser))
    return args


def _unknown(word: str, command: str, parser: argparse.ArgumentParser) -> UsageError:
    """What to say of a word too many, or of an option that at most other commands take."""
    option = word.partition("=")[0]
    without = _without(_module(command)) if command in COMMANDS else {}
    if option in without:
        return UsageError(without[option], where=option, expected=f"{command} without {option}")
    if not word.startswith("-"):
        what = f"one argument too many: {word[:80]!r}"
        return UsageError(what, expected=f"see {parser.prog} --help")
    options = [o for action in parser._actions for o in action.option_strings if o.startswith("--")]
    return UsageError(f"unknown option {option[:80]!r}", nearest=nearest(option, options))


def _module(command: str) -> Any:
    return import_module(f"cmocnet.cli.{command}")


def _without(module: Any) -> Mapping[str, str]:
    return getattr(module, "WITHOUT", {})


def _built(names: Iterable[str]) -> tuple[_Parser, dict[str, _Parser]]:
    """The parser of these commands: of the one that is called, or of all to tell of them."""
    about = "A realist review as a causal network: questions, checks, predictions."
    parser = _Parser(prog="cmocnet", description=about, allow_abbrev=False)
    parser.add_argument("--version", action="version", version=f"cmocnet {__version__}")
    parser.set_defaults(run=None)
    group = parser.add_subparsers(metavar="COMMAND", required=True, parser_class=_Parser)
    commands: dict[str, _Parser] = {}
    for name in names:
        module = _module(name)
        command = group.add_parser(
            name,
            help=module.HELP,
            description=module.HELP,
            parents=[_common(_without(module))],
            allow_abbrev=False,
        )
        command.set_defaults(priors=None, reading=[], engine="compiled", unsolved=False)
        module.arguments(command)
        command.set_defaults(run=module.run)
        commands[name] = command
    return parser, commands


def _common(without: Container[str]) -> _Parser:
    """What every command takes, less what this one does not."""
    common = _Parser(add_help=False, allow_abbrev=False)
    group = common.add_argument_group("for every command")
    options: dict[str, dict[str, Any]] = {
        "--json": {"action": "store_true", "help": "answer in JSON, at full precision"},
        "--model": {"metavar": "PATH", "help": "folder of a review (default: the bundled one)"},
        "--priors": {"metavar": "DIR", "help": "folder of prior files laid over the review"},
        "--reading": {
            "metavar": "ID=NAME",
            "action": "append",
            "help": "rival reading of a contested configuration to switch on (repeatable)",
        },
        "--unsolved": {
            "action": "store_true",
            "help": "every number as it was judged, and draws that are not given the statements",
        },
        "--engine": {
            "choices": ("compiled", "pgmpy"),
            "help": "compiled, or pgmpy for the slow reference",
        },
    }
    for option, how in options.items():
        if option not in without:
            group.add_argument(option, **how)
    group.add_argument("--version", action="version", version=f"cmocnet {__version__}")
    return common
