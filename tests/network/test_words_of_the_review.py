"""Every context, mechanism and outcome of Table 3 is named by the words the table uses for it."""

from __future__ import annotations

import pytest

from cmocnet import Network
from cmocnet.errors import QueryError

# Table 3 in order: id, (phrase, what it names), ... A phrase of two variables stands under SPLIT.
TABLE_3: list[tuple[str, str, str]] = [
    ("T3-01", "high partnership functioning and trust level", "functioning=high"),
    ("T3-01", "synergistic working", "synergy=high"),
    ("T3-02", "low partnership functioning and trust level", "functioning=low"),
    ("T3-02", "collaborative inertia", "inertia=yes"),
    ("T3-03", "high faith", "faith=high"),
    ("T3-03", "greater performance", "performance=high"),
    (
        "T3-04",
        "greater, appropriate strategies of interpersonal communication",
        "communication=high",
    ),
    ("T3-06", "intra-organisational conflict", "internal_conflict=high"),
    ("T3-06", "lessened perception of progress", "progress=low"),
    ("T3-06", "reduced faith", "faith=low"),
    ("T3-07", "unambitious aims", "ambition=modest"),
    ("T3-08", "absent actors", "key_actors=absent"),
    ("T3-09", "greater organisational flexibility", "flexibility=high"),
    ("T3-09", "enhanced perception of progress", "progress=high"),
    ("T3-09", "enhanced faith", "faith=high"),
    ("T3-10", "workforce instability", "workforce_stability=unstable"),
    ("T3-11", "conducting ongoing evaluation", "evaluation=ongoing"),
    ("T3-11", "increased faith", "faith=high"),
    ("T3-12", "clarity of roles", "role_clarity=clear"),
    ("T3-13", "appropriate accountability arrangements", "accountability=strong"),
    ("T3-13", "reduced conflict", "conflict=low"),
    ("T3-13", "enhanced trust", "trust=high"),
    ("T3-14", "slow pace of development", "pace=slow"),
    ("T3-14", "conflict", "conflict=high"),
    ("T3-14", "reduced trust", "trust=low"),
    ("T3-15", "higher cultural compatibility", "cultural_compatibility=high"),
    ("T3-16", "shared vision", "shared_vision=present"),
    ("T3-17", "improper cessation of collaboration", "cessation=improper"),
    ("T3-17", "increased conflict", "conflict=high"),
    ("T3-18", "task failure", "achievement=low"),
    ("T3-19", "destructive conflict resolution strategy", "resolution=destructive"),
    ("T3-20", "constructive conflict resolution strategy", "resolution=constructive"),
    ("T3-20", "improved trust", "trust=high"),
    ("T3-21", "existing successful collaborations", "prior_success=successful"),
    ("T3-21", "better initial trust", "initial_trust=high"),
    ("T3-21", "greater ambition in objectives", "ambition=realistic"),
    ("T3-22", "legal agreements", "legal_agreements=strong"),
    ("T3-22", "greater initial trust", "initial_trust=high"),
    ("T3-23", "reduced perception of progress", "progress=low"),
    ("T3-24", "overambition", "ambition=overambitious"),
    ("T3-24", "lack of achievement", "achievement=low"),
    ("T3-25", "underambition", "ambition=modest"),
    ("T3-26", "significant conflict", "conflict=high"),
    ("T3-26", "critical trust threshold reached", "trust_breach=yes"),
    ("T3-26", "partnership dissolution", "dissolution=yes"),
    ("T3-27", "greater confidence", "confidence=high"),
    ("T3-27", "increased synergy", "synergy=high"),
    ("T3-28", "larger organisational size", "org_size=larger"),
    ("T3-28", "domination by single partner", "domination=high"),
    ("T3-29", "unequal resource distribution", "resource_distribution=unequal"),
    ("T3-30", "mandated collaboration", "mandate=mandated"),
    ("T3-30", "power imbalance", "power_imbalance=high"),
    ("T3-30", "reduced initial trust", "initial_trust=low"),
    ("T3-31", "involvement of stakeholders", "stakeholder_involvement=high"),
    ("T3-31", "increased authenticity of partnership", "authenticity=high"),
    ("T3-32", "inauthentic partnership", "authenticity=low"),
    ("T3-32", "reduced faith in partnership", "faith=low"),
    ("T3-33", "critical threshold of faith reached", "faith_breach=yes"),
    ("T3-34", "conflicting cultures", "cultural_compatibility=low"),
    ("T3-34", "increased interpersonal communication", "communication=high"),
    ("T3-35", "greater geographical proximity", "proximity=close"),
    ("T3-35", "fostering trust", "trust=high"),
    ("T3-36", "collaborative leadership style", "leadership=collaborative"),
    ("T3-36", "better perception of progress", "progress=high"),
    ("T3-38", "voluntary partnership", "mandate=voluntary"),
    ("T3-38", "combative leadership", "leadership=combative"),
    ("T3-38", "dominating power hierarchy", "domination=high"),
    ("T3-39", "inclusive leadership style", "leadership=collaborative"),
    ("T3-39", "easier cultural integration", "cultural_integration=easy"),
    ("T3-39", "greater trust", "trust=high"),
    ("T3-40", "interoperable systems", "interoperability=interoperable"),
    ("T3-40", "reduced perception of task complexity", "task_complexity=low"),
    ("T3-40", "enhanced interpersonal communication", "communication=high"),
    ("T3-41", "greater perception of task complexity", "task_complexity=high"),
    (
        "T3-41",
        "greater requirement for initial trust, from greater perceived risk",
        "trust_requirement=high",
    ),
    ("T3-42", "slowed communication", "communication=low"),
    ("T3-43", "simpler aims", "aims_simplicity=simple"),
    ("T3-43", "lesser trust requirement", "trust_requirement=low"),
    ("T3-44", "favourable regulatory environment", "regulatory_environment=favourable"),
]

