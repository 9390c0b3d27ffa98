"""The Python library: open a data folder and ask, with the same values as every other door."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec

from sojourn import settings
from sojourn.application import Sojourn
from sojourn.asking import REPORTS, decode_definition
from sojourn.ingest.project import Project
from sojourn.report import PURPOSE
from sojourn.result import Result, Table
from sojourn.segment import Segment

Step = str | dict[str, Any]
"""An event's name, or an event with conditions: {"event": …, "where": […]}."""


def open(data: Path | str | None = None) -> Library:
    """Open a data folder; beside a running server it is opened to read.

    Use it as a context, or close it: only one process at a time may write to a folder.
    """
    folder = None if data is None else Path(data)
    return Library(Sojourn(settings.from_environment(data=folder)))


class Library:
    """An open data folder."""

    def __init__(self, sojourn: Sojourn) -> None:
        self._sojourn = sojourn

    def project(self, name: str) -> Questions:
        """A project to ask; raises `NotFound` if there is none of that name."""
        return Questions(self._sojourn, self._sojourn.project(name))

    def projects(self) -> list[str]:
        """The names of all projects."""
        return [project.name for project in self._sojourn.projects()]

    def close(self) -> None:
        """Let go of the folder."""
        self._sojourn.close()

    def __enter__(self) -> Library:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class Questions:
    """The questions one can ask of a project; options are named as in the definitions."""

    def __init__(self, sojourn: Sojourn, project: Project) -> None:
        self._sojourn = sojourn
        self._project = project

    def ask(self, definition: dict[str, Any]) -> Result:
        """Answer a definition, given as the JSON value that all interfaces take."""
        decoded = decode_definition(msgspec.json.encode(definition))
        answer = self._sojourn.ask(self._project, decoded)
        return Result(answer, REPORTS[definition["kind"]].rows(answer))

    def people_behind(self, definition: dict[str, Any], cell: dict[str, Any]) -> list[int]:
        """The ids of the people behind one cell of a definition's answer, ascending."""
        decoded = decode_definition(msgspec.json.encode(definition))
        wanted = msgspec.convert(cell, REPORTS[definition["kind"]].cell)
        return self._sojourn.questions.people_behind(self._project, decoded, wanted)

    def segment(self, segment: dict[str, Any]) -> list[int]:
        """The ids of the people in a segment, ascending."""
        return self._sojourn.questions.members(self._project, msgspec.convert(segment, Segment))

    def sql(self, statement: str, *, purpose: str = PURPOSE) -> Table:
        """What a SELECT finds in the views `events` and `people`, filtered for a purpose."""
        with self._sojourn.questions.select(self._project, statement, purpose=purpose) as rows:
            return Table(rows.read_all())

    def funnel(self, steps: Sequence[Step], **options: Any) -> Result:
        """How many people get from each step to the next."""
        return self.ask({"kind": "funnel", "steps": _choices(steps), **options})

    def journey(self, steps: Sequence[Step], **options: Any) -> Result:
        """Funnel and path in one: fixed steps, and steps that show what people chose."""
        return self.ask({"kind": "journey", "steps": _choices(steps), **options})

    def trend(self, series: Sequence[Step], **options: Any) -> Result:
        """People, visits, events or a measure of a property over time."""
        return self.ask({"kind": "trend", "series": _choices(series), **options})

    def retention(self, start: Step, **options: Any) -> Result:
        """Who comes back after a first event; `returning` stands for the definition's `return`."""
        if "returning" in options:
            options["return"] = _choice(options.pop("returning"))
        return self.ask({"kind": "retention", "start": _choice(start), **options})

    def cohort(self, start: Step, **options: Any) -> Result:
        """What those who started together bring in each period after, and in all."""
        return self.ask({"kind": "cohort", "start": _choice(start), **options})

    def paths(self, **options: Any) -> Result:
        """What happens after what."""
        return self.ask({"kind": "paths", **options})

    def lifecycle(self, event: str | None = None, **options: Any) -> Result:
        """Who is new in each interval, returns, comes to life again, or falls dormant."""
        return self.ask({"kind": "lifecycle", "event": event, **options})

    def stickiness(self, event: str | None = None, **options: Any) -> Result:
        """In how many intervals people did something."""
        return self.ask({"kind": "stickiness", "event": event, **options})

    def attribution(self, conversion: Step, touches: Sequence[Step], **options: Any) -> Result:
        """Which touches conversions are owed to."""
        given = {"conversion": _choice(conversion), "touches": _choices(touches)}
        return self.ask({"kind": "attribution", **given, **options})

    def visits(self, **options: Any) -> Result:
        """How many visits, how long, where they land and exit."""
        return self.ask({"kind": "visits", **options})

    def people(self, **options: Any) -> Result:
        """People with what is known of them and what they did."""
        return self.ask({"kind": "people", **options})

    def activity(self, **options: Any) -> Result:
        """Events, the newest first."""
        return self.ask({"kind": "activity", **options})


def _choices(steps: Sequence[Step]) -> list[dict[str, Any]]:
    return [_choice(step) for step in steps]


def _choice(step: Step) -> dict[str, Any]:
    return {"event": step} if isinstance(step, str) else step
