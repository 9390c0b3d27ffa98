"""`sojourn person` and `sojourn project hierarchy`, as printed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from sojourn.consent.consents import Decision
from tests.cli.conftest import Shell
from tests.opened import event, open_shop, profile, send


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    """A phone whose person went into Ann's, and Bob, who used the same phone."""
    sojourn, project = open_shop(tmp_path / "data")
    with sojourn:
        for one in (
            event("look", 0, anonymous="telephone", path="/spring", browser="Firefox"),
            event("sign up", 60_000, user="annabel"),
            event("log in", 120_000, user="annabel", anonymous="telephone"),
            event("log in", 180_000, user="bob", anonymous="telephone"),
            profile(user="annabel", ts=240_000, plan="pro", seats=3, paying=True, name="Annabel"),
        ):
            send(sojourn, project, [one])
    return tmp_path


def test_person_is_shown_by_number_and_by_identifier(shell: Shell, shop: Path) -> None:
    ran = shell("person", "show", "annabel", "--project", "shop")
    assert ran.status == 0, ran.err
    lines = [" ".join(line.split()) for line in ran.out.replace("│", " ").splitlines()]
    for said in (
        "Person 2, known",
        "events 3",
        "visits 1",
        "time spent 2 min 0 s",
        "user_id an•••",
        "paying yes 2026-01-01 12:04",
        "plan pro 2026-01-01 12:04",
        "seats 3 2026-01-01 12:04",
        "landing_page /spring 2026-01-01 12:00 /spring 2026-01-01 12:00",
        "anonymous_id te••• 2026-01-01 12:00 2026-01-01 12:00 Firefox",
        "1 1 → 2 anonymous_id 2026-01-01 12:02",
        "2 and 3 anonymous_id user_id 1 2026-01-01 12:03",
    ):
        assert said in lines
    assert "Annabel" not in ran.out
    assert shell("person", "show", "1", "--project", "shop").out == ran.out
    nobody = shell("person", "show", "carol", "--project", "shop")
    assert (nobody.status, "There is no person “carol”" in nobody.err) == (1, True)


def test_split_tells_who_there_is_now(shell: Shell, shop: Path) -> None:
    assert "Merges" in shell("person", "show", "2", "--project", "shop").out
    ran = shell("person", "split", "2", "--project", "shop")
    assert ran.out == "Merge 1 is undone: there are person 2 and person 1.\n"
    assert "Merges" not in shell("person", "show", "2", "--project", "shop").out
    again = shell("person", "split", "2", "--project", "shop")
    assert (again.status, "Person 2 has no such merge" in again.err) == (1, True)
    blocked = shell("person", "blocked", "--project", "shop")
    assert "1 and 3" in blocked.out, "the phone is not Ann's any more"


def test_hierarchy_is_shown_and_changed(shell: Shell, shop: Path) -> None:
    hierarchy = ("project", "hierarchy", "shop")
    assert shell(*hierarchy).out == "user_id > email > anonymous_id\n"
    refused = shell(*hierarchy, "email", "anonymous_id")
    assert (refused.status, "2 of type user_id" in refused.err) == (1, True)
    assert shell(*hierarchy, "email", "anonymous_id", "--drop").status == 0
    assert shell(*hierarchy).out == "email > anonymous_id\n"


def test_consents_are_printed_as_proof(shell: Shell, shop: Path) -> None:
    sojourn, project = open_shop(shop / "data")
    with sojourn:
        (purpose, *_) = project.rules.bits
        decision = Decision(
            identifiers={"anonymous_id": "tablet"}, purposes={purpose: "refused"}, how="banner"
        )
        record = sojourn.governance(project).record(decision)
        send(sojourn, project, [event("log in", 300_000, user="annabel", anonymous="tablet")])
    ran = shell("person", "consents", "annabel", "--project", "shop")
    assert ran.status == 0, ran.err
    (printed,) = json.loads(ran.out)
    assert (printed["record"], printed["principal"]) == (record.record, 2)
    assert (printed["purposes"], printed["how"]) == ({purpose: "refused"}, "banner")
    assert json.loads(shell("person", "consents", "bob", "--project", "shop").out) == []
