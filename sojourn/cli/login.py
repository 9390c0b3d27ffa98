"""`sojourn login`: a new one-time login link for a server that is running."""

from __future__ import annotations

from pathlib import Path

from cyclopts import App

from sojourn import settings
from sojourn.folder import Folder

app = App(name="login")


@app.default
def login(*, data: Path | None = None, host: str | None = None, port: int | None = None) -> None:
    """Print a new one-time login link; it works once, within a day.

    Parameters
    ----------
    data
        The data folder of the server.
    host
        The address the server listens on.
    port
        The port the server listens on.
    """
    chosen = settings.from_environment(data=data, host=host, port=port)
    with Folder(chosen) as folder:
        print(folder.login_link())
