"""`python -m bench`: fill the engines, ask them all, show who took how long."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from cyclopts import App
from rich.console import Console

from bench import contest, report
from bench.filling import filled
from bench.questions import QUESTIONS
from bench.results import Run, opening, sheets
from bench.workload import Workload

app = App(name="python -m bench", help="The same questions to Sojourn, ClickHouse and DuckDB.")


@app.default
def bench(
    *,
    events: tuple[int, ...] = (50_000_000,),
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
        runs.append(Run(workload, contest.run(filled(place, workload), questions, rounds)))
    console = Console()
    for sheet in sheets(runs):
        console.print(sheet.rich())
    for run in runs:
        console.print(opening(run))
    if write:
        report.write(runs, rounds)
    if not all(one.equal for run in runs for one in run.outcome.times):
        sys.exit("The engines' answers differ.")


if __name__ == "__main__":
    app()
