"""`python -m bench`: fill the engines, ask them all, show who took how long."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from cyclopts import App
from rich.console import Console

from bench import contest, report
from bench.contest import Contestant
from bench.filling import filled, filled_alone
from bench.funnels import BY_STEPS
from bench.questions import QUESTIONS
from bench.results import Run, opening, sheets
from bench.workload import Workload

app = App(name="python -m bench", help="The same questions to Sojourn, ClickHouse and DuckDB.")


@app.default
def bench(
    *,
    events: tuple[int, ...] = (50_000_000,),
    alone: tuple[int, ...] = (),
    rounds: int = 5,
    questions: tuple[str, ...] = tuple(QUESTIONS),
    scratch: Path | None = None,
    seed: int = 1,
    write: bool = False,
) -> None:
    """Compare the engines over logs of one or several lengths; exit with 1 if answers differ.

    Parameters
    ----------
    events
        How long the log is; give it several times to see how times grow.
    alone
        The same for a log about which only Sojourn is asked: one too long for the peers.
    rounds
        How often each question is asked of each engine, after a first time that is not counted.
    questions
        Which of them: all, unless told.
    scratch
        Where the engines' data are kept and found again: 100 bytes an event.
    seed
        Where chance begins.
    write
        Write bench/results.md.
    """
    place = scratch or Path(tempfile.gettempdir()) / "sojourn-bench"
    runs = []
    for length in events:
        workload = Workload(length, seed)
        folder = filled(place, workload)
        runs.append(_asked(workload, folder, contest.everyone(folder), questions, rounds))
    for length in alone:
        workload = Workload(length, seed)
        folder = filled_alone(place, workload)
        runs.append(_asked(workload, folder, contest.sojourn(folder), questions, rounds))
    _show(runs)
    if write:
        texts = [
            *(sheet.markdown() for sheet in sheets(runs)),
            "## Opening\n\n" + "\n".join(opening(run) for run in runs),
        ]
        report.write(report.HERE / "results.md", "python -m bench", texts, rounds)
    if not all(one.equal for run in runs for one in run.outcome.times):
        sys.exit("The engines' answers differ.")


def _asked(
    workload: Workload,
    folder: Path,
    contestants: Mapping[str, Contestant],
    questions: Sequence[str],
    rounds: int,
) -> Run:
    opened = contest.opening(folder)
    outcome = contest.run(contestants, questions, rounds)
    return Run(workload, opened, outcome, contest.run(contest.sojourn(folder), BY_STEPS, rounds))


def _show(runs: Sequence[Run]) -> None:
    console = Console()
    for sheet in sheets(runs):
        console.print(sheet.rich())
    for run in runs:
        console.print(opening(run))


if __name__ == "__main__":
    app()
