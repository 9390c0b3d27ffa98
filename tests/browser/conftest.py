"""The browser the tests drive, and the server they drive it against.

`browser` is the Chromium that npm brought (see `chromium.js`), `page` a fresh page that is signed
in, and `served` a running Sojourn with a project `demo` (simulated) and a project `shop` (the log
of a small shop).
"""

from __future__ import annotations

import atexit
import fcntl
import json
import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from tests.conftest import Served, free_port, make_project, run_sojourn, soon

HERE = Path(__file__).parent
SCREENSHOTS = HERE.parent.parent / "screenshots"
TIMEOUT_MS = 10_000
PEOPLE = "1500"
"""Enough of the demo company for every picture to have a shape, loaded in a few seconds."""
KEY = "demo-key"
"""The file beside the data that holds the write key of `demo`; it is written last."""

# No sandbox: the tests run without root and visit only our own pages. Nothing else may call out.
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--font-render-hinting=none",
]


def until(page: Page, said: str) -> None:
    """Wait until what is said in JavaScript is so, also where a site's content security policy
    forbids the `eval` that the driver's own way of waiting uses from its second look on."""
    soon(lambda: bool(page.evaluate(said)), bool)


@pytest.fixture(scope="session")
def filled(shared: Path, tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Path:
    """A data folder with a small demo company beside the shop's log, made once for all workers."""
    own = tmp_path_factory.getbasetemp()
    data = (own if worker_id == "master" else own.parent) / "filled"
    with data.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (data / KEY).exists():
            log = str(shared / "data" / "simple_shop.csv.gz")
            make_project(data, "shop")
            run_sojourn("import", log, "--project", "shop", data=data)
            run_sojourn("demo", "--no-serve", "--people", PEOPLE, "--data", str(data), data=data)
            (data / KEY).write_text(
                run_sojourn("key", "create", "write", "--project", "demo", data=data).strip()
            )
    return data


@pytest.fixture(scope="session")
def served(filled: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A server on a copy of that folder; `write_key` belongs to `demo`."""
    data = tmp_path_factory.mktemp("served") / "data"
    shutil.copytree(filled, data)
    served = Served(data, free_port(), (data / KEY).read_text())
    served.start()
    served.log_in()
    yield served
    served.stop()


@pytest.fixture(scope="session")
def browser() -> Browser:
    """The one browser of the run; `npm ci` in this folder brings it."""
    return _started()


@cache
def _started() -> Browser:
    # Test modules elsewhere take the fixture over, and with it would start one each: a process can
    # only drive one.
    told = subprocess.run(
        ["node", "chromium.js"], cwd=HERE, capture_output=True, text=True, check=True
    )
    chromium = json.loads(told.stdout)
    playwright = sync_playwright().start()
    atexit.register(playwright.stop)
    return playwright.chromium.launch(
        executable_path=chromium["executable"],
        args=FLAGS,
        env={**os.environ, **chromium["environment"]},
    )


@pytest.fixture(scope="session")
def session(browser: Browser, served: Served) -> dict[str, object]:
    """The cookie that the login link sets. The link opens once, so the whole run shares it."""
    link = run_sojourn("login", "--port", str(served.port), data=served.data).strip()
    context = browser.new_context()
    context.new_page().goto(link)
    state = context.storage_state()
    context.close()
    return {"cookies": state["cookies"]}


@pytest.fixture
def context(browser: Browser, session: dict[str, object]) -> Iterator[BrowserContext]:
    """Signed in, on a desk's screen, in light; a test that wants another makes its own."""
    with_session = browser.new_context(
        storage_state=session,  # type: ignore[arg-type]
        viewport={"width": 1280, "height": 860},
        color_scheme="light",
        reduced_motion="reduce",
    )
    with_session.set_default_timeout(TIMEOUT_MS)
    yield with_session
    with_session.close()


@pytest.fixture
def page(context: BrowserContext) -> Iterator[Page]:
    """A page on which no script may fail unnoticed."""
    failures: list[str] = []
    opened = context.new_page()
    opened.on("pageerror", lambda error: failures.append(str(error)))
    opened.on("console", lambda line: failures.append(line.text) if line.type == "error" else None)
    yield opened
    opened.close()
    assert failures == []


@pytest.fixture
def context_page(context: BrowserContext) -> Callable[[], Page]:
    """Pages on which a request is meant to be refused, which the browser reports as an error."""
    return context.new_page


@pytest.fixture(scope="session")
def screenshots() -> Path:
    """Where pictures of the rooms are put, for people to look at."""
    SCREENSHOTS.mkdir(exist_ok=True)
    return SCREENSHOTS
