"""The Python library: open a data folder and ask, with the same values as every other door."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec

from sojourn import settings
from sojourn.application import REPORTS, Sojourn, decode_definition
from sojourn.ingest.project import Project
from sojourn.result import Result

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

    def funnel(self, steps: Sequence[Step], **options: Any) -> Result:
        """How many people get from each step to the next; `within`, `order`, `period`."""
        return self.ask({"kind": "funnel", "steps": [_choice(step) for step in steps], **options})

    def trend(self, series: Sequence[Step], **options: Any) -> Result:
        """People or events over time; `every`, `period`."""
        return self.ask({"kind": "trend", "series": [_choice(one) for one in series], **options})

    def retention(self, start: Step, **options: Any) -> Result:
        """Who comes back after a first event; `every`, `periods`, `period`, and `returning`,
        which stands for the definition's `return`."""
        if "returning" in options:
            options["return"] = _choice(options.pop("returning"))
        return self.ask({"kind": "retention", "start": _choice(start), **options})

    def paths(self, **options: Any) -> Result:
        """What happens after what; `period`."""
        return self.ask({"kind": "paths", **options})


def _choice(step: Step) -> dict[str, Any]:
    return {"event": step} if isinstance(step, str) else step
