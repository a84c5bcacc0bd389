"""What was measured as a page of Markdown."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

from benchmarks import machine as machines
from benchmarks.machine import Machine
from benchmarks.posteriors import MOST
from benchmarks.results import Bar, Row, Unit
from benchmarks.timing import LONG, ROUGH, SLOW, TOLERANCE

HEAD = """# Benchmarks

Written by `make bench`; edit `benchmarks/` and run that again.
"""
HOW = f"""
## How it was measured

- All contenders run in one process, in turn, round after round, each with its engine kept and
  every number of the answer read out; the median of {{rounds}} rounds is given.
  Only cold starts and peak memory are of processes of their own.
- pyAgrum is LazyPropagation, ShaferShenoyInference and VariableElimination, each with 1 and with 2
  threads; evidence is changed in place by variable and state numbers (`chgEvidence`) where the same
  variables are observed, else taken away and added. The fastest counts; the table shows each
  engine at its better number of threads. A variant that takes more than {SLOW:g} times the fastest
  one's time in a trial turn is not measured further, nor, where a turn takes over {LONG:g} s, are
  others than the two fastest; VariableElimination, which eliminates anew for each variable, is not
  asked for all posteriors beyond {MOST:,} multiply-adds.
- The rows of the public networks, rounded in their files, are made to sum to 1.
- Before anything is timed, everyone's numbers must agree within {TOLERANCE:g}, finite differences
  within {ROUGH:g}; the run ends where they do not. The largest difference stands in the table.
- Loops over scenarios go through 300 of them, loops that set tables through 20 draws, finite
  differences through 20 table entries (one inference each, and only entries that can matter); their
  times are scaled to the whole. Everything they need is put into the peer's form beforehand.
- One forward run is `Program.event` of the same query, which leaves out what the query does not
  need. The script with pgmpy reads the network from plain JSON, quicker than its own formats.
- Multiply-adds are those the workload needs: of one forward run over the variables that matter
  (`Program.multiply_adds`), times the runs; a backward run counts as two. Where observing ten
  variables leaves an amount that differs from question to question, none is given.
- The last column is the share of the rate of double-precision matrix products (the higher of the
  two above) that this arithmetic ran at, everything around it included.
- Threads: {{threads}};
  `OMP_WAIT_POLICY=PASSIVE` keeps one contender's idle threads out of another's turn.
"""
UNITS = ((1.0, "s"), (1e3, "ms"), (1e6, "µs"))


def page(rows: Sequence[Row], machine: Machine, rounds: int) -> str:
    """The whole page."""
    parts = [HEAD, *_machine(machine), "", *_bars(rows), ""]
    parts += ["![Ratios, and growth](benchmarks.svg)", "", *_table(rows, machine)]
    how = HOW.format(rounds=rounds, threads=machines.threads())
    return "\n".join([*parts, how.rstrip()]) + "\n"


def _machine(machine: Machine) -> Iterator[str]:
    yield f"- {machine.processor}, {machine.cores} cores; {machine.system}; {machine.blas}"
    yield (
        f"- matrix products: {machine.rate / 1e9:.0f} Gflop/s on all cores, "
        f"{machine.rate_of_one / 1e9:.0f} on one"
    )
    yield "- " + ", ".join(f"{name} {v}" for name, v in machines.versions().items())


def _bars(rows: Sequence[Row]) -> Iterator[str]:
    """Every bar with the least ratio reached, over all rows it is held against."""
    yield from ("## The bars", "", "| work | bar | reached | met |", "| --- | --- | --- | --- |")
    groups: dict[tuple[str, Bar], list[Row]] = {}
    for row in rows:
        for bar in row.bars:
            groups.setdefault((kind(row), bar), []).append(row)
    for (work, bar), mine in groups.items():
        worst = min(mine, key=lambda row: row.ratio(bar.peer))
        met = sum(row.met(bar) for row in mine)
        verdict = "met" if met == len(mine) else "**not met**"
        if len(mine) > 1:
            verdict += f" ({met} of {len(mine)})"
        yield f"| {work} | {bar.says} | {reached(worst, bar)} | {verdict} |"


def kind(row: Row) -> str:
    """What a bar speaks of: a row alone, or all rows of a series."""
    if row.group == "one target":
        return "one target with ten variables observed, up to 500 variables"
    if row.group == "all posteriors" and len(row.bars) == 1:
        return "all posteriors, generated networks of up to 2e7 multiply-adds"
    return row.work


def reached(row: Row, bar: Bar) -> str:
    """The ratio in the bar's own direction."""
    ratio = row.ratio(bar.peer)
    if bar.ratio < 1:
        return f"{plain(1 / ratio)} times"
    if row.unit == "B":
        return _amount(row.ours, row.unit)
    return f"{plain(ratio)} times"


def _table(rows: Sequence[Row], machine: Machine) -> Iterator[str]:
    yield from ("", "## Every workload", "")
    yield "| work | cmocnet | peers | ratio | difference | multiply-adds | of the rate |"
    yield "| --- | --- | --- | --- | --- | --- | --- |"
    for row in rows:
        names = list(_shown(row))
        shown = [f"{name}: {_amount(row.peers[name], row.unit)}" for name in names]
        ratios = [plain(row.peers[name] / row.ours) for name in names]
        cells = (
            row.work,
            _amount(row.ours, row.unit) + _each(row),
            "<br>".join(shown) or "-",
            "<br>".join(ratios) or "-",
            "-" if row.difference is None else f"{row.difference:.1g}",
            "-" if row.multiply_adds is None else f"{row.multiply_adds * row.passes:.2g}",
            _share(row.fraction(max(machine.rate, machine.rate_of_one))),
        )
        yield f"| {' | '.join(cells)} |"


def _shown(row: Row) -> Iterator[str]:
    """The peers, fastest first, each engine of pyAgrum and PyTorch at its best only."""
    seen = set()
    for name in sorted(row.peers, key=row.peers.__getitem__):
        engine = name.partition(",")[0]
        if engine not in seen:
            seen.add(engine)
            yield name


def _each(row: Row) -> str:
    """Time a scenario, where the number of scenarios is what grows."""
    return f" ({_amount(row.ours / row.size, row.unit)} each)" if row.size else ""


def _share(fraction: float | None) -> str:
    return "-" if fraction is None else f"{100 * fraction:.2g} %"


def _amount(value: float, unit: Unit) -> str:
    if unit == "B":
        return f"{value / 2**20:.0f} MiB"
    factor, name = next((f, n) for f, n in UNITS if value * f >= 1 or n == "µs")
    return f"{plain(value * factor)} {name}"


def plain(value: float) -> str:
    """Three significant digits without an exponent."""
    digits = max(0, 2 - math.floor(math.log10(value))) if value > 0 else 0
    return f"{value:,.{digits}f}"
