"""What the contests came to: tables on the terminal, and the same tables as `bench/results.md`."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from rich.table import Table

from bench.contest import SOJOURN, Outcome, Times
from bench.engine import LIMIT_S
from bench.questions import QUESTIONS
from bench.workload import Workload

PEERS = ("ClickHouse", "DuckDB")
"""A peer's engines begin with its name; of several the best counts."""
MB = 1e6

Rows = list[tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Run:
    """One contest over one log."""

    workload: Workload
    outcome: Outcome


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table of words: the first `words` columns are text, the others figures."""

    title: str
    headings: tuple[str, ...]
    rows: Rows
    words: int = 1

    def rich(self) -> Table:
        """For the terminal; a line wherever the first column changes."""
        shown = Table(title=self.title)
        for number, heading in enumerate(self.headings):
            shown.add_column(heading, justify="left" if number < self.words else "right")
        for row, following in zip(self.rows, [*self.rows[1:], self.rows[-1]], strict=True):
            shown.add_row(*row, end_section=self.words > 1 and row[0] != following[0])
        return shown

    def markdown(self) -> str:
        """For `results.md`."""
        rule = ["---" if number < self.words else "---:" for number in range(len(self.headings))]
        lines = (" | ".join(row) for row in (self.headings, rule, *self.rows))
        return f"### {self.title}\n\n" + "\n".join(f"| {line} |" for line in lines)


def sheets(runs: Sequence[Run]) -> list[Sheet]:
    """Everything there is to show of some runs, the one over the longest log first."""
    longest = max(runs, key=lambda run: run.workload.events)
    shown = [_times(longest), _means(longest), _sizes(longest)]
    return [*shown, _growth(runs)] if len(runs) > 1 else shown


def _times(run: Run) -> Sheet:
    rows: Rows = []
    for question, times in _by_question(run.outcome.times).items():
        named = f"{question}: {QUESTIONS[question].says}"
        ours = _of(SOJOURN, times)
        rows += [(named, one.engine, *_figures(one, ours)) for one in times]
    title = f"{run.workload.events:,} events, {run.workload.people:,} people"
    return Sheet(title, HEADINGS, rows, words=2)


HEADINGS = ("question", "engine", "ms", "lowest – highest", "× Sojourn", "work ms", "×", "equal")


def _figures(one: Times, ours: Times) -> tuple[str, ...]:
    if one.cut_off:
        return f"> {LIMIT_S} s", "", f"> {LIMIT_S / ours.median_s:,.0f}", "", "", "cut off"
    lowest, highest = min(one.seconds) * 1000, max(one.seconds) * 1000
    return (
        f"{one.median_s * 1000:,.1f}",
        f"{lowest:,.0f} – {highest:,.0f}",
        f"{one.median_s / ours.median_s:.1f}",
        f"{one.work_s * 1000:,.0f}",
        f"{one.work_s / ours.work_s:.1f}",
        "yes" if one.equal else "NO",
    )


def _means(run: Run) -> Sheet:
    """How many times as long as Sojourn each peer took; what was cut off counts as the limit."""
    by_question = _by_question(run.outcome.times)
    rows: Rows = []
    for peer in PEERS:
        for what, measure in MEASURES.items():
            found = []
            for times in by_question.values():
                best = min(measure(one) for one in times if one.engine.startswith(peer))
                found.append(best / measure(_of(SOJOURN, times)))
            mean = math.prod(found) ** (1 / len(found))
            rows.append((f"{peer}, {what}", *(f"{ratio:.1f}" for ratio in found), f"{mean:.1f}"))
    headings = ("the better of a peer's tables", *by_question, "geometric mean")
    return Sheet("Times Sojourn's", headings, rows)


MEASURES: dict[str, Callable[[Times], float]] = {
    "time": lambda one: LIMIT_S if one.cut_off else one.median_s,
    "work": lambda one: LIMIT_S if one.cut_off else one.work_s,
}


def _sizes(run: Run) -> Sheet:
    """What each engine has on disk, and the most memory that its process ever had resident."""
    outcome = run.outcome
    rows: Rows = [
        (engine, _mb(outcome.on_disk[engine]), _mb(outcome.resident[engine]))
        for engine in outcome.on_disk
    ]
    opening = outcome.opening
    cache = "Sojourn's cache, while it is built"
    rows.insert(1, (cache, _mb(opening["cache_bytes"]), _mb(opening["resident_bytes"])))
    return Sheet("Sizes", ("engine", "on disk MB", "peak resident MB"), rows)


def _mb(bytes_: float) -> str:
    return f"{bytes_ / MB:,.0f}"


def opening(run: Run) -> str:
    """How long Sojourn took to open the folder, and how large the columns are it always needs."""
    facts = run.outcome.opening
    needed = facts["needed_bytes"] / run.workload.events
    return (
        f"Opening {run.workload.events:,} events: {facts['without_cache_s']:.1f} s without "
        f"the cache, {facts['with_cache_s']:.2f} s with it. The columns every question needs "
        f"take {needed:.2f} bytes an event."
    )


def _growth(runs: Sequence[Run]) -> Sheet:
    """Sojourn's work by the length of the log, and for each event of it."""
    ascending = sorted(runs, key=lambda run: run.workload.events)
    lengths = [f"{run.workload.events / MB:,.0f} M" for run in ascending]
    rows: Rows = []
    for question in _by_question(ascending[0].outcome.times):
        cells = []
        for run in ascending:
            times = _by_question(run.outcome.times)[question]
            work_s = _of(SOJOURN, times).work_s
            cells.append(f"{work_s * 1000:,.1f} ({work_s * 1e9 / run.workload.events:.2f})")
        rows.append((question, *cells))
    return Sheet("Sojourn's growth: work in ms (ns an event)", ("question", *lengths), rows)


def _of(engine: str, times: Iterable[Times]) -> Times:
    return next(one for one in times if one.engine == engine)


def _by_question(times: Iterable[Times]) -> dict[str, list[Times]]:
    found: dict[str, list[Times]] = {}
    for one in times:
        found.setdefault(one.question, []).append(one)
    return found
