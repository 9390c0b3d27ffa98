"""The two seeds as corrected, running: events flow through every gate of the policy that was made
from them."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import msgspec
import pytest

from sojourn.asking import decode_definition
from sojourn.drop_reason import DropReason
from sojourn.egress.sending import Sending
from sojourn.errors import BadQuestion
from sojourn.event import Event, Signals
from sojourn.policy import meaning
from sojourn.policy.compile import compile
from sojourn.policy.model import Policy
from sojourn.policy.sending import Refused
from tests.opened import NOON_MS, Clock, event, open_shop

EXAMPLES = Path(__file__).parents[2] / "examples"
SEEDS = ("woopra", "popwork")
DAY = date(2026, 11, 22)
NOW_MS = NOON_MS + (DAY - date(2026, 1, 1)).days * 86_400_000


def text_of(seed: str) -> str:
    return (EXAMPLES / seed / "as-corrected.yaml").read_text()


def told(given: Event, policy: Policy, *, agrees: bool) -> Event:
    """An event of somebody in France who agreed to everything, or to nothing."""
    consent = dict.fromkeys(policy.purposes, True) if agrees else {}
    return msgspec.structs.replace(given, signals=Signals(country="FR", consent=consent))


@pytest.mark.clause("S1-13", "S1-14", "S2-06")
@pytest.mark.parametrize("seed", SEEDS)
def test_events_flow_through_and_are_asked_for_their_purposes(seed: str, tmp_path: Path) -> None:
    policy = compile(text_of(seed), DAY).policy
    sojourn, project = open_shop(tmp_path, Clock(NOW_MS))
    with sojourn:
        sojourn.governance(project).publish(text_of(seed), actor="test")
        events = [told(event(name, user="agrees"), policy, agrees=True) for name in policy.events]
        _, done = sojourn.accept(project, events)
        assert done is not None
        done.result(timeout=10)
        sojourn.apply_all()

        def people(name: str, purpose: str) -> int:
            definition = {"kind": "trend", "purpose": purpose, "series": [{"event": name}]}
            answer = sojourn.ask(project, decode_definition(msgspec.json.encode(definition)))
            return int(answer.about.people)

        for name, own in policy.events.items():
            for purpose in own.purposes:
                assert people(name, purpose) == 1, (name, purpose)
        with pytest.raises(BadQuestion, match="not declared"):
            people(next(iter(policy.events)), "curiosity")


@pytest.mark.clause("S1-31")
@pytest.mark.parametrize("seed", SEEDS)
def test_without_consent_only_what_needs_none_is_kept(seed: str, tmp_path: Path) -> None:
    policy = compile(text_of(seed), DAY).policy
    sojourn, project = open_shop(tmp_path, Clock(NOW_MS))
    with sojourn:
        sojourn.governance(project).publish(text_of(seed), actor="test")
        for name, own in policy.events.items():
            free = [
                purpose
                for purpose in own.purposes
                if "consent" not in meaning.bases(policy.purposes[purpose])
            ]
            given = told(event(name, user="silent"), policy, agrees=False)
            outcome, _ = sojourn.accept(project, [given])
            if free:
                bits = [project.rules.bits[purpose] for purpose in free]
                assert outcome.kept[0].purposes & sum(bits) == sum(bits), name
            elif outcome.dropped:
                assert outcome.dropped[0].reason is DropReason.NO_LAWFUL_PURPOSE


@pytest.mark.clause("S2-10", "S2-16", "S2-17")
@pytest.mark.parametrize("seed", SEEDS)
def test_recipients_get_nothing_for_a_purpose_that_is_not_theirs(seed: str, tmp_path: Path) -> None:
    policy = compile(text_of(seed), DAY).policy
    sojourn, project = open_shop(tmp_path, Clock(NOW_MS))
    with sojourn:
        sojourn.governance(project).publish(text_of(seed), actor="test")
        name = next(iter(policy.events))
        _, done = sojourn.accept(project, [told(event(name, user="a"), policy, agrees=True)])
        assert done is not None
        done.result(timeout=10)
        sojourn.apply_all()
        (person,) = (int(who) for part in project.parts.now().parts for who in part.people)
        egress = sojourn.egress(project)
        for recipient, own in policy.recipients.items():
            for purpose in policy.purposes.keys() - set(own.purposes):
                built = egress.payload(Sending(recipient, purpose, person), actor="test")
                assert isinstance(built, Refused), (recipient, purpose)
