"""Slopes of sums, products, quotients and powers, against central differences."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cmocnet.duals import Dual

numbers = st.floats(0.2, 3.0)
STEP = 1e-5


@pytest.mark.parametrize(
    "formula",
    [
        lambda x, y: x + y - 0.5,
        lambda x, y: 2.0 - x * y,
        lambda x, y: 0.5 * x / y + x * 3.0,
        lambda x, y: 1.0 - (1.0 + x) ** 0.7 * -y,
        lambda x, y: -(x - y) * (x + 1.0) / (y + x * x),
    ],
)
@given(numbers, numbers)
def test_a_slope_is_the_central_difference(
    formula: Callable[[Any, Any], Any], x: float, y: float
) -> None:
    found = formula(Dual(x, np.array([1.0, 0.0])), Dual(y, np.array([0.0, 1.0])))
    assert found.value == pytest.approx(formula(x, y), rel=1e-12)
    slope = [
        (formula(x + STEP, y) - formula(x - STEP, y)) / (2 * STEP),
        (formula(x, y + STEP) - formula(x, y - STEP)) / (2 * STEP),
    ]
    assert found.slope == pytest.approx(slope, rel=1e-6, abs=1e-7)