# Phrases that name two variables at once, and the parts that stand for them.
SPLIT: dict[str, dict[str, str]] = {
    "greater confidence (mandated or integrative collaboration)": {  # T3-05
        "greater confidence": "confidence=high",
        "mandated collaboration": "mandate=mandated",
    },
    "reduced faith; reduced perception of progress": {  # T3-19
        "reduced faith": "faith=low",
        "reduced perception of progress": "progress=low",
    },
    "improved faith; improved perception of progress": {  # T3-20
        "improved faith": "faith=high",
        "improved perception of progress": "progress=high",
    },
    "greater risk threshold; greater ambition": {  # T3-22
        "greater risk threshold": "risk_threshold=high",
        "greater ambition": "ambition=realistic",
    },
    "reduced risk threshold and aim ambition": {  # T3-23
        "reduced risk threshold": "risk_threshold=low",
        "reduced aim ambition": "ambition=modest",
    },
    "reduced trust and faith": {
        "reduced trust": "trust=low",
        "reduced faith": "faith=low",
    },  # T3-25
    "greater formalisation (mandated or integrative collaboration)": {  # T3-27
        "greater formalisation": "formalisation=high",
        "mandated collaboration": "mandate=mandated",
    },
    "mandated collaboration with low initial trust": {  # T3-37
        "mandated collaboration": "mandate=mandated",
        "low initial trust": "initial_trust=low",
    },
    "combative leadership, pushing out dissenting partners": {  # T3-37, one state twice over
        "combative leadership": "leadership=combative",
        "pushing out dissenting partners": "leadership=combative",
    },
}

# The other polarity, in the words someone would turn the table's with.
OPPOSITES = {
    "no collaborative inertia": "inertia=no",
    "lesser performance": "performance=low", "low faith": "faith=low", "lower faith": "faith=low",
    "poor interpersonal communication": "communication=low", "no intra-organisational conflict": "internal_conflict=low",
    "no absent actors": "key_actors=present", "lower organisational flexibility": "flexibility=low",
    "workforce stability": "workforce_stability=stable", "no ongoing evaluation": "evaluation=absent",
    "lack of clarity of roles": "role_clarity=unclear", "weak accountability arrangements": "accountability=weak",
    "timely pace of development": "pace=timely", "no conflict": "conflict=low", "lower trust": "trust=low",
    "lower cultural compatibility": "cultural_compatibility=low", "lack of shared vision": "shared_vision=absent",
    "no shared vision": "shared_vision=absent", "proper cessation of collaboration": "cessation=proper",
    "no existing successful collaborations": "prior_success=none_or_poor",
    "no legal agreements": "legal_agreements=weak", "lower initial trust": "initial_trust=low",
    "critical trust threshold not reached": "trust_breach=no", "no dissolution": "dissolution=no",
    "no partnership dissolution": "dissolution=no", "reduced confidence": "confidence=low",
    "lower synergy": "synergy=low", "smaller organisational size": "org_size=smaller",
    "no domination by single partner": "domination=low", "equal resource distribution": "resource_distribution=equal",
    "not mandated": "mandate=voluntary", "voluntary collaboration": "mandate=voluntary",
    "no power imbalance": "power_imbalance=low", "no involvement of stakeholders": "stakeholder_involvement=low",
    "authentic partnership": "authenticity=high", "critical threshold of faith not reached": "faith_breach=no",
    "no conflicting cultures": "cultural_compatibility=high", "lower geographical proximity": "proximity=distant",
    "harder cultural integration": "cultural_integration=hard", "no interoperable systems": "interoperability=separate",
    "greater trust requirement": "trust_requirement=high", "complex aims": "aims_simplicity=complex",
    "unfavourable regulatory environment": "regulatory_environment=unfavourable",
    "reduced formalisation": "formalisation=low", "no dominating power hierarchy": "domination=low",
    "fewer formal agreements": "legal_agreements=weak", "not a voluntary partnership": "mandate=mandated",
}  # fmt: skip


