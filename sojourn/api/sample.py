"""The sample shop of the demo, as a site that anybody may visit. Other data folders have none."""

from __future__ import annotations

import base64
import hashlib
from pathlib import Path

from litestar import Response, get
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath

from sojourn.demo import sample_shop
from sojourn.errors import NotFound


def routes(data: Path) -> list[HTTPRouteHandler]:
    """The pages of the shop, where the data folder has one."""
    key = sample_shop.kept_key(data)
    if not key:
        return []
    headers = {"Content-Security-Policy": _security(key), "Cache-Control": "no-cache"}

    @get(sample_shop.PATH, include_in_schema=False)
    async def show_home() -> Response[str]:
        return _respond("", key, headers)

    @get(f"{sample_shop.PATH}/{{page:path}}", include_in_schema=False)
    async def show_page(page: FromPath[str]) -> Response[str]:
        return _respond(page.strip("/"), key, headers)

    return [show_home, show_page]


def _security(key: str) -> str:
    """A page runs the snippet, which it names by its hash, and scripts of this server only."""
    script = sample_shop.snippet(key).removeprefix("<script>").removesuffix("</script>")
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    return (
        f"default-src 'none'; script-src 'self' 'sha256-{digest}'; style-src 'self'; "
        "connect-src 'self'; img-src 'self'; frame-ancestors 'none'; base-uri 'none'; "
        "form-action 'self'"
    )


def _respond(path: str, key: str, headers: dict[str, str]) -> Response[str]:
    page = sample_shop.page(path, key)
    if page is not None:
        return Response(page, media_type="text/html", headers=headers)
    asset = sample_shop.asset(path)
    if asset is None:
        raise NotFound("The shop has no such page", where=path, mend="Begin at /demo/.")
    text, media_type = asset
    return Response(text, media_type=media_type, headers={"Cache-Control": "no-cache"})
