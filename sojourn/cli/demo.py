"""`sojourn demo`: a workspace filled by a simulated company, loaded as any event is, and served."""

from __future__ import annotations

from concurrent.futures import Future
from datetime import date, timedelta
from itertools import islice
from pathlib import Path
from typing import Any

import msgspec
from cyclopts import App
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from sojourn import settings
from sojourn.accounts.keys import SEGMENT
from sojourn.api.server import run
from sojourn.application import Sojourn
from sojourn.asking import decode_definition
from sojourn.demo import (
    PEOPLE,
    PROJECT,
    PROJECT_TITLE,
    TRUTHS,
    observed,
    policy,
    sample_shop,
    simulate,
)
from sojourn.errors import SojournError
from sojourn.ingest.project import Project
from sojourn.settings import Settings

app = App(name="demo")

DATA = Path("demo-data")
MARK = "demo.json"
"""Says which company a folder was filled with, and whether to the end."""
BATCH_EVENTS = 2_000
WAITING_MAX = 8
"""Batches on their way to the disk, so that making events and writing them overlap."""


class Company(msgspec.Struct, frozen=True):
    """What makes one simulated company, and whether all of its events are loaded."""

    seed: int
    people: int
    until: date
    loaded: bool = False


@app.default
def demo(
    *,
    data: Path = DATA,
    serve: bool = True,
    seed: int = 1,
    people: int = PEOPLE,
    until: date | None = None,
    host: str | None = None,
    port: int | None = None,
) -> None:
    """Fill the project `demo` with six months of a simulated company, then serve it.

    The same seed, number of people and last day make the same events. A folder that already has the
    demo is served as it is, and one whose filling was interrupted is filled to the end.

    Parameters
    ----------
    data
        The data folder; it is made if missing.
    serve
        Serve it afterwards; `--no-serve` only fills it and prints what is in it.
    seed
        Which of the many possible companies.
    people
        How many people.
    until
        The last day of the six months; yesterday unless said.
    host
        The address to listen on.
    port
        The port to listen on.
    """
    chosen = settings.from_environment(data=data, host=host, port=port)
    fill(chosen, seed=seed, people=people, until=until or date.today() - timedelta(days=1))
    if serve:
        shop = f"http://{chosen.host}:{chosen.port}{sample_shop.PATH}/"
        Console(highlight=False).print(f"Click through the sample shop at [bold]{shop}[/]")
        run(chosen)


def fill(chosen: Settings, *, seed: int, people: int, until: date) -> None:
    """Load the simulated company, unless it is there, and print what the reports say of it."""
    console = Console(highlight=False)
    with Sojourn(chosen) as sojourn:
        sojourn.require_writing()
        sojourn.start()
        company = _company(chosen.data, Company(seed, people, until))
        if PROJECT not in (project.name for project in sojourn.projects()):
            sojourn.create_project(PROJECT, title=PROJECT_TITLE, simulated=True)
            sojourn.governance(sojourn.project(PROJECT)).publish(policy(), actor="demo")
        project = sojourn.project(PROJECT)
        if not company.loaded:
            _load(sojourn, project, company)
            _remember(chosen.data, msgspec.structs.replace(company, loaded=True))
        _open_shop(sojourn)
        console.print(f"[bold]{project.title}[/] (simulated data) in {chosen.data}")
        console.print(_contents(project))
        console.print(_truths(sojourn, project))


def _open_shop(sojourn: Sojourn) -> None:
    """Make the sample shop's project, with its policy and the key that its pages send with."""
    data = sojourn.settings.data
    name, title = sample_shop.PROJECT, sample_shop.PROJECT_TITLE
    named = {project.name: project for project in sojourn.projects()}
    if name in named and sample_shop.kept_key(data):
        return
    shop = named.get(name) or sojourn.create_project(name, title=title)
    sojourn.governance(shop).publish(sample_shop.policy(), actor="demo")
    sample_shop.keep_key(data, sojourn.create_key(shop, "write", wire=SEGMENT))


def _company(data: Path, asked: Company) -> Company:
    """The company that the folder was begun with, else the one asked for."""
    file = data / MARK
    if file.exists():
        return msgspec.json.decode(file.read_bytes(), type=Company)
    _remember(data, asked)
    return asked


def _remember(data: Path, company: Company) -> None:
    (data / MARK).write_bytes(msgspec.json.encode(company))


def _load(sojourn: Sojourn, project: Project, company: Company) -> None:
    """Send the events through the pipeline and the inbox, and wait until they are applied.

    Their message ids are the same each time, so those of an interrupted filling are known already.
    """
    events = simulate(seed=company.seed, until=company.until, people=company.people)
    progress = Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.fields[events]:,} events"),
        TimeRemainingColumn(),
        console=Console(stderr=True),
    )
    sent, first, waiting = 0, 0, list[Future[int]]()
    with progress:
        task = progress.add_task("Simulating six months", total=None, events=0)
        while batch := list(islice(events, BATCH_EVENTS)):
            first = first or batch[0].ts
            outcome, done = sojourn.accept(project, batch)
            if outcome.dropped or done is None:
                raise SojournError("The simulation made an event that is refused")
            waiting.append(done)
            if len(waiting) >= WAITING_MAX:
                waiting.pop(0).result()
            sent += len(batch)
            span = _end_ms(company.until) - first
            progress.update(
                task,
                description="Loading six months",
                total=span,
                completed=batch[-1].ts - first,
                events=sent,
            )
        progress.update(task, description="Applying")
        sojourn.wait_until_applied(max(done.result() for done in waiting))


def _end_ms(day: date) -> int:
    return int((day - date(1970, 1, 1)).days + 1) * 86_400_000


def _contents(project: Project) -> str:
    now = project.parts.now()
    names = len(project.vocabulary.names)
    merges = len(project.canon.log)
    return f"{now.people:,} people · {now.events:,} events of {names} names · {merges:,} merges"


def _truths(sojourn: Sojourn, project: Project) -> Table:
    """What was planted in the simulation, and what the reports find."""

    def ask(definition: dict[str, Any]) -> dict[str, Any]:
        question = decode_definition(msgspec.json.encode(definition))
        answer: dict[str, Any] = msgspec.to_builtins(sojourn.ask(project, question))
        return answer

    table = Table("what is true of it", title="Planted, and found by the reports")
    table.add_column("planted", justify="right")
    table.add_column("found", justify="right")
    for truth in TRUTHS:
        found = observed(truth, ask)
        table.add_row(truth.sentence, f"{truth.ratio:.2f}", f"{found:.2f}")
    return table
