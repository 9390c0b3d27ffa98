"""`sojourn quarantine`, as printed."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.conftest import Shell
from tests.ingest.test_quarantine import MENDED, Shop
from tests.opened import event

ON_SHOP = ("--project", "shop")


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    """A folder in which Ann's payment waits, and two events that nothing will mend."""
    made = Shop(tmp_path / "data")
    made.refuse(
        event("paid", 1, user="ann", message_id="anns", price=3, cvv="123"),
        event("", 2, user="ann", message_id="nameless"),
        event("asked", 3, user="u" * 501, message_id="long"),
    )
    made.publish(MENDED)
    made.sojourn.close()
    return made


def test_it_is_listed_shown_replayed_and_dropped(
    shell: Shell, shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    # What came at noon of that day has long gone by the clock of the machine.
    monkeypatch.setenv("SOJOURN_QUARANTINE_DAYS", "100000")
    listed = shell("quarantine", "list", *ON_SHOP)
    assert listed.status == 0, listed.err
    lines = [" ".join(line.split()) for line in listed.out.replace("│", " ").splitlines()]
    assert "undeclared_event 1 2026-01-01 12:00 2026-01-01 12:00" in lines
    only = shell("quarantine", "list", *ON_SHOP, "--reason", "undeclared_event").out
    (entry,) = [line.split()[1] for line in only.splitlines() if "segment" in line]
    shown = shell("quarantine", "show", entry, *ON_SHOP).out
    assert '"anns"' in shown
    assert "cvv" not in shown
    wrong = shell("quarantine", "show", "0" * 32, *ON_SHOP)
    assert (wrong.status, "Nothing waits under this id" in wrong.err) == (1, True)
    replayed = shell("quarantine", "replay", *ON_SHOP).out.splitlines()
    assert replayed[0] == "1 event kept."
    assert sorted(replayed[1:]) == [
        "1 event still waiting: no_event_name.",
        "1 event still waiting: too_long.",
    ]
    assert "undeclared_event" not in shell("quarantine", "list", *ON_SHOP).out
    of_ann = shell("quarantine", "drop", *ON_SHOP, "--person", "user_id=ann")
    assert of_ann.out == "1 event dropped.\n"
    unclear = shell("quarantine", "drop", *ON_SHOP, "--person", "ann")
    assert (unclear.status, "user_id=42" in unclear.err) == (1, True)
    assert shell("quarantine", "drop", *ON_SHOP).out == "1 event dropped.\n"
    assert shell("quarantine", "list", *ON_SHOP).out == "Nothing waits in project shop.\n"
