"""What stands in the address: the typed table, the level, what is left out; and no text in it breaks a page."""

import re
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from streamlit.testing.v1 import AppTest

from pages.parts import address, hiding, kept
from pages.parts.address import PARAMETERS
from pages.parts.learn.markup import LEVELS

ROOT = Path(__file__).parents[1]
PAGES = sorted(path.stem for path in (ROOT / "pages").glob("*.py"))
GOOD = {
    "run": "vae-digits",
    "runs": "vae-digits",
    "beside": "vae",
    "model": "gan",
    "data": "fashion",
    "preset": "best",
    "seed": 7,
    "z": (0.5, -1.25),
    "psi": 0.7,
    "y": 3,
    "step": 300,
    "show": "samples",
    "lesson": "kl",
    "level": "engineer",
    "hide": ("advanced", "own-data"),
}
HOSTILE = (
    "", "\0", "../../etc/passwd", "<script>alert(1)</script>", "{{code os.system}}", "nan", "-inf", "1e999",
    "9" * 40, "a" * 20_000, "1_2_3", "_" * 500, "💥" * 50, "'; DROP TABLE runs; --", "advanced,,share,__class__",
)  # fmt: skip


def visit(page: str, **parameters: str) -> AppTest:
    at = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60).run()
    for name, value in parameters.items():
        at.query_params[name] = value
    return at.switch_page(f"pages/{page}.py").run()


def test_a_link_says_what_it_was_made_from() -> None:
    made = urlsplit(address.link("explore", **GOOD))
    assert made.path == "explore"
    said = {name: values[0] for name, values in parse_qs(made.query).items()}
    assert {name: address.parsed(name, text) for name, text in said.items()} == GOOD
    assert set(GOOD) == set(PARAMETERS)


@pytest.mark.parametrize("name", PARAMETERS)
def test_the_default_is_left_out(name: str) -> None:
    assert address.link("train", **{name: PARAMETERS[name].default}) == "train"


@pytest.mark.parametrize("name", PARAMETERS)
def test_nonsense_means_the_default_or_a_value_that_can_be_written(name: str) -> None:
    for text in HOSTILE:
        value = address.parsed(name, text)
        if value != PARAMETERS[name].default:
            assert address.parsed(name, PARAMETERS[name].write(value)) == value
            assert not re.search(r"[<>/\0']", PARAMETERS[name].write(value))


@pytest.mark.parametrize("page", PAGES)
def test_no_address_breaks_a_page(page: str) -> None:
    at = visit(page)
    for text in HOSTILE:
        for name in PARAMETERS:
            at.query_params[name] = text
        at.run()
        assert not at.exception, text
        assert len(at.title) == 1
    for name in PARAMETERS:  # one at a time: a good one must not shield a bad one
        for other in PARAMETERS:
            at.query_params[other] = PARAMETERS[other].write(GOOD[other])
        at.query_params[name] = HOSTILE[3]
        at.run()
        assert not at.exception, name


def test_keys_that_can_be_hidden_are_on_the_pages() -> None:
    files = [path for path in (ROOT / "pages").rglob("*.py") if path.name != "hiding.py"]
    source = "".join(path.read_text(encoding="utf-8") for path in files)
    for part in hiding.PARTS.values():
        for key in part.keys:
            stem = re.split(r"-(?:Game|Networks|Training|Rest|vae|gan|reset-all|)$", key)[0]
            assert re.search(rf'["\'](?:set-)?{re.escape(stem)}', source), key
    assert all(hiding.title(name) for name in hiding.PARTS)


def test_hidden_parts_stay_hidden_from_page_to_page() -> None:
    at = visit("train", hide="advanced,own-data,nobody")
    assert "Advanced" not in [expander.label for expander in at.expander]
    assert at.query_params["hide"] in ("own-data,advanced", ["own-data,advanced"])
    del at.query_params["hide"]  # as links between pages do
    at.run()
    assert "Advanced" not in [expander.label for expander in at.expander]
    assert at.query_params["hide"] in ("own-data,advanced", ["own-data,advanced"])


def test_hidden_keys_are_in_the_style_sheet(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hiding, "current", lambda: ("advanced", "checks"))
    css = hiding.css()
    assert css == '.st-key-advanced,.st-key-source,[class*="st-key-check-"]{display:none!important}'


@pytest.mark.parametrize("level", LEVELS)
def test_the_train_form_shows_what_the_level_asks_for(level: str) -> None:
    labels = [expander.label for expander in visit("train", level=level).expander]
    assert ("Advanced" in labels) == (level != "curious")
    assert ("Equation and code" in labels) == (level == "engineer")


@pytest.mark.parametrize("level", LEVELS)
def test_explore_shows_what_the_level_asks_for(level: str) -> None:
    at = visit("explore", run="vae-digits", level=level)
    assert ("Plain controls" in [toggle.label for toggle in at.toggle]) == (level != "curious")
    assert ("Equation and code" in [expander.label for expander in at.expander]) == (level == "engineer")


@pytest.mark.parametrize("cookie", [None, 7, "", "%", "[]", "{", "a" * 100_000, "%5B" * 3000, '{"level":{"a":1}}'])
def test_a_hostile_cookie_keeps_nothing_that_counts(cookie: object) -> None:
    found = kept.understood(cookie)
    assert isinstance(found, dict)
    assert found.get("level") not in LEVELS
