"""The examples of docs/reference/people.md hold. The notation is described there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from sojourn.application import Sojourn
from sojourn.event import Event, Identifier, Kind
from sojourn.ingest.project import Project
from tests.opened import NOON_MS, open_shop, send, timelines

PAGE = Path(__file__).parents[2] / "docs/reference/people.md"
EXAMPLES = re.findall(r"```example\n(.*?)```", PAGE.read_text(), re.DOTALL)


def names(text: str) -> tuple[Identifier, ...]:
    """The identifiers of a line: `user_id ann, email a@example.com`."""
    return tuple(Identifier(*one.split(" ")) for one in text.split(", "))


def message(line: str, number: int) -> Event:
    """The message of a line that is none of `split` and `=`."""
    given, _, event = line.partition(": ")
    is_alias = given.startswith("alias ")
    identifiers = names(given.removeprefix("alias "))
    return Event(
        kind=Kind.ALIAS if is_alias else Kind.EVENT,
        name=event,
        ts=NOON_MS + number,
        identifiers=identifiers[:1] if is_alias else identifiers,
        previous=identifiers[1] if is_alias else None,
        message_id=str(number),
    )


def person_of(project: Project, event: str) -> int:
    """Who has an event."""
    (found,) = (
        person for person, run in timelines(project).items() if event in {name for _, name in run}
    )
    return found


def happen(sojourn: Sojourn, project: Project, lines: list[str]) -> None:
    for number, line in enumerate(lines):
        if line.startswith("split "):
            person = person_of(project, line.removeprefix("split "))
            sojourn.split(project, person, actor="test")
        else:
            send(sojourn, project, [message(line, number)])


@pytest.mark.parametrize("text", EXAMPLES, ids=range(len(EXAMPLES)))
def test_example_holds(tmp_path: Path, text: str) -> None:
    lines = text.splitlines()
    expected = [line.removeprefix("= ") for line in lines if line.startswith("= ")]
    sojourn, project = open_shop(tmp_path)
    with sojourn:
        happen(sojourn, project, [line for line in lines if not line.startswith("= ")])
        runs = timelines(project).values()
        found = [", ".join(name for _, name in run) for run in runs]
    assert sorted(found) == sorted(expected)


def test_page_has_examples() -> None:
    assert len(EXAMPLES) >= 8
