"""Texts as the command line takes them, and JSON as it prints it."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import msgspec

from sojourn.errors import SojournError


def read_policy(file: Path) -> str:
    """The text of a policy, from a file or from standard input (-)."""
    return read_text(file, "policy")


def read_text(file: Path, what: str) -> str:
    """The text of a policy or a plan, from a file or from standard input (-)."""
    try:
        read = sys.stdin.buffer.read() if str(file) == "-" else file.read_bytes()
        return read.decode("utf-8-sig")
    except OSError as failure:
        reason, mend = failure.strerror or "", f"Name a {what} in YAML, or - for standard input."
    except UnicodeDecodeError as failure:
        reason, mend = f"Byte {failure.start + 1} is no UTF-8.", "Save the file as plain UTF-8."
    raise SojournError(f"The {what} cannot be read", detail=reason, where=str(file), mend=mend)


def print_json(value: Any) -> None:
    """Print a value as JSON that people can read, too."""
    print(msgspec.json.format(msgspec.json.encode(value), indent=2).decode())
