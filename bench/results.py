"""What the contests came to: tables on the terminal, and the same tables as `bench/results.md`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from statistics import geometric_mean

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
    """What was asked over one log: of everyone or of Sojourn alone, and by the number of steps."""

    workload: Workload
    opening: dict[str, float]
    outcome: Outcome
    by_steps: Outcome

    @property
    def alone(self) -> bool:
        """Whether only Sojourn was asked."""
        return len(self.outcome.on_disk) == 1


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
        """For a page."""
        rule = ["---" if number < self.words else "---:" for number in range(len(self.headings))]
        lines = (" | ".join(row) for row in (self.headings, rule, *self.rows))
        return f"## {self.title}\n\n" + "\n".join(f"| {line} |" for line in lines)


def sheets(runs: Sequence[Run]) -> list[Sheet]:
    """Everything there is to show of some runs: of the longest log that all were asked about, and
    how Sojourn grows over all logs."""
    ascending = sorted(runs, key=lambda run: run.workload.events)
    shown = []
    contests = [run for run in ascending if not run.alone]
    if contests:
        longest = contests[-1]
        shown += [_times(longest), _means(longest), _sizes(longest)]
    by_question = "Sojourn's growth with the log: work in ms (ns an event)"
    by_steps = "Sojourn's growth with a funnel's steps: work in ms (ns an event)"
    return [
        *shown,
        _growth(by_question, "question", [(run.workload, run.outcome) for run in ascending]),
        _growth(by_steps, "funnel of", [(run.workload, run.by_steps) for run in ascending]),
    ]


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
    headline = [question for question in by_question if QUESTIONS[question].headline]
    groups = [group for group in (list(by_question), headline) if group]
    ratios: dict[str, dict[str, float]] = {}
    for peer in PEERS:
        for what, measure in MEASURES.items():
            ratios[f"{peer}, {what}"] = {
                question: min(measure(one) for one in times if one.engine.startswith(peer))
                / measure(_of(SOJOURN, times))
                for question, times in by_question.items()
            }
    rows: Rows = [
        (question, *(f"{found[question]:.1f}" for found in ratios.values()))
        for question in by_question
    ]
    for group in groups:
        means = [geometric_mean(found[one] for one in group) for found in ratios.values()]
        name = "all" if len(group) == len(by_question) else ", ".join(group)
        rows.append((f"geometric mean of {name}", *(f"{mean:.1f}" for mean in means)))
    return Sheet("Times Sojourn's, the better of a peer's tables", ("question", *ratios), rows)


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
    cache = "Sojourn's cache, while it is built"
    rows.insert(1, (cache, _mb(run.opening["cache_bytes"]), _mb(run.opening["resident_bytes"])))
    return Sheet("Sizes", ("engine", "on disk MB", "peak resident MB"), rows)


def _mb(bytes_: float) -> str:
    return f"{bytes_ / MB:,.0f}"


def opening(run: Run) -> str:
    """How long Sojourn took to open the folder, and how large the columns are it always needs."""
    facts = run.opening
    needed = facts["needed_bytes"] / run.workload.events
    return (
        f"Opening {run.workload.events:,} events: {facts['without_cache_s']:.1f} s without "
        f"the cache, {facts['with_cache_s']:.2f} s with it. The columns every question needs "
        f"take {needed:.2f} bytes an event."
    )


def _growth(title: str, what: str, found: Sequence[tuple[Workload, Outcome]]) -> Sheet:
    """Sojourn's work by the length of the log, and for each event of it."""
    lengths = [f"{workload.events / MB:,.0f} M" for workload, _ in found]
    rows: Rows = []
    for question in _by_question(found[0][1].times):
        cells = []
        for workload, outcome in found:
            work_s = _of(SOJOURN, _by_question(outcome.times)[question]).work_s
            cells.append(f"{work_s * 1000:,.1f} ({work_s * 1e9 / workload.events:.2f})")
        rows.append((question, *cells))
    return Sheet(title, (what, *lengths), rows)


def _of(engine: str, times: Iterable[Times]) -> Times:
    return next(one for one in times if one.engine == engine)


def _by_question(times: Iterable[Times]) -> dict[str, list[Times]]:
    found: dict[str, list[Times]] = {}
    for one in times:
        found.setdefault(one.question, []).append(one)
    return found
