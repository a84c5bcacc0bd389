"""What an unknown phrase could mean: words of few variables say more than words of many."""

from __future__ import annotations

from cmocnet import folding, likeness
from cmocnet.likeness import Likeness


def test_a_rare_word_counts_for_more_than_a_common_one() -> None:
    known = {("common", f"word{n}"): {(f"v{n}", ("yes",))} for n in range(6)}
    known |= {("common", "other"): {("a", ("yes",))}, ("rare", "thing"): {("b", ("yes",))}}
    first, *_ = Likeness.of(known).nearest(("common", "rare", "unheard"))
    assert first == ("b", "yes")


def test_nothing_is_like_what_shares_no_word() -> None:
    assert Likeness.of({("fog", "thick"): {("fog", ("thick",))}}).nearest(("sun",)) == ()


def test_what_is_too_long_for_a_word_is_not_remembered() -> None:
    """Thousands of words are remembered; were any of them a whole file, so would be the files."""
    once = folding._remembered.cache_info().currsize, likeness._remembered.cache_info().currsize
    for n in range(30):
        long = f"{n}{'tree' * 10_000}s"
        assert folding.tokens(long) == (long[:-1],)
        assert likeness.spelled(long, [long, "tree"])
    folded, spelled = folding._remembered, likeness._remembered
    assert folded.cache_info().currsize == once[0]
    assert spelled.cache_info().currsize <= once[1] + 31  # beginnings, and the one short word
