"""A phrase and its natural opposite meet on one variable, or the opposite means nothing."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from cmocnet import Network
from cmocnet.errors import QueryError
from cmocnet.folding import LISTS, Folding

LISTED = """
    success failure; succeed fail; succeeds fails; succeeded failed; successful failed;
    successful unsuccessful; more less; high low; higher lower; strong weak; stronger weaker;
    present absent; with without; good poor; good bad; better worse; well badly; well poorly;
    rising falling; increased reduced; increased decreased; increase decrease; greater lesser;
    growing shrinking; rises falls; grows shrinks; improves worsens; improved worsened; large small;
    larger smaller; big small; equal unequal; even uneven; fair unfair; fairly unfairly;
    equally unequally; balanced unbalanced; clear unclear; formal informal; compatible incompatible;
    similar different; same different; flexible inflexible; authentic inauthentic; stable unstable;
    stability instability; favourable unfavourable; voluntary mandated; freely forced;
    close distant; near far; simple complex; easy hard; easier harder; constructive destructive;
    interoperable separate; collaborative combative; proper improper; properly improperly;
    realistic unrealistic; ambitious unambitious; prepared unprepared; willing unwilling; able unable;
    involved excluded; included excluded; enough insufficient; much little; many few; most least;
    fast slow; quick slow; ends lasts; early late; supportive hostile; helpful unhelpful; met missed;
    effective ineffective; functional dysfunctional; aligned conflicting; congruent incongruent;
    convinced unconvinced; committed uncommitted; coordinated uncoordinated; resolved unresolved;
    appropriate inappropriate; inclusive exclusive; local central; timely late;
    optimism pessimism; harmony conflict; agree disagree; agreement disagreement; stay leave;
    supports hinders; favours hinders; encourage discourage; restored damaged
"""
PAIRS = [pair.split() for pair in LISTED.split(";")]
TURNED = ("no", "not", "lack of", "without", "less")
NOT_TURNED = ("no", "not", "lack", "without", "less", "more", "never", "nobody", "nothing", "none")
SIZES = {"relative_size", "org_size", "power_imbalance"}
"""One partner smaller is one partner larger: the opposite word is no opposite there."""


def opposites(phrase: str) -> Iterator[str]:
    """The phrase with each word of a pair turned, and with a negation put before it or taken away."""
    words = phrase.split()
    for one, other in (*PAIRS, *(pair[::-1] for pair in PAIRS)):
        at = words.index(one) if one in words else 0
        if one in words and not {"less", "more", "poorly", "badly", "well", "ill"} & {*words[:at]}:
            yield " ".join(other if word == one else word for word in words)
    if words[0] not in NOT_TURNED:
        yield from (f"{no} {phrase}" for no in TURNED)
    elif words[0] in ("no", "not", "without"):
        yield " ".join(words[1:])


def test_opposites_meet(net: Network) -> None:
    apart = set()
    for name, variable in net.variables.items():
        for state, phrases in variable.state_words.items():
            for phrase in phrases if name not in SIZES else ():
                for opposite in {*opposites(phrase)} - {phrase}:
                    if net.lexicon.knows(opposite):
                        try:
                            found = net.resolve(opposite)
                        except QueryError:
                            continue
                        if found[0] != name or found[1] == state:
                            apart.add((phrase, f"{name}={state}", opposite, "=".join(found)))
    assert sorted(apart) == []


@pytest.mark.parametrize("phrase", ["greater task achievement", "lesser task achievement"])
def test_what_the_review_uses_for_two_variables_lists_both(net: Network, phrase: str) -> None:
    """Table 3 calls both the outcome of synergy and the opposite of task failure by this name."""
    with pytest.raises(QueryError, match=r"could mean achievement=\w+ or performance=\w+$"):
        net.resolve(phrase)


def test_task_failure_and_task_success_meet(net: Network) -> None:
    for phrase, state in {
        "task failure": "low",
        "task success": "high",
        "no task success": "low or medium",
        "no task failure": "medium or high",
    }.items():
        assert net.lexicon.meaning(phrase) == ("achievement", tuple(state.split(" or ")))


def test_no_phrase_is_listed_for_two_states(net: Network) -> None:
    folding = Folding.of(net.review.words)
    meant = defaultdict(set)
    for name, variable in net.variables.items():
        for state, phrases in variable.state_words.items():
            for phrase in phrases:
                meant[folding.key(phrase)].add((name, state))
    assert {key: found for key, found in meant.items() if len(found) > 1} == {}


def test_the_lists_of_words_do_not_overlap(net: Network) -> None:
    words = net.review.words
    folding = Folding.of(words)
    lists = {kind: {*map(folding.key, getattr(words, kind))} for kind in LISTS}
    seen: dict[tuple[str, ...], str] = {}
    for kind, keys in lists.items():
        for key in keys:
            assert seen.setdefault(key, kind) == kind, key
    groups = [{folding.plain(word) for word in group} for group in words.same]
    assert sum(map(len, groups)) == len(set().union(*groups))
    assert not folding.filler.keys() & (seen.keys() | set().union(*groups))
    states = {folding.plain(s) for v in net.variables.values() for s in v.states}
    # What is the name of a state there is not known anywhere else: "unclear".
    assert {*map(folding.plain, words.unknown)} & set().union(*groups) <= states


def test_the_file_says_each_word_once() -> None:
    path = Path(__file__).parents[2] / "priors" / "words.yaml"
    lists = yaml.safe_load(path.read_text("utf-8"))
    for group in (*lists["same"], *(v for k, v in lists.items() if k != "same")):
        assert len(group) == len(set(group))
