"""What an unknown phrase could mean: words of few variables say more than words of many."""

from __future__ import annotations

from cmocnet.likeness import Likeness


def test_a_rare_word_counts_for_more_than_a_common_one() -> None:
    known = {("common", f"word{n}"): {(f"v{n}", ("yes",))} for n in range(6)}
    known |= {("common", "other"): {("a", ("yes",))}, ("rare", "thing"): {("b", ("yes",))}}
    first, *_ = Likeness.of(known).nearest(("common", "rare", "unheard"))
    assert first == ("b", "yes")


def test_nothing_is_like_what_shares_no_word() -> None:
    assert Likeness.of({("fog", "thick"): {("fog", ("thick",))}}).nearest(("sun",)) == ()
