"""Covariation of the entries of a row, compiled by Numba; see :class:`.gradients.RowsOfTables`."""
# mypy: disable-error-code="no-untyped-def"

from __future__ import annotations

from cmocnet.engine.compiled import compiled


@compiled()
def covary(values, gradient, lengths):
    """In place: derivatives when the rest of a row moves in proportion; see ``RowsOfTables``."""
    start = 0
    for length in lengths:
        weighted, plain = 0.0, 0.0
        for j in range(start, start + length):
            weighted += values[j] * gradient[j]
            plain += gradient[j]
        for j in range(start, start + length):
            rest = 1.0 - values[j]
            if rest >= 1e-12:
                share = (weighted - values[j] * gradient[j]) / rest
            else:
                share = (plain - gradient[j]) / max(length - 1, 1)
            gradient[j] -= share
        start += length
