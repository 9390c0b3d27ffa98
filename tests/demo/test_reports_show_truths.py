"""The truths planted in the demo come out of the real reports, after the real way of the data."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec
import pytest

from sojourn.application import Sojourn
from sojourn.asking import decode_definition
from sojourn.demo import TRUTHS, Truth, observed
from sojourn.event import Event
from sojourn.ingest.project import Project
from tests.opened import NOON_MS, Clock, open_shop

from .by_hand import Answers
from .test_truths import FEWER_PEOPLE

YEAR_MS = 365 * 86_400_000
BATCH_EVENTS = 2_000


@pytest.fixture(scope="module")
def loaded(
    tmp_path_factory: pytest.TempPathFactory, events: list[Event]
) -> Iterator[tuple[Sojourn, Project]]:
    sojourn, project = open_shop(tmp_path_factory.mktemp("demo"), Clock(NOON_MS + YEAR_MS))
    with sojourn:
        for begin in range(0, len(events), BATCH_EVENTS):
            outcome, done = sojourn.accept(project, events[begin : begin + BATCH_EVENTS])
            assert not outcome.dropped
            assert done is not None
            done.result()
        sojourn.apply_all()
        sojourn.applier.commit(now=True)
        project.parts.settle()
        yield sojourn, project


@pytest.mark.parametrize("truth", TRUTHS, ids=lambda truth: truth.name)
def test_reports_show_the_truth_and_agree_with_counting_by_hand(
    truth: Truth, loaded: tuple[Sojourn, Project], answers: Answers
) -> None:
    sojourn, project = loaded

    def ask(definition: dict[str, Any]) -> dict[str, Any]:
        question = decode_definition(msgspec.json.encode(definition))
        answer: dict[str, Any] = msgspec.to_builtins(sojourn.ask(project, question))
        return answer

    found = observed(truth, ask)
    assert found == pytest.approx(truth.ratio, rel=truth.tolerance * FEWER_PEOPLE)
    assert found == pytest.approx(observed(truth, answers.ask), rel=1e-3)


def test_every_person_is_one_person_after_all_devices_merged(
    loaded: tuple[Sojourn, Project], events: list[Event]
) -> None:
    _, project = loaded
    parts = project.parts.now().parts
    assert sum(int((part.ends > part.starts).sum()) for part in parts) == 3_000
    happened = sum(1 for event in events if event.name)
    assert sum(int((part.ends - part.starts).sum()) for part in parts) == happened
