"""Documents on the command line: what a policy says to people and to machines, and a draft of one
from what another register says. These are commands of `sojourn policy`."""

from __future__ import annotations

import sys
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from sojourn.cli.texts import read_policy
from sojourn.policy import draft
from sojourn.policy import show as showing
from sojourn.policy.compile import compiled_to_run

File = Annotated[Path, Parameter(allow_leading_hyphen=True)]


def show(file: File, *, document: str = "notice", format: str = "", at: date | None = None) -> None:
    """Print a document made from the policy in FILE, which must compile.

    Parameters
    ----------
    file
        A policy in YAML, or - for standard input.
    document
        notice, recipients, cookies, text, record, gpc, fides, klaro or consent-mode.
    format
        html, or one of csv, json, jsonld and yaml, where the document has it; without it, its own.
    at
        The day as of which it is made, such as 2026-01-31; today without it.
    """
    day = at or datetime.now(UTC).date()
    showing.named(document)
    text = read_policy(file)
    compiled_to_run(text, day)
    _print(showing.shown(text, document, format, day))


def import_manifest(file: File) -> None:
    """Print a draft of a policy from the Fides manifest in FILE.

    Parameters
    ----------
    file
        A manifest in YAML, or - for standard input.
    """
    _print(draft.draft(read_policy(file)))


def _print(text: str) -> None:
    # As it is, whatever the terminal's own encoding and line ends are.
    sys.stdout.buffer.write(text.encode() if text.endswith("\n") else f"{text}\n".encode())
    sys.stdout.buffer.flush()


COMMANDS = {"show": show, "import": import_manifest}
