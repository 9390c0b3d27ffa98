"""`sojourn serve`: one process that collects, applies, answers and shows."""

from __future__ import annotations

from pathlib import Path

from cyclopts import App

from sojourn import settings
from sojourn.api.server import run

app = App(name="serve")


@app.default
def serve(*, data: Path | None = None, host: str | None = None, port: int | None = None) -> None:
    """Serve a data folder and print a one-time login link.

    Parameters
    ----------
    data
        The data folder; it is made if missing.
    host
        The address to listen on. Only this machine can reach the default.
    port
        The port to listen on.
    """
    run(settings.from_environment(data=data, host=host, port=port))
