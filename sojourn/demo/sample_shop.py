"""The sample shop: a site of a few pages with the browser script, beside the simulated company.

Whoever tries the demo clicks through it and finds their own clicks in the project `sample-shop`.
Its policy asks for consent, so the banner comes first. The pages lie in `shop/`.
"""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

PROJECT = "sample-shop"
PROJECT_TITLE = "Sample shop"
PATH = "/demo"
"""Where the shop stands on the server."""
KEPT_AS = "sample-shop.key"
"""The write key, as it stands in the pages for everybody to read."""
PAGES = {
    "": ("home", "Welcome"),
    "catalogue": ("catalogue", "Catalogue"),
    "order": ("order", "Order"),
}
FILES = {"shop.css": "text/css", "shop.js": "text/javascript", "price-list.txt": "text/plain"}


def policy() -> str:
    """The text of the shop's policy."""
    return _text("policy.yaml")


def keep_key(data: Path, key: str) -> None:
    """Remember the write key of a data folder's shop."""
    (data / KEPT_AS).write_text(key)


def kept_key(data: Path) -> str:
    """The write key of a data folder's shop; "" where there is none."""
    file = data / KEPT_AS
    return file.read_text() if file.exists() else ""


def snippet(key: str) -> str:
    """What the pages load the browser script with, as a site would paste it."""
    return _text("snippet.html").replace("{key}", key).strip()


def page(path: str, key: str) -> str | None:
    """A page of the shop; None where there is none. Every thing of the catalogue has an address,
    and all of them are one page."""
    name, _, _ = path.partition("/")
    if name not in PAGES:
        return None
    file, title = PAGES[name]
    slots = {"title": title, "snippet": snippet(key), "body": _text(f"{file}.html").strip()}
    text = _text("layout.html")
    for slot, content in slots.items():
        text = text.replace(f"{{{slot}}}", content, 1)
    return text


def asset(path: str) -> tuple[str, str] | None:
    """A file that the pages need, with its media type; None where there is none."""
    return (_text(path), FILES[path]) if path in FILES else None


def _text(name: str) -> str:
    return (files("sojourn.demo") / "shop" / name).read_text()