@pytest.mark.parametrize(
    ("key", "phrase", "meaning"), TABLE_3, ids=[f"{k} {p}" for k, p, _ in TABLE_3]
)
def test_the_words_of_table_3(net: Network, key: str, phrase: str, meaning: str) -> None:
    assert "=".join(net.resolve(phrase)) == meaning
    assert "=".join(net.resolve(phrase.upper())) == meaning
    assert key in net.review.cmocs


@pytest.mark.parametrize("phrase", SPLIT)
def test_phrases_of_two_variables(net: Network, phrase: str) -> None:
    """Not guessed at whole; each part resolves."""
    with pytest.raises(QueryError, match="nearest"):
        net.resolve(phrase)
    for part, meaning in SPLIT[phrase].items():
        assert "=".join(net.resolve(part)) == meaning


@pytest.mark.parametrize(("phrase", "meaning"), OPPOSITES.items(), ids=OPPOSITES)
def test_the_other_polarity(net: Network, phrase: str, meaning: str) -> None:
    assert "=".join(net.resolve(phrase)) == meaning


@pytest.mark.parametrize(
    ("phrase", "meaning"),
    [
        ("no task failure", ("achievement", ("medium", "high"))),
        ("not high trust", ("trust", ("low", "medium"))),
        ("trust isn't high", ("trust", ("low", "medium"))),
        ("not a merger or acquisition", ("integration", ("buddying", "alliance_or_network", "group"))),
        ("integration = alliance_or_network or group", ("integration", ("alliance_or_network", "group"))),
    ],
)  # fmt: skip
def test_what_is_not_so_is_every_other_state(
    net: Network, phrase: str, meaning: tuple[str, tuple[str, ...]]
) -> None:
    assert net.lexicon.meaning(phrase) == meaning
    with pytest.raises(QueryError, match="expected one state here; a question takes"):
        net.resolve(phrase)


def test_no_state_and_not_that_state_share_out_certainty_in_every_wording(net: Network) -> None:
    """Though "not X" may mean something else as well: what is not successful has failed."""
    for name, variable in net.variables.items():
        for state, label in variable.state_labels.items():
            others = tuple(s for s in variable.states if s != state)
            of = variable.label
            for phrase in (
                f"{name} = not {state}", f"{name} = isn't {label}", f"{of} = not {label}",
                f"not {state} {name}", f"{name} is not {state}", f"{of} isn't {label}",
            ):  # fmt: skip
                assert net.lexicon.meaning(phrase) == (name, others), phrase


def test_a_negation_belongs_to_what_follows_it(net: Network) -> None:
    """ "Trust not there" is listed, and "trust is not | high" is no more of it."""
    assert net.resolve("trust is not there") == ("trust", "low")
    assert net.lexicon.meaning("trust is not high") == ("trust", ("low", "medium"))


def test_every_row_is_covered() -> None:
    rows = {f"T3-{n:02d}" for n in range(1, 45)}
    # The contexts of these two stand under SPLIT; their other phrases are shared with earlier rows.
    assert rows - {key for key, _, _ in TABLE_3} == {"T3-05", "T3-37"}


def test_a_name_state_form_for_every_state(net: Network) -> None:
    for name, variable in net.variables.items():
        for state in variable.states:
            assert net.resolve(f"{name}={state}") == (name, state)
            assert net.resolve(f"{variable.label} = {variable.state_labels[state]}") == (
                name,
                state,
            )


def test_every_listed_word_means_its_state(net: Network) -> None:
    wrong = []
    for name, variable in net.variables.items():
        for state, phrases in variable.state_words.items():
            wrong += [p for p in phrases if net.resolve(p) != (name, state)]
    assert wrong == []
