"""Scenarios: CSV and Parquet files, and frames of pandas."""

from __future__ import annotations

import io
from pathlib import Path
from random import Random
from typing import Any

import numpy as np

from cmocnet.scenarios import predict_file
from fuzz.drive import Case, Door, write
from fuzz.mutation import ODD, flipped, spoilt
from fuzz.questions import KNOWN, STRANGE, network, phrases, sane

TARGETS = ("dissolution", "trust", "high trust", "trust=?", "", "nonsense", "inertia")
CELLS = (
    *("None", "nan", "''", "'missing'", "1", "0.5", "True", "pd.NA", "pd.NaT", "'?'", "b'high'"),
    *("pd.Timestamp('2024-01-01')", "np.float32(1)", "[1]", "{'a': 1}", "10 ** 30", "'x' * 999"),
)
COLUMNS = (
    *("category", "string", "object", "Int64", "boolean", "float32", "string[pyarrow]"),
    *("datetime64[ns]", "complex128", "int8", "bytes"),
)


def _cell(rng: Random, name: str) -> str:
    states = network().variables[name].states
    return rng.choices((rng.choice(states), "", rng.choice(phrases()), "missing"), (8, 4, 1, 1))[0]


def _names(rng: Random) -> list[str]:
    return rng.sample(list(network().variables), rng.choice((1, 2, 3, 5)))


def _files(rng: Random) -> Case:
    targets = "\n".join(rng.choices(TARGETS, (8, 3, 3, 1, 1, 1, 3), k=rng.choice((1, 1, 2))))
    parquet = rng.random() < 0.4
    content = _parquet(rng) if parquet else _csv(rng)
    if rng.random() < 0.2:
        content = flipped(rng, content)
    name = "scenarios.parquet" if parquet else "scenarios.csv"
    out = rng.choice((b"", b"", b"out.csv", b"out.parquet"))
    return {name: content, "targets.txt": targets.encode("utf-8"), "out.txt": out}


def _csv(rng: Random) -> bytes:
    names = _names(rng)
    rows = [names, *([_cell(rng, n) for n in names] for _ in range(rng.choice((0, 1, 3, 10))))]
    text = "\n".join(rng.choice((",", ",", ",", ";")).join(row) for row in rows) + "\n"
    if rng.random() < 0.6:
        text = spoilt(rng, text, (*ODD, *rng.sample(phrases(), 3)))
    return text.encode(rng.choice(("utf-8", "utf-8", "utf-8", "utf-16")), "surrogatepass")


def _parquet(rng: Random) -> bytes:
    import pyarrow as pa
    import pyarrow.parquet as pq

    rows = rng.choice((0, 1, 2, 5))
    names = _names(rng)
    columns = [_column(rng, name, rows) for name in names]
    if rng.random() < 0.1:
        names[0] = rng.choice(("", "x", names[-1], "__index_level_0__", "a\nb"))
    file = io.BytesIO()
    pq.write_table(pa.Table.from_arrays(columns, names=names), file)
    return file.getvalue()


def _column(rng: Random, name: str, rows: int) -> Any:
    import pyarrow as pa

    words = [_cell(rng, name) or None for _ in range(rows)]
    column = pa.array(words, pa.string())
    kinds = (
        lambda: column,
        column.dictionary_encode,
        lambda: column.cast(pa.binary()),
        lambda: column.cast(pa.large_string()),
        lambda: column.cast(pa.string_view()),
        lambda: pa.array([[w] if w else None for w in words], pa.list_(pa.string())),
        lambda: pa.array([{"a": w} if w else None for w in words]),
        lambda: pa.array([None] * rows),
        lambda: pa.array([rng.choice((None, 0, 1, 2**62)) for _ in words], pa.int64()),
        lambda: pa.array([rng.choice((None, 0.5, float("nan"), 1e308)) for _ in words]),
        lambda: pa.array([rng.choice((None, True, False)) for _ in words]),
        lambda: pa.array([rng.choice((None, 0, 2**62)) for _ in words], pa.timestamp("us")),
        lambda: pa.array([rng.randbytes(3) for _ in words], pa.binary()),
    )
    return rng.choices(kinds, (20, 4, *(1,) * (len(kinds) - 2)))[0]()


def _predict(given: Case, place: Path) -> None:
    write(given, place)
    source = next(place / name for name in given if name.startswith("scenarios."))
    targets = given["targets.txt"].decode("utf-8").split("\n")
    named = given["out.txt"].decode("utf-8")
    found = predict_file(network(), source, place / named if named else None, targets)
    if found.frame is not None:
        sane(list(found.frame.to_numpy().ravel()))


def _frames(rng: Random) -> Case:
    rows = rng.choice((0, 1, 2, 4))
    names = []
    columns = []
    for name in _names(rng):
        names.append(repr(name))
        cells = [repr(_cell(rng, name)) for _ in range(rows)]
        if rows and rng.random() < 0.3:
            cells[rng.randrange(rows)] = rng.choice(CELLS)
        listed = f"[{', '.join(cells)}]"
        kind = rng.choice(COLUMNS)
        columns.append(f"pd.Series({listed}, dtype={kind!r})" if rng.random() < 0.2 else listed)
    if rng.random() < 0.1:
        names[0] = rng.choice(("1", "''", "None", "('a', 'b')", "'x'", "nan"))
    table = ", ".join(f"{n}: {c}" for n, c in zip(names, columns, strict=True))
    frame = f"pd.DataFrame({{{table}}})" if rng.random() < 0.95 else rng.choice(STRANGE)
    ways = ("['dissolution']", "['high trust', 'inertia']", "None", "'dissolution'")
    targets = rng.choice((*ways, *ways, rng.choice(STRANGE)))
    return {"frame.py": f"({frame}, {targets})".encode()}


def _ask(given: Case, _: Path) -> None:
    try:
        frame, targets = eval(given["frame.py"].decode("utf-8"), dict(KNOWN))
    except Exception:
        return  # pandas itself makes no such frame
    found = network().predict(frame, targets)
    sane(list(np.asarray(found, dtype=float).ravel()))


FILES = Door("scenarios", _files, _predict)
FRAMES = Door("frames", _frames, _ask)
