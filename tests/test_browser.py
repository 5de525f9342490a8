"""Reports in a browser: headless Chromium opens them, and axe-core looks at them as somebody who cannot see would."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import attrs
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, sync_playwright
from report_samples import AT, HOSTILE
from test_show_notebook import VALUES
from test_show_page import MARKUP, big_site, hostile_site

from expressway_certs import audit
from expressway_certs.testing.sample import sample_deployment

CHROMIUM: Final = shutil.which("chromium")
PAGES: Final = ("sample", "big", "hostile", "notebook")
WIDE, NARROW = {"width": 1280, "height": 900}, {"width": 390, "height": 844}
UNFOLD: Final = "all => all.forEach(one => one.open = true)"

pytestmark = [
    pytest.mark.skipif(CHROMIUM is None, reason="no chromium on the path"),
    # One browser for all of them.
    pytest.mark.xdist_group("browser"),
]


@attrs.frozen(kw_only=True)
class Opened:
    """A page in the browser, what was said in its console, and what was loaded."""

    page: Page
    said: list[str]
    got: list[str]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Return a headless Chromium. It runs on pages of our own, so that it needs no sandbox, which root cannot have."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with the pages."""
    made = tmp_path_factory.mktemp("pages")
    shown = "".join(f"<h2>{name}</h2>{make()._repr_html_()}" for name, make in VALUES.items() if name != "matrix")
    pages = {
        "sample": audit(sample_deployment(at=AT), at=AT).to_html(),
        "big": audit(big_site(), at=AT).to_html(),
        "hostile": audit(attrs.evolve(hostile_site(MARKUP + HOSTILE), name=MARKUP), at=AT).to_html(),
        "notebook": f'<!DOCTYPE html><html lang="en"><title>x</title><main><h1>x</h1>{shown}</main></html>',
    }
    for name, text in pages.items():
        (made / f"{name}.html").write_text(text, encoding="utf-8")
    return made


def opened(browser: Browser, path: Path, *, size: dict[str, int], scheme: str) -> Opened:
    """Open a page in a window of a size, by light or in the dark."""
    page = browser.new_page(viewport=size, color_scheme=scheme)
    found = Opened(page=page, said=[], got=[])
    page.on("console", lambda message: found.said.append(message.text))
    page.on("pageerror", lambda error: found.said.append(str(error)))
    page.on("requestfinished", lambda request: found.got.append(request.url))
    page.goto(path.as_uri())
    return found


@pytest.mark.parametrize(
    ("name", "scheme", "size"),
    [
        *((name, "light", WIDE) for name in PAGES),
        ("sample", "dark", WIDE),
        *((name, "dark", NARROW) for name in PAGES if name != "big"),
    ],
    ids=lambda value: value if isinstance(value, str) else str(value["width"]),
)
def test_a_page_is_good(browser: Browser, folder: Path, name: str, scheme: str, size: dict[str, int]) -> None:
    """No word in the console, nothing loaded but the file, no scrolling sideways, and nothing that axe-core finds."""
    path = folder / f"{name}.html"
    found = opened(browser, path, size=size, scheme=scheme)
    found.page.eval_on_selector_all("details", UNFOLD)
    widths = found.page.evaluate("[document.documentElement.scrollWidth, window.innerWidth]")
    violations = Axe().run(found.page).response["violations"]
    found.page.close()
    assert (found.said, found.got) == ([], [path.as_uri()])
    assert widths[0] <= widths[1]
    # In the notebook of this test the same legs are shown by several values, each with a region of that name.
    known = {"landmark-unique"} if name == "notebook" else set()
    assert [(one["id"], one["nodes"][0]["html"]) for one in violations if one["id"] not in known] == []


def test_a_page_is_dark_in_the_dark(browser: Browser, folder: Path) -> None:
    """The ground is dark where the reader wants it so, and light where not."""
    grounds = []
    for scheme in ("light", "dark"):
        page = opened(browser, folder / "sample.html", size=WIDE, scheme=scheme).page
        grounds.append(page.evaluate("getComputedStyle(document.body).backgroundColor"))
        page.close()
    assert grounds == ["rgb(255, 255, 255)", "rgb(20, 23, 27)"]


def test_a_page_is_used_by_keyboard(browser: Browser, folder: Path) -> None:
    """The first stop leads past the head; a cell leads to its finding; a finding is opened and closed with Enter."""
    page = opened(browser, folder / "sample.html", size=WIDE, scheme="light").page
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to the report"
    page.keyboard.press("Enter")
    assert page.url.endswith("#report")
    page.focus(".heat td a")
    page.keyboard.press("Enter")
    target = page.url.partition("#")[2]
    assert target.startswith("finding-")
    page.focus(f"#{target} > summary")
    states = [page.evaluate(f"document.getElementById('{target}').open")]
    page.keyboard.press("Enter")
    states.append(page.evaluate(f"document.getElementById('{target}').open"))
    page.close()
    assert states == [True, False]


def test_the_policy_holds(browser: Browser, folder: Path) -> None:
    """Were there an image, a script or a style in a page after all, the browser would not take it."""
    text = (folder / "sample.html").read_text(encoding="utf-8")
    evil = '<img src="evil.png"><script>document.title = "evil"</script><p style="color: red">x</p>'
    path = folder / "evil.html"
    path.write_text(text.replace("</main>", f"{evil}</main>"), encoding="utf-8")
    found = opened(browser, path, size=WIDE, scheme="light")
    title = found.page.title()
    found.page.close()
    assert title == "embedded sample: 7 errors, 1 warning"
    assert found.got == [path.as_uri()]
    assert len(found.said) == 3
    assert all("Content Security Policy" in one for one in found.said)
