"""SARIF: findings in the form that code hosts and editors show at the lines they are about.

The form is the OASIS standard of that name, version 2.1.0. Each code is a rule, each finding a
result; our three levels are its own.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from importlib.metadata import version
from typing import Any

from sojourn.policy.finding import Code, Finding

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
PAGE = "docs/reference/findings.md"
"""Where each code has its section."""


def log(findings: Iterable[Finding], codes: Iterable[Code], uri: str) -> dict[str, Any]:
    """One run over the file at `uri`: every code as a rule, every finding as a result."""
    rules = list(codes)
    place_of = {rule.code: number for number, rule in enumerate(rules)}
    driver = {
        "name": "sojourn policy check",
        "version": version("sojourn"),
        "rules": [_rule(rule) for rule in rules],
    }
    results = [_result(found, place_of[found.code], uri) for found in findings]
    run = {"tool": {"driver": driver}, "columnKind": "unicodeCodePoints", "results": results}
    return {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}


def section(code: Code) -> str:
    """Where the section of a code stands, as its heading makes the anchor."""
    heading = f"{code.code} {code.title}".lower()
    return f"{PAGE}#{re.sub(r'[^a-z0-9 -]', '', heading).replace(' ', '-')}"


def _rule(code: Code) -> dict[str, Any]:
    where = section(code)
    return {
        "id": code.code,
        "shortDescription": {"text": f"{code.title[:1].upper()}{code.title[1:]}."},
        "help": {
            "text": f"Why, and what to write instead: {where}",
            "markdown": f"[Why, and what to write instead]({where})",
        },
        "defaultConfiguration": {"level": code.level},
        "properties": {"tags": list(code.clauses)},
    }


def _result(found: Finding, rule: int, uri: str) -> dict[str, Any]:
    location: dict[str, Any] = {
        "physicalLocation": {
            "artifactLocation": {"uri": uri},
            "region": {"startLine": found.line, "startColumn": found.column},
        }
    }
    if found.path:
        location["logicalLocations"] = [{"fullyQualifiedName": found.path}]
    return {
        "ruleId": found.code,
        "ruleIndex": rule,
        "level": found.level,
        "message": {"text": f"{found.what} {found.mend}"},
        "locations": [location],
    }
