"""What the bench writes: every table of both pages, and one short contest from log to page."""

from __future__ import annotations

from pathlib import Path

import pytest

from bench import __main__ as contests
from bench import changes, contest, report
from bench.arriving import Arrived
from bench.changes import Found
from bench.contest import SOJOURN, Outcome, Times, everyone, sojourn
from bench.engines.changed import CHANGES
from bench.funnels import BY_STEPS
from bench.questions import QUESTIONS
from bench.results import Run, Sheet, opening, sheets
from bench.workload import Workload

LOG = Workload(20_000, 1)
MB = 1_000_000


@pytest.fixture(autouse=True)
def page_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Pages are written into the test's folder, and belong to no commit."""
    monkeypatch.setattr(report, "HERE", tmp_path)
    monkeypatch.setattr(report, "_commit", lambda: "abc1234")


def outcome(names: list[str], questions: list[str]) -> Outcome:
    """The n-th engine works n times as long as the first, and takes 10 ms more on the clock."""
    times = [
        Times(question, name, 0.5, [place * 0.01 + 0.1, place * 0.01 + 0.3], [place * 0.2])
        for question in questions
        for place, name in enumerate(names, 1)
    ]
    return Outcome(times, dict.fromkeys(names, 2.0 * MB), dict.fromkeys(names, 3.0 * MB))


def run_of(length: int, names: list[str]) -> Run:
    facts = {"without_cache_s": 2.0, "with_cache_s": 0.25, "needed_bytes": 12.0 * length}
    opened = {**facts, "cache_bytes": 4.0 * MB, "resident_bytes": 5.0 * MB}
    by_steps = outcome([SOJOURN], list(BY_STEPS))
    return Run(Workload(length, 1), opened, outcome(names, list(QUESTIONS)), by_steps)


def row_of(sheet: Sheet, *words: str) -> tuple[str, ...]:
    """The figures of the one row that begins with these words."""
    (row,) = [row[len(words) :] for row in sheet.rows if row[: len(words)] == words]
    return row


def test_results_show_the_contest_and_the_growth() -> None:
    nowhere = Path()
    peers = run_of(1_000_000, list(everyone(nowhere)))
    late = next(one for one in peers.outcome.times if one.engine == "DuckDB")
    late.seconds.clear()
    next(one for one in peers.outcome.times if one.engine != SOJOURN).equal = False
    shown = sheets([run_of(2_000_000, list(sojourn(nowhere))), peers])
    times, means, sizes, growth, by_steps = shown

    named = f"{late.question}: {QUESTIONS[late.question].says}"
    assert row_of(times, named, SOJOURN) == ("210.0", "110 – 310", "1.0", "200", "1.0", "yes")
    assert row_of(times, named, "ClickHouse by (person, ts)")[-2:] == ("2.0", "NO")
    assert row_of(times, named, "DuckDB") == ("> 300 s", "", "> 1,429", "", "", "cut off")
    # Of two tables of a peer the better one counts.
    assert row_of(means, late.question)[:2] == ("1.0", "2.0")
    assert row_of(sizes, SOJOURN) == ("2", "3")
    assert row_of(growth, late.question) == ("200.0 (200.00)", "200.0 (100.00)")
    assert len(by_steps.rows) == len(BY_STEPS)
    assert "2.0 s without the cache, 0.25 s with it" in opening(peers)
    for sheet in shown:
        assert sheet.rich().row_count == len(sheet.rows)
        assert sheet.markdown().count("\n|") == len(sheet.rows) + 2
        assert {len(row) for row in sheet.rows} == {len(sheet.headings)}


def test_changes_show_what_each_cost(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = list(changes.QUESTIONS)
    quiet = {question: [0.1, 0.1] for question in asked}
    during = {question: [0.15, 0.15] for question in asked}
    found = Found(
        log=LOG,
        changed=outcome(list(CHANGES), asked),
        first={question: outcome([SOJOURN], [question]).times * 3 for question in asked},
        arrived=Arrived(quiet, during, 20_000, 2.0, [500, 1_000]),
        cache={"ts": 2 * MB, "facts": MB, "price": MB},
    )
    monkeypatch.setattr(changes, "filled_alone", lambda *_: tmp_path)
    monkeypatch.setattr(contest, "run", lambda *_: None)
    monkeypatch.setattr(changes, "_found", lambda *_: found)
    changes.changes(events=LOG.events, scratch=tmp_path, write=True)

    after, first, arrived, cache = changes.sheets(found)
    unchanged, changed, *_ = CHANGES
    assert row_of(after, unchanged)[:2] == ("210.0 (1.00)", "210.0 (1.00)")
    assert row_of(after, changed)[-3:] == ("2.00", "500.0", "3")
    assert row_of(first, asked[0]) == ("500.0", "210.0", "2.38")
    assert row_of(arrived, asked[0]) == ("100.0", "150.0", "1.50", "150.0")
    assert "10,000 events arrive a second, 2 times (1,000 at most were still" in arrived.title
    assert row_of(cache, "property price") == ("1", "50.00")
    assert row_of(cache, "all") == ("4", "200.00")
    page = (tmp_path / "changes.md").read_text()
    assert page.startswith("# Changes\n\nWritten by `python -m bench.changes --write`")
    for sheet in (after, first, arrived, cache):
        assert sheet.markdown() in page


def test_a_log_that_only_sojourn_is_asked_about(tmp_path: Path) -> None:
    asked = ("funnel", "trend")
    contests.bench(
        events=(),
        alone=(LOG.events,),
        rounds=1,
        questions=asked,
        scratch=tmp_path / "scratch",
        write=True,
    )
    page = (tmp_path / "results.md").read_text()
    assert page.startswith("# Results\n\nWritten by `python -m bench --write`")
    assert "- commit: abc1234\n" in page
    assert "- rounds: 1 after one that does not count" in page
    for name in (*asked, *BY_STEPS):
        assert f"\n| {name} | " in page
    assert "Opening 20,000 events: " in page
    assert "ClickHouse" not in page
