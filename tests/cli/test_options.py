"""Every command against every common option: it stands in the help exactly if it is taken."""

from __future__ import annotations

import re
from inspect import signature

import pytest

from cmocnet import levers
from cmocnet.cli.parser import COMMANDS, UsageError, parse
from cmocnet.elicitation.reconstruct import reconstruct_all
from cmocnet.explain import explain

OPTIONS = {
    "--json": [],
    "--model": ["elsewhere"],
    "--priors": ["elsewhere"],
    "--reading": ["T3-20=improved"],
    "--unsolved": [],
    "--engine": ["pgmpy"],
}
LEAST = {
    "query": ["x"], "predict": ["x.csv"], "sensitivity": ["x"], "explain": ["x"], "levers": ["x"],
    "elicit": ["diff", "a", "b"], "export": ["x.bif"],
}  # fmt: skip
"""The arguments that a command can't do without."""
NOT_TAKEN = {
    ("app", "--priors"), ("app", "--reading"), ("app", "--engine"), ("elicit", "--priors"),
    ("sensitivity", "--engine"), ("explain", "--engine"), ("levers", "--engine"),
    ("solve", "--engine"), ("app", "--unsolved"), ("solve", "--unsolved"),
}  # fmt: skip


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("option", OPTIONS)
def test_an_option_stands_in_the_help_exactly_if_it_is_taken(
    command: str, option: str, capsys: pytest.CaptureFixture[str]
) -> None:
    argv = [command, *LEAST.get(command, []), option, *OPTIONS[option]]
    if (command, option) in NOT_TAKEN:
        with pytest.raises(UsageError, match=f"{command} without {option}"):
            parse(argv)
    else:
        assert getattr(parse(argv), option[2:])
    with pytest.raises(SystemExit):
        parse([command, "--help"])
    told = re.search(rf"(?m)^  {option}\b", capsys.readouterr().out)
    assert bool(told) == ((command, option) not in NOT_TAKEN)


def test_a_command_answers_on_the_reference_engine_exactly_if_it_takes_the_option(say) -> None:
    for command, argv in (("sensitivity", []), ("explain", []), ("levers", [])):
        say(command, "P(dissolution | mandated)", *argv, "--engine=pgmpy").refused("compiled")


@pytest.mark.parametrize(
    ("command", "option", "door", "name"),
    [
        ("levers", "k", levers.best, "k"),
        ("levers", "draws", levers.best, "n"),
        ("levers", "seed", levers.best, "seed"),
        ("explain", "seed", explain, "seed"),
        ("reconstruct", "parents", reconstruct_all, "parents"),
    ],
)
def test_what_is_not_said_is_as_in_the_library(command, option, door, name) -> None:
    args = parse([command, *LEAST.get(command, [])])
    assert getattr(args, option) == signature(door).parameters[name].default
