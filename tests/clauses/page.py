"""The page of the clauses: what each asks, whether it is done, where, and what shows it."""

from __future__ import annotations

from collections import Counter

from sojourn.policy.sarif import section
from tests.clauses import evidence
from tests.clauses.asked import CLAUSES, POPWORK, STATES, WOOPRA, Clause

PAGE = evidence.ROOT / "docs/reference/clauses.md"

HEAD = """# Clauses

Two published policies, in [examples/](../../examples/README.md), are what Sojourn's own behaviour is measured by. Each of their clauses has an id, which findings, refusals and tests name. This page says of each what it asks, in our words; whether that is done; where; and which tests prove it.

{summary}

{states}

A code such as P107 is a [finding](findings.md) of the compiler: a policy with an error does not run. A file is where the program carries a clause out while it runs. `python -m tests.clauses` writes this page from the code and its tests, and a test sees that it is current.
"""  # noqa: E501


def page() -> str:
    """The whole page, as the code is now."""
    count = Counter(clause.state for clause in CLAUSES.values())
    said = " · ".join(f"{count[state]} {state}" for state in STATES)
    states = "\n".join(f"- **{state}**: {meaning}" for state, meaning in STATES.items())
    parts = [
        HEAD.format(summary=f"**{len(CLAUSES)} clauses: {said}.**", states=states),
        _table("S1: the policy of Woopra", WOOPRA),
        _table("S2: the tables of Popwork", POPWORK),
    ]
    return "\n".join(parts)


def _table(title: str, clauses: dict[str, Clause]) -> str:
    head = ["| clause | asks | state | where | tests |", "|---|---|---|---|---|"]
    rows = [
        f"| {name} | {clause.asks} | {_state(clause)} | {_where(name)} | {_tests(name)} |"
        for name, clause in clauses.items()
    ]
    return "\n".join([f"## {title}", "", *head, *rows, ""])


def _state(clause: Clause) -> str:
    return f"**{clause.state}**. {clause.missing}." if clause.missing else f"**{clause.state}**"


def _where(clause: str) -> str:
    codes = [
        f"[{code.code}]({section(code).removeprefix('docs/reference/')})"
        for code in FINDINGS.get(clause, ())
    ]
    return "<br>".join([*([" ".join(codes)] if codes else []), *map(_file, PLACES.get(clause, ()))])


def _tests(clause: str) -> str:
    by_file: dict[str, list[str]] = {}
    for test in PROOFS.get(clause, ()):
        by_file.setdefault(test.file, []).append(f"`{test.name}`")
    return "<br>".join(f"{_file(file)}: {', '.join(names)}" for file, names in by_file.items())


def _file(file: str) -> str:
    return f"[{file.removeprefix('sojourn/').removeprefix('tests/')}](../../{file})"


FINDINGS = evidence.findings()
PLACES = evidence.places()
PROOFS = evidence.proofs()
"""Read once: the code does not change while a page is written."""
