"""`sojourn key`: make, list and take back the keys of a project."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from cyclopts import App
from rich.console import Console
from rich.table import Table

from sojourn import settings
from sojourn.accounts import keys
from sojourn.accounts.keys import KeyKind
from sojourn.application import WIRES, Sojourn
from sojourn.control import writing
from sojourn.errors import NotFound

app = App(name="key", help="Make, list and take back the keys of a project.")


@app.command
def create(
    kind: KeyKind,
    *,
    project: str,
    wire: str = keys.SEGMENT,
    name: str = "",
    secret: bool = False,
    data: Path | None = None,
) -> None:
    """Make a key and print it; it cannot be shown again.

    Parameters
    ----------
    kind
        `write` lets a client send events, `read` lets a program ask questions.
    project
        The only project the key opens.
    wire
        What the clients of a write key speak; `sojourn key wires` lists them.
    name
        The name that clients send instead of a key, such as a domain or the number of a site.
    secret
        Also make a secret, which every request must then prove to have.
    data
        The data folder.
    """
    with Sojourn(settings.from_environment(data=data)) as sojourn:
        opened = sojourn.project(project)
        known_wire(wire)
        shared = keys.new_secret() if secret else ""
        print(sojourn.create_key(opened, kind, wire=wire, name=name, secret=shared))
        if shared:
            print(shared)


@app.command(name="wires")
def show_wires() -> None:
    """List the wires: which clients can send, and where to."""
    table = Table("wire", "clients", "paths")
    for wire in sorted(WIRES.values(), key=lambda wire: wire.name):
        table.add_row(wire.name, wire.title, " ".join(wire.paths))
    Console().print(table)


def known_wire(name: str) -> None:
    """Refuse a wire that there is not."""
    if name not in WIRES:
        raise NotFound(f"There is no wire “{name[:60]}”", mend="`sojourn key wires` lists them.")


@app.command(name="list")
def show(*, project: str, data: Path | None = None) -> None:
    """List the keys of a project by how they begin.

    Parameters
    ----------
    project
        The project.
    data
        The data folder.
    """
    with Sojourn(settings.from_environment(data=data)) as sojourn:
        opened = sojourn.project(project)
        with sojourn.engine.begin() as connection:
            known = keys.listed(connection, opened.id)
    table = Table("key", "kind", "wire", "secret", "made")
    for key in known:
        made = datetime.fromtimestamp(key.created_ms / 1000, UTC)
        secret = "yes" if key.has_secret else ""
        table.add_row(f"{key.hint}…", key.kind, key.wire, secret, f"{made:%Y-%m-%d %H:%M} UTC")
    Console().print(table if known else f"Project {project} has no keys.")


@app.command
def revoke(hint: str, *, project: str, data: Path | None = None) -> None:
    """Take back a key, at once and for good.

    Parameters
    ----------
    hint
        How the key begins, as `sojourn key list` shows it.
    project
        The project.
    data
        The data folder.
    """
    with Sojourn(settings.from_environment(data=data)) as sojourn:
        opened = sojourn.project(project)
        with writing(sojourn.engine).begin() as connection:
            gone = keys.revoke(connection, opened.id, hint.rstrip("…"))
    if not gone:
        raise NotFound(
            f"No key of project {project} begins with “{hint[:60]}”",
            mend="`sojourn key list` shows how each begins.",
        )
    print(f"{gone} key{'' if gone == 1 else 's'} taken back.")
