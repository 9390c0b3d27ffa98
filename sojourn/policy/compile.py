"""Compiling: from the text of a policy to what is wrong with it, all of it in one run.

    text ──► source (data with places) ──► reading (typed tree) ──► checks ──► findings

A policy compiles when no finding is an error. `at` is the day as of which it is judged: what a
mechanism, a law or a contract allows has a beginning and an end.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sojourn.errors import BadQuestion
from sojourn.found import found_in
from sojourn.policy import reading, source
from sojourn.policy.check import Check, Context
from sojourn.policy.finding import Code, Finding
from sojourn.policy.model import Policy
from sojourn.policy.source import Source

CHECKS: dict[str, Check] = found_in("sojourn.policy.checks", "CHECK")

CODES: dict[str, Code] = {
    code.code: code
    for code in sorted(
        (code for check in CHECKS.values() for code in check.codes), key=lambda code: code.code
    )
}
"""Every kind of finding, by its code, ascending."""

TEXT = "P0"
"""How the codes begin of what is wrong with the text, or with names that refer to something."""


@dataclass(frozen=True, slots=True)
class Compiled:
    """A policy as it was written, and what there is to say about it as of a day."""

    text: str
    at: date
    policy: Policy
    source: Source
    findings: tuple[Finding, ...]

    @property
    def errors(self) -> tuple[Finding, ...]:
        """The findings with which it does not run."""
        return tuple(finding for finding in self.findings if finding.level == "error")


def compile(text: str, at: date) -> Compiled:
    """Read and check a policy as of a day; findings come in the order of their places."""
    parsed = source.parse(text)
    context = Context(parsed, reading.read(parsed.data), at)
    findings: list[Finding] = [found for check in CHECKS.values() for found in check.find(context)]
    findings.sort(key=lambda found: (found.line, found.column, found.code, found.what))
    return Compiled(text, at, context.policy, parsed, tuple(findings))


def compiled_to_run(text: str, at: date) -> Compiled:
    """A policy that runs; refuses one that has errors, with the first of them."""
    compiled = compile(text, at)
    _refuse("The policy does not compile", compiled.errors)
    return compiled


def compiled_to_compare(text: str, at: date) -> Compiled:
    """A policy that can be understood, whether or not it may run; refuses one whose text or names
    are in error."""
    compiled = compile(text, at)
    unclear = tuple(found for found in compiled.errors if found.code.startswith(TEXT))
    _refuse("The policy cannot be understood", unclear)
    return compiled


def _refuse(title: str, errors: tuple[Finding, ...]) -> None:
    """Refuse to go on with errors, telling the first of them."""
    if errors:
        first, more = errors[0], len(errors) - 1
        raise BadQuestion(
            title,
            detail=f"{first.code} {first.title}: {first.what}"
            + (f" There are {more} more errors." if more else ""),
            where=f"line {first.line}, column {first.column}",
            mend=first.mend,
        )
