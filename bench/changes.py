"""`python -m bench.changes`: what a question costs when the folder is not at rest, and at first.

Sojourn alone. Each change happens to a copy of the folder of its own, opened in a process of its
own; all are asked in turns, beside one to which nothing has happened. Ratios are against that one.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import geometric_mean, median, quantiles

from cyclopts import App
from rich.console import Console

from bench import arriving, contest, report
from bench.arriving import Arrived
from bench.contest import Contestant, Outcome, Times
from bench.engine import size_of
from bench.engines.changed import CHANGES
from bench.engines.sojourn import NEEDED
from bench.filling import filled_alone
from bench.results import MB, Rows, Sheet
from bench.workload import Workload
from sojourn.timelines.part import ARRAYS
from sojourn.timelines.settled import MOVED

app = App(name="python -m bench.changes", help="What a question costs when things have changed.")

QUESTIONS = ("funnel", "retention", "trend", "filtered")
UNCHANGED, *_ = CHANGES
MAPPED = (".npy", ".columns")
"""How the names of the cache's files end: arrays, and properties."""


@dataclass(frozen=True, slots=True)
class Found:
    """What was measured: after each change, at the first question, and while events arrived; and
    the bytes of the cache, by the name of its files."""

    log: Workload
    changed: Outcome
    first: dict[str, list[Times]]
    arrived: Arrived
    cache: dict[str, int]


@app.default
def changes(
    *,
    events: int = 50_000_000,
    rounds: int = 10,
    seconds: float = 60,
    scratch: Path | None = None,
    seed: int = 1,
    write: bool = False,
) -> None:
    """Ask Sojourn after each change, as the first question, and while events arrive.

    Parameters
    ----------
    events
        How long the log is.
    rounds
        How often each question is asked after each change.
    seconds
        How long events arrive.
    scratch
        Where the engines' data are kept and found again.
    seed
        Where chance begins.
    write
        Write bench/changes.md.
    """
    place = scratch or Path(tempfile.gettempdir()) / "sojourn-bench"
    log = Workload(events, seed)
    folder = filled_alone(place, log)
    # This opens the folder and reads the columns that questions need, so that copies have them.
    contest.run(contest.sojourn(folder), QUESTIONS, 0)
    found = _found(folder / "sojourn", log, rounds, seconds)
    shown = sheets(found)
    console = Console()
    for sheet in shown:
        console.print(sheet.rich())
    if write:
        texts = [sheet.markdown() for sheet in shown]
        report.write(report.HERE / "changes.md", "python -m bench.changes", texts, rounds)


def _found(folder: Path, log: Workload, rounds: int, seconds: float) -> Found:
    with _copies(folder, [*CHANGES, "arriving"]) as copies:
        contestants = {
            change: Contestant("changed", "ChangedSojourn", copies[change], (change, log))
            for change in CHANGES
        }
        changed = contest.run(contestants, QUESTIONS, rounds)
        rested = {UNCHANGED: contestants[UNCHANGED]}
        # Each time in a new process, or it would not be the first question.
        first = {
            question: [contest.run(rested, [question], rounds).times[0] for _ in range(3)]
            for question in QUESTIONS
        }
        given = (copies["arriving"], log, QUESTIONS, seconds)
        with contest.process(arriving.measure, *given) as connection:
            arrived: Arrived = connection.recv()
    return Found(log, changed, first, arrived, _cache(folder))


@contextmanager
def _copies(folder: Path, names: Sequence[str]) -> Iterator[Mapping[str, Path]]:
    """A copy of the folder for each name: of what is never written again only the names are
    copied, so that all copies share one page cache, as well as the disk."""
    with tempfile.TemporaryDirectory(dir=folder.parent, prefix="copies-") as place:
        copies = {name: Path(place) / str(number) for number, name in enumerate(names)}
        for copy in copies.values():
            shutil.copytree(folder, copy, copy_function=_copied)
        yield copies


