"""`sojourn key`: make, list and take back the keys of a project."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import msgspec
from cyclopts import App
from rich.console import Console
from rich.table import Table

from sojourn import settings
from sojourn.accounts import keys
from sojourn.accounts.keys import KeyKind
from sojourn.collection import Webhook, check_webhook
from sojourn.control import writing
from sojourn.errors import BadQuestion, NotFound, SojournError
from sojourn.folder import Folder
from sojourn.found import found_in
from sojourn.settings import Settings
from sojourn.wire import Wire

WEBHOOK = "webhook"

app = App(name="key")


@app.command
def create(
    kind: KeyKind,
    *,
    project: str,
    wire: str = keys.SEGMENT,
    name: str = "",
    secret: bool = False,
    secret_file: Path | None = None,
    mapping: Path | None = None,
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
    secret_file
        Take the secret that this file holds, which another tool has given.
    mapping
        For the wire `webhook`: a JSON file that says what its bodies mean.
    data
        The data folder.
    """
    chosen = settings.from_environment(data=data)
    with Folder(chosen) as folder:
        opened = folder.project(project)
        known_wire(wire)
        given = _secret_in(secret_file) if secret_file else ""
        shared = given or (keys.new_secret() if secret else "")
        webhook = _webhook(wire, mapping, shared)
        key = folder.create_key(opened, kind, wire=wire, name=name, secret=shared)
    if webhook is not None:
        _keep_webhook(chosen, project, keys.hint_of(key, name), webhook)
    print(key)
    if shared and not given:
        print(shared)


def _secret_in(file: Path) -> str:
    """The secret that a file holds."""
    try:
        secret = file.read_text().strip()
    except (OSError, UnicodeDecodeError) as failure:
        raise SojournError(
            "The secret cannot be read", detail=f"{failure}.", where=str(file)
        ) from None
    if not secret:
        raise SojournError("The file holds no secret", where=str(file))
    return secret


def _webhook(wire: str, mapping: Path | None, secret: str) -> Webhook | None:
    """What the bodies of a key mean; a webhook's key must say it, and no other may."""
    if (wire == WEBHOOK) != (mapping is not None):
        raise SojournError(
            "A key for webhooks, and no other, needs a mapping",
            mend="sojourn key create write --wire webhook --mapping FILE",
        )
    if mapping is None:
        return None
    try:
        webhook = msgspec.json.decode(mapping.read_bytes(), type=Webhook)
    except (OSError, msgspec.MsgspecError, UnicodeDecodeError) as failure:
        raise BadQuestion(
            "The mapping cannot be read",
            detail=f"{failure}.",
            where=str(mapping),
            mend="docs/reference/wires.md says what it holds.",
        ) from None
    check_webhook(webhook)
    if webhook.signature is not None and not secret:
        raise SojournError(
            "Nothing can be signed without a secret",
            mend="Add --secret, or --secret-file with the secret that the other tool shows.",
        )
    return webhook


def _keep_webhook(chosen: Settings, project: str, hint: str, webhook: Webhook) -> None:
    """Add what the bodies of a key mean to the choices of a project."""
    # Imported here because only webhooks need what opens a project, which takes seconds.
    from sojourn.application import Sojourn
    from sojourn.ingest.collecting import Collecting

    with Sojourn(chosen) as sojourn:
        opened = sojourn.project(project)
        webhooks = opened.collection.webhooks | {hint: webhook}
        collection = msgspec.structs.replace(opened.collection, webhooks=webhooks)
        Collecting(opened, sojourn.engine, sojourn.clock_ms).change(collection, actor="key create")


@app.command(name="wires")
def show_wires() -> None:
    """List the wires: which clients can send, and where to."""
    table = Table("wire", "clients", "paths")
    for wire in sorted(_wires().values(), key=lambda wire: wire.name):
        table.add_row(wire.name, wire.title, " ".join(wire.paths))
    Console().print(table)


def known_wire(name: str) -> None:
    """Refuse a wire that there is not."""
    if name not in _wires():
        raise NotFound(f"There is no wire “{name[:60]}”", mend="`sojourn key wires` lists them.")


def _wires() -> dict[str, Wire]:
    return found_in("sojourn.wires", "WIRE")


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
    with Folder(settings.from_environment(data=data)) as folder:
        opened = folder.project(project)
        with folder.engine.begin() as connection:
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
    with Folder(settings.from_environment(data=data)) as folder:
        opened = folder.project(project)
        with writing(folder.engine).begin() as connection:
            gone = keys.revoke(connection, opened.id, hint.rstrip("…"))
    if not gone:
        raise NotFound(
            f"No key of project {project} begins with “{hint[:60]}”",
            mend="`sojourn key list` shows how each begins.",
        )
    print(f"{gone} key{'' if gone == 1 else 's'} taken back.")
