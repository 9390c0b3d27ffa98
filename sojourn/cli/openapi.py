"""`sojourn openapi`: the schema of the HTTP interface, for generating clients."""

from __future__ import annotations

import msgspec
from cyclopts import App

from sojourn.api.application import schema

app = App(name="openapi")


@app.default
def openapi() -> None:
    """Print the OpenAPI schema as JSON."""
    print(msgspec.json.format(msgspec.json.encode(schema()), indent=2).decode())
