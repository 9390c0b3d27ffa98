"""An open data folder inside a test, and events to put into it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from sojourn.application import Sojourn
from sojourn.event import Event, Identifier, Kind
from sojourn.folder import Folder
from sojourn.ingest.project import Project
from sojourn.settings import Settings

NOON_MS = 1_767_268_800_000
"""2026-01-01T12:00:00Z."""


class Clock:
    """A clock that tests set by hand."""

    def __init__(self, now_ms: int = NOON_MS) -> None:
        self.now_ms = now_ms

    def __call__(self) -> int:
        return self.now_ms


def open_shop(data: Path, clock: Clock | None = None) -> tuple[Sojourn, Project]:
    """An open folder with the project `shop`; nothing runs by itself."""
    control = data / "control.db"
    if not control.exists():
        data.mkdir(parents=True, exist_ok=True)
        control.write_bytes(_migrated())
    sojourn = Sojourn(Settings(data=data), clock_ms=clock or Clock())
    if not sojourn.projects():
        sojourn.create_project("shop")
    return sojourn, sojourn.project("shop")


@cache
def _migrated() -> bytes:
    """A control database as the migrations make it: running them takes longer than most tests."""
    with TemporaryDirectory() as folder:
        Folder(Settings(data=Path(folder))).close()
        return (Path(folder) / "control.db").read_bytes()


def event(
    name: str,
    ts: int = 0,
    *,
    user: str = "",
    anonymous: str = "",
    email: str = "",
    message_id: str = "",
    **properties: object,
) -> Event:
    """An event `ts` ms after noon."""
    given = (("user_id", user), ("email", email), ("anonymous_id", anonymous))
    return Event(
        name=name,
        ts=NOON_MS + ts,
        identifiers=tuple(Identifier(kind, value) for kind, value in given if value),
        properties=properties,
        message_id=message_id,
        source="test",
    )


def profile(
    user: str = "", anonymous: str = "", email: str = "", ts: int = 0, **traits: object
) -> Event:
    """An identify message, `ts` ms after noon."""
    plain = event("", ts, user=user, anonymous=anonymous, email=email)
    return Event(
        kind=Kind.PROFILE,
        ts=plain.ts,
        identifiers=plain.identifiers,
        traits=traits,
        message_id="",
    )


def send(sojourn: Sojourn, project: Project, events: Sequence[Event]) -> int:
    """Accept events and apply them; the inbox row they made."""
    outcome, done = sojourn.accept(project, events)
    assert not outcome.dropped, outcome.dropped
    assert done is not None
    row = done.result(timeout=10)
    sojourn.apply_all()
    return row


def timelines(project: Project) -> dict[int, list[tuple[int, str]]]:
    """Each person's (ms after noon, event) as the parts show them now."""
    shown: dict[int, list[tuple[int, str]]] = {}
    for part in project.parts.now().parts:
        for person, start, end in zip(part.people, part.starts, part.ends, strict=True):
            if end > start:
                assert int(person) not in shown, "a person stands in two parts"
                run = zip(part.ts[start:end], part.event[start:end], strict=True)
                shown[int(person)] = [
                    (int(ts) - NOON_MS, part.names[int(code)]) for ts, code in run
                ]
    return shown


def together(shown: dict[int, list[tuple[int, str]]]) -> set[tuple[tuple[int, str], ...]]:
    """Timelines without the ids of their people, which are a matter of chance."""
    return {tuple(run) for run in shown.values()}


def names(runs: Iterable[Sequence[tuple[int, str]]]) -> list[str]:
    """The names of all events, sorted."""
    return sorted(name for run in runs for _, name in run)
