"""Signals: answered, as promised and as published."""

from __future__ import annotations

import pytest

from tests.policy.checking import changed, codes, findings, found

SIGNALS = "signals: {gpc: honour, dnt: honour, published: {gpc: honour, dnt: honour}}"


@pytest.mark.clause("S1-24")
@pytest.mark.parametrize(
    ("code", "new", "at"),
    [
        ("P510", "signals: {gpc: honour}", "signals:"),
        ("P510", "signals: {dnt: honour}", "signals:"),
        ("P511", "signals: {dnt: ignore}", "ignore}"),
        ("P511", "signals: {gpc: ignore, dnt: honour}", "ignore, dnt"),
        ("P511", "signals: {gpc: ignore, dnt: ignore}", "ignore, dnt"),
        ("P512", "signals: {gpc: honour, dnt: ignore, published: {dnt: honour}}", "honour}}"),
        ("P512", "signals: {gpc: honour, dnt: honour, published: {gpc: ignore}}", "ignore}}"),
    ],
)
def test_signal(code: str, new: str, at: str) -> None:
    found(code, SIGNALS, new, at)


def test_no_signals_are_told_once() -> None:
    text = changed(f"{SIGNALS}\n", "")
    (only,) = findings(text)
    assert (only.code, only.clauses) == ("P510", ("S1-24",))
    assert "Global Privacy Control and of Do Not Track" in only.what


def test_do_not_track_may_be_ignored_where_privacy_control_is_honoured() -> None:
    assert codes(changed(SIGNALS, "signals: {gpc: honour, dnt: ignore}")) == []


def test_each_promise_to_opt_out_is_one() -> None:
    text = changed(SIGNALS, "signals: {dnt: ignore}")
    assert "Ways to opt out" in findings(text)[0].what
    text = changed("opt_outs: {EEA: [https://www.youronlinechoices.eu]}\n", "", text)
    assert "marketing" in findings(text)[0].what
    text = text.replace("marketing.communications.email", "essential.service.notifications.email")
    assert "right to object" in findings(text)[0].what
    text = text.replace("port, object, withdraw", "port, withdraw")
    assert [one.code for one in findings(text)] == ["P510", "P626"]