def _copied(source: str, target: str) -> str:
    if Path(source).suffix in (".parquet", *MAPPED):
        os.link(source, target)
        return target
    return shutil.copy2(source, target)


def _cache(folder: Path) -> dict[str, int]:
    """The bytes of the cache's files, by their name; every bucket has one of each."""
    files = (file for file in (folder / "cache").rglob("*") if file.suffix in MAPPED)
    names = sorted({file.stem for file in files})
    return {name: size_of(folder / "cache", f"{name}.*") for name in names}


def sheets(found: Found) -> list[Sheet]:
    """Everything there is to show."""
    return [_changed(found), _first(found), _arrived(found), _sizes(found)]


def _changed(found: Found) -> Sheet:
    asked = {(one.engine, one.question): one for one in found.changed.times}
    firsts = {one.engine: one.first for one in found.changed.times if one.question == QUESTIONS[0]}
    rows: Rows = []
    for change in CHANGES:
        pairs = [(asked[change, one], asked[UNCHANGED, one]) for one in QUESTIONS]
        took = [one.median_s for one, _ in pairs]
        times = [one.median_s / rested.median_s for one, rested in pairs]
        work = [one.work_s / rested.work_s for one, rested in pairs]
        cells = [f"{_ms(one)} ({ratio:.2f})" for one, ratio in zip(took, times, strict=True)]
        means = [f"{geometric_mean(ratios):.2f}" for ratios in (times, work)]
        resident = f"{found.changed.resident[change] / MB:,.0f}"
        rows.append((change, *cells, *means, _ms(firsts[change]), resident))
    headings = ("change", *QUESTIONS, "mean", "mean of work", "first ms", "peak resident MB")
    title = f"After a change, {found.log.events:,} events: ms (× unchanged)"
    return Sheet(title, headings, rows)


def _first(found: Found) -> Sheet:
    rows: Rows = []
    for question, times in found.first.items():
        first = median(one.first for one in times)
        later = median(one.median_s for one in times)
        rows.append((question, _ms(first), _ms(later), f"{first / later:.2f}"))
    headings = ("question", "first ms", "later ms", "×")
    return Sheet("The first question of a process that is ready", headings, rows)


def _arrived(found: Found) -> Sheet:
    arrived = found.arrived
    rows: Rows = []
    for question in QUESTIONS:
        quiet, during = arrived.quiet[question], arrived.arriving[question]
        late = quantiles(during, n=20)[-1]
        ratio = f"{arrived.ratio(question):.2f}"
        rows.append((question, _ms(median(quiet)), _ms(median(during)), ratio, _ms(late)))
    headings = ("question", "quiet ms", "arriving ms", "×", "95 % within ms")
    rate = arrived.accepted / arrived.seconds
    title = (
        f"While {rate:,.0f} events arrive a second, {len(arrived.waiting)} times "
        f"({max(arrived.waiting):,} at most were still to be applied)"
    )
    return Sheet(title, headings, rows)


def _sizes(found: Found) -> Sheet:
    groups = {
        "what every question needs": [name for name in found.cache if name in NEEDED],
        "what only merging and properties of people need": [
            name for name in found.cache if name in {*ARRAYS, *MOVED} - {*NEEDED}
        ],
    }
    named = [name for group in groups.values() for name in group]
    groups |= {f"property {name}": [name] for name in found.cache if name not in named}
    groups["all"] = list(found.cache)
    rows: Rows = []
    for group, names in groups.items():
        bytes_ = sum(found.cache[name] for name in names)
        rows.append((group, f"{bytes_ / MB:,.0f}", f"{bytes_ / found.log.events:.2f}"))
    return Sheet("The cache", ("columns", "MB", "bytes an event"), rows)


def _ms(seconds: float) -> str:
    return f"{seconds * 1000:,.1f}"


if __name__ == "__main__":
    app()
