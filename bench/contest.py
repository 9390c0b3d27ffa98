"""The contest: each engine in a process of its own, asked in turns, one at a time.

    for each question:   warm A, B, C, D   then   A B C D   A B C D   A B C D …

A process of its own keeps an engine's memory apart from the others', and lets one be cut off. What
else runs on the machine meets all alike, as they take turns; hence ratios, and medians.
"""

from __future__ import annotations

import math
import multiprocessing
import re
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import partial
from importlib import import_module
from multiprocessing.connection import Connection
from pathlib import Path
from statistics import median

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from bench.engine import Engine, TooLong
from bench.funnels import BY_STEPS
from bench.question import Answer, Question
from bench.questions import QUESTIONS


@dataclass(frozen=True, slots=True)
class Contestant:
    """Who is asked: an engine by its file in `engines/` and its class, and what it is opened with,
    its folder first."""

    module: str
    kind: str
    folder: Path
    given: tuple[object, ...] = ()


SOJOURN = "Sojourn"
ASKED: dict[str, Question] = {**QUESTIONS, **BY_STEPS}


def sojourn(folder: Path) -> dict[str, Contestant]:
    """Sojourn alone, by its name in the results."""
    return {SOJOURN: Contestant("sojourn", "SojournEngine", folder / "sojourn")}


def everyone(folder: Path) -> dict[str, Contestant]:
    """Everyone who is asked, by the name in the results."""
    return {
        **sojourn(folder),
        "ClickHouse by (person, ts)": Contestant(
            "clickhouse", "ClickHouseEngine", folder / "by_person"
        ),
        "ClickHouse by (day, event, person)": Contestant(
            "clickhouse", "ClickHouseEngine", folder / "by_day"
        ),
        "DuckDB": Contestant("duckdb", "DuckDBEngine", folder / "duckdb"),
    }


@dataclass(slots=True)
class Times:
    """How long one engine took for one question, and whether it answered as the first one did.

    `first` is the first time in this process, which does not count. `work` is the seconds that its
    threads ran together: what else runs on the machine hardly changes it.
    """

    question: str
    engine: str
    first: float = math.nan
    seconds: list[float] = field(default_factory=list)
    work: list[float] = field(default_factory=list)
    equal: bool = True

    @property
    def cut_off(self) -> bool:
        return not self.seconds

    @property
    def median_s(self) -> float:
        return median(self.seconds)

    @property
    def work_s(self) -> float:
        return median(self.work)


@dataclass(slots=True)
class Outcome:
    """All times, and of each engine, by name, its sizes in bytes."""

    times: list[Times]
    on_disk: dict[str, float] = field(default_factory=dict)
    resident: dict[str, float] = field(default_factory=dict)


def run(contestants: Mapping[str, Contestant], questions: Iterable[str], rounds: int) -> Outcome:
    """Ask every engine every question, `rounds` times after a first time that is not counted."""
    columns = TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn()
    outcome = Outcome([])
    with ExitStack() as stack, Progress(*columns, TimeElapsedColumn()) as progress:
        task = progress.add_task("opening", total=len(contestants))
        engines: dict[str, Connection] = {}
        for name, contestant in contestants.items():
            engines[name] = stack.enter_context(process(_serve, contestant))
            outcome.on_disk[name] = engines[name].recv()
            progress.advance(task)
        for question in questions:
            task = progress.add_task(question, total=(rounds + 1) * len(engines))
            outcome.times += _compare(question, engines, rounds, partial(progress.advance, task))
        for name, connection in engines.items():
            connection.send(None)
            outcome.resident[name] = connection.recv()
    return outcome


def opening(folder: Path) -> dict[str, float]:
    """How long Sojourn takes to open, and what it needs for that; its cache is made anew."""
    with process(_open, folder / "sojourn") as connection:
        facts: dict[str, float] = connection.recv()
        return facts


def _compare(
    question: str,
    engines: dict[str, Connection],
    rounds: int,
    advance: Callable[[], None],
) -> list[Times]:
    """The times of every engine for one question; a warm round first, which shows who is right."""
    times = {name: Times(question, name) for name in engines}
    expected: Answer = None
    running = dict(engines)
    for number in range(rounds + 1):
        for name, connection in list(running.items()):
            connection.send(question)
            took = connection.recv()
            advance()
            if took is None:
                del running[name]
                continue
            seconds, work, answer = took
            expected = answer if expected is None else expected
            times[name].equal &= answer == expected
            if number == 0:
                times[name].first = seconds
            else:
                times[name].seconds.append(seconds)
                times[name].work.append(work)
    return list(times.values())


@contextmanager
def process(function: Callable[..., None], *given: object) -> Iterator[Connection]:
    """A function in a new process, which is given a connection; ours is its other end."""
    context = multiprocessing.get_context("spawn")
    here, there = context.Pipe()
    started = context.Process(target=function, args=(there, *given), daemon=True)
    started.start()
    there.close()
    try:
        yield here
    finally:
        here.close()
        started.join(10)
        started.kill()


def _open(connection: Connection, folder: Path) -> None:
    """Measure how Sojourn opens."""
    before = _resident("VmRSS")
    facts = import_module("bench.engines.sojourn").opening(folder)
    connection.send({**facts, "resident_bytes": _resident("VmHWM") - before})


def _serve(connection: Connection, contestant: Contestant) -> None:
    """Tell the size on disk; answer until told None, with None what takes too long; tell the peak.

    What Python holds before the engine is imported is not counted.
    """
    before = _resident("VmRSS")
    code = import_module(f"bench.engines.{contestant.module}")
    connection.send(code.size(contestant.folder))
    engine: Engine = getattr(code, contestant.kind)(contestant.folder, *contestant.given)
    while (question := connection.recv()) is not None:
        try:
            connection.send(_timed(engine, ASKED[question]))
        except TooLong:
            connection.send(None)
    connection.send(_resident("VmHWM") - before)
    engine.close()


def _timed(engine: Engine, question: Question) -> tuple[float, float, Answer]:
    """Seconds on the clock, seconds of work by all threads, and the answer in plain form.

    Putting it into plain form is not counted: it is for our comparison only.
    """
    work, began = time.process_time(), time.perf_counter()
    given = engine.ask(question)
    seconds, work = time.perf_counter() - began, time.process_time() - work
    return seconds, work, engine.plain(question, given)


def _resident(field: str) -> float:
    """Memory of this process in bytes, mapped files included, as Linux tells it."""
    status = Path("/proc/self/status")
    found = re.search(rf"{field}:\s*(\d+) kB", status.read_text()) if status.exists() else None
    return int(found[1]) * 1024.0 if found else math.nan
