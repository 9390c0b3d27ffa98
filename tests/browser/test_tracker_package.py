"""The npm package: it packs, its types hold under a strict compiler, and as a module it sends."""

from __future__ import annotations

import json
import subprocess
import tarfile
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.browser.collector import KEY, collecting

TRACKER = Path(__file__).parents[2] / "tracker"
RIGHT = """
import { init, type Action, type Options, type Sojourn } from "@sojourn/browser";
const options: Options = { key: "wk_1", project: "shop", page_tracking: "hash", persist: true };
const sojourn: Sojourn = init(options);
const action: Action = sojourn.track("Ordered", { total: 42.5 }, { onSuccess: (one) => one.id });
action.update({ total: 43 });
sojourn.identify("u-1", { plan: "team" }).visit("theme", "dark").push(() => {});
const allowed: boolean | null | undefined = sojourn.consent.state()["analytics"];
void sojourn.consent.grant("analytics").then((taken: boolean) => taken || allowed);
"""
WRONG = """
import { init } from "@sojourn/browser";
init({ key: 17 });
init({ key: "wk_1" }).track("Ordered", "no properties");
init({ key: "wk_1" }).nothing();
"""


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project that has nothing but the package, as `npm pack` makes it."""
    project = tmp_path_factory.mktemp("package")
    packed = subprocess.run(
        ["npm", "pack", "--json", "--ignore-scripts", "--pack-destination", str(project)],
        cwd=TRACKER, capture_output=True, text=True, check=True,
    )  # fmt: skip
    (told,) = json.loads(packed.stdout)
    assert {one["path"] for one in told["files"]} == {
        "package.json", "dist/index.js", "dist/index.d.ts", "dist/types.d.ts"
    }  # fmt: skip
    where = project / "node_modules" / "@sojourn"
    where.mkdir(parents=True)
    with tarfile.open(project / told["filename"]) as archive:
        archive.extractall(where, filter="data")
    (where / "package").rename(where / "browser")
    (project / "package.json").write_text('{"type": "module"}')
    return project


def compiled(project: Path, text: str, resolution: str) -> str:
    """What the strict compiler has to say of a file in the project."""
    (project / "page.ts").write_text(text)
    module = "esnext" if resolution == "bundler" else resolution
    options = ["--strict", "--noEmit", "--target", "es2021", "--module", module]
    done = subprocess.run(
        [str(TRACKER / "node_modules" / ".bin" / "tsc"), *options,
         "--moduleResolution", resolution, "--noUncheckedIndexedAccess", "page.ts"],
        cwd=project, capture_output=True, text=True, check=False,
    )  # fmt: skip
    return done.stdout


@pytest.mark.parametrize("resolution", ["bundler", "nodenext"])
def test_the_types_hold_in_strict_typescript(installed: Path, resolution: str) -> None:
    assert compiled(installed, RIGHT, resolution) == ""


def test_the_types_refuse_what_is_wrong(installed: Path) -> None:
    told = compiled(installed, WRONG, "bundler")
    assert [f"page.ts({line}" in told for line in (3, 4, 5)] == [True, True, True]


def test_the_module_sends_as_the_script_does(installed: Path, browser: Browser) -> None:
    module = (installed / "node_modules/@sojourn/browser/dist/index.js").read_text()
    with collecting() as collector:
        collector.body = '<button data-sojourn="Bought">Buy</button>'
        page = browser.new_page()
        page.goto(collector.url)
        page.evaluate(
            """async ([text, key]) => {
              const address = URL.createObjectURL(new Blob([text], { type: 'text/javascript' }));
              const { init } = await import(address);
              init({ key, page_tracking: true, click_tracking: true });
            }""",
            [module, KEY],
        )
        page.click("button")
        collector.named("page", "Bought")
        page.close()
