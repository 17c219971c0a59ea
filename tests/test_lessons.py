"""Lessons: the notation, every word in it that names something, the mathematics of the figures, and the page."""

import ast
import base64
import re
import xml.etree.ElementTree as ET
from pathlib import Path
from types import SimpleNamespace

import pytest
import torch
from streamlit.testing.v1 import AppTest
from torch.nn.functional import softplus

from genmodels.catalogue import REGISTRIES
from genmodels.data import to_unit
from genmodels.models.gan import GAN
from genmodels.objectives import GAN_LOSSES, gaussian_kl
from genmodels.objectives.likelihoods import gaussian
from genmodels.training.store import bundled
from pages.parts.component import MOST_SCRIPT_BYTES
from pages.parts.learn import course, insides, pictures, progress
from pages.parts.learn import formulas as tables
from pages.parts.learn.figure import script_of
from pages.parts.learn.formulas import fits, numbers
from pages.parts.learn.markup import LEVELS, Check, Lesson, Part, Steps, Text, blocks, closing, coloured, linked, parse
from pages.parts.lesson_parts import PARTS, code, loss_slopes
from pages.parts.lesson_parts import formula as formula_part
from pages.parts.live_formula import marked
from pages.parts.palette import CONCEPTS
from tests.small_models import DATA, KINDS, fresh

ROOT = Path(__file__).parents[1]
FILES = sorted((ROOT / "pages/lessons").glob("*/*.md"))
LESSONS = course.lessons("en")
SCRIPTS = sorted((ROOT / "pages/parts/lesson_parts").glob("*.js"))
PICTURES = sorted(pictures.PICTURES.iterdir())
DRAWN = {
    "svg": {"viewBox"},
    "g": {"opacity"},
    "path": {"class", "d", "opacity", "stroke-width", "stroke-dasharray"},
    "circle": {"class", "cx", "cy", "r", "opacity"},
    "rect": {"class", "x", "y", "width", "height", "rx", "opacity", "stroke-width"},
    "text": {"class", "x", "y", "font-family", "font-size", "font-style", "text-anchor"},
}
"""All that a picture consists of: shapes without a colour of their own, nothing that runs or comes from elsewhere."""
CITED = re.compile(r"([^\W\d][\w-]+)\s(?:et\sal\.|&\s[\w-]+)(?:\s\d{4})?(?:\s\([\w-]+\))?,\sarXiv\s(\d{4}\.\d{4,5})")
"""First author and id of a paper, as this project cites it."""


def names(path: Path) -> str:
    return path.stem


def texts(lesson: Lesson) -> list[str]:
    """Everything in a lesson that is set as Markdown."""
    found = []
    for block in lesson.blocks:
        match block.content:
            case Text(text):
                found.append(text)
            case Steps(steps):
                found += [part for step in steps for part in step]
            case Check(question, answers):
                found += [question, *(part for answer in answers for part in (answer.text, answer.because))]
    return found


def formulas(text: str) -> list[str]:
    return [one or two for one, two in re.findall(r"\$\$(.+?)\$\$|\$(.+?)\$", text, flags=re.DOTALL)]


# ---------------------------------------------------------------------- what is written


@pytest.mark.parametrize("path", FILES, ids=names)
def test_a_lesson_keeps_to_its_plan(path: Path) -> None:
    lesson = parse(path)
    kinds = [type(block.content) for block in lesson.blocks]
    live = [b.content.name for b in lesson.blocks if isinstance(b.content, Part) and b.content.name != "code"]
    code_shown = [b for b in lesson.blocks if isinstance(b.content, Part) and b.content.name == "code"]
    assert live, "nothing to touch"
    assert code_shown
    assert Check in kinds
    assert all(block.level == "engineer" for block in code_shown)
    assert 3 <= lesson.minutes <= 15
    assert re.fullmatch(r"[a-z0-9-]{1,60}", lesson.name)
    # The idea in two sentences, or one, comes first and without a symbol.
    first = lesson.blocks[0].content
    assert isinstance(first, Text)
    idea = first.text.split("\n\n")[0]
    assert "$" not in idea
    assert len(re.findall(r"[.?!:](?:\s|$)", idea)) <= 5


def test_the_course_has_one_order() -> None:
    assert len(LESSONS) >= 14
    assert len({lesson.order for lesson in LESSONS}) == len(LESSONS)
    chapters = [lesson.chapter for lesson in LESSONS]
    assert sorted(set(chapters), key=chapters.index) == [c for i, c in enumerate(chapters) if c not in chapters[:i]]
    assert all(chapters.index(c) + chapters.count(c) > i for i, c in enumerate(chapters)), "a chapter in two places"


@pytest.mark.parametrize("path", FILES, ids=names)
def test_every_name_in_a_lesson_exists(path: Path) -> None:
    for block in parse(path).blocks:
        if not isinstance(block.content, Part):
            continue
        name, arguments = block.content.name, block.content.words
        assert callable(PARTS[name])
        if name == "code":
            assert "def " in code.source(code.find(*arguments)) or "class " in code.source(code.find(*arguments))
        if name == "zoo":
            assert arguments[0] in REGISTRIES
        if name == "inside":
            assert arguments[0] in ("gan", "autoencoder")
            assert arguments[1] in insides.PARTS
    for lesson in re.findall(r"\?lesson=([\w-]+)", path.read_text(encoding="utf-8")):
        assert lesson in {other.name for other in LESSONS}


@pytest.mark.parametrize("kind", REGISTRIES)
def test_everything_that_is_registered_can_be_shown_as_cards(kind: str) -> None:
    def page(kind: str) -> None:
        from pages.parts.lesson_parts.zoo import show

        show("key", kind)

    at = AppTest.from_function(page, args=(kind,), default_timeout=30).run()
    assert not at.exception
    assert any(caption.value.startswith("In a configuration") for caption in at.caption)


@pytest.mark.parametrize("path", FILES, ids=names)
def test_every_formula_is_closed(path: Path) -> None:
    for text in texts(parse(path)):
        for dark in (False, True):
            shown = coloured(text, dark)
            assert shown.count("$") % 2 == 0, text
            assert shown.replace("$$", "").count("$") % 2 == 0, text
            assert "@" not in "".join(formulas(shown)), text
            for formula in formulas(shown):
                plain = formula.replace(r"\{", "").replace(r"\}", "")
                depth = 0
                for brace in re.findall(r"[{}]", plain):
                    depth += 1 if brace == "{" else -1
                    assert depth >= 0, formula
                assert depth == 0, formula
                assert len(re.findall(r"\\left\b", formula)) == len(re.findall(r"\\right\b", formula)), formula
                assert "textcolor" not in re.sub(r"\\textcolor\{#[0-9A-F]{6}\}", "", formula), formula
                assert "<span" not in formula, formula
            assert r"\textcolor" not in re.sub(r"\$\$.+?\$\$|\$.+?\$", "", shown, flags=re.DOTALL), text


def test_sources_are_well_formed_and_an_id_belongs_to_one_paper() -> None:
    authors: dict[str, set[str]] = {}
    for path in (p for room in ("genmodels", "pages", "benchmarks", "tests") for p in (ROOT / room).rglob("*.*")):
        if path.suffix not in (".py", ".md", ".json"):
            continue
        text = path.read_text(encoding="utf-8")
        # Ids carry year and month: four digits behind the dot until 2014, five from 2015 on.
        for source in re.findall(r"arXiv[ :]+(\d[\w.]*\w)", text):
            assert re.fullmatch(r"\d{2}(0[1-9]|1[0-2])\.\d{4,5}", source), f"{path.name}: {source}"
            assert (len(source) == 10) == (int(source[:2]) >= 15), f"{path.name}: {source}"
        for author, source in CITED.findall(text):
            authors.setdefault(source, set()).add(author)
    assert len(authors) > 30
    assert {source: found for source, found in authors.items() if len(found) > 1} == {}


def test_every_part_is_used_and_described() -> None:
    used = {b.content.name for lesson in LESSONS for b in lesson.blocks if isinstance(b.content, Part)}
    assert used == set(PARTS)
    for name in PARTS:
        tree = ast.parse((ROOT / f"pages/parts/lesson_parts/{name}.py").read_text(encoding="utf-8"))
        assert ast.get_docstring(tree)


# ---------------------------------------------------------------------- the pictures on the cards


def test_every_picture_belongs_to_a_lesson() -> None:
    assert PICTURES
    assert {path.stem for path in PICTURES} <= {lesson.name for lesson in LESSONS}
    assert course.languages() == {path.parent.name for path in FILES}, "the pictures are no language"


@pytest.mark.parametrize("path", PICTURES, ids=names)
def test_a_picture_is_drawn_in_the_colours_of_concepts_alone(path: Path) -> None:
    assert path.stat().st_size < 6000
    root = ET.fromstring(path.read_text(encoding="utf-8"))
    assert root.tag == "{http://www.w3.org/2000/svg}svg"
    assert root.get("viewBox") == "0 0 240 72"
    coloured_shapes = 0
    for element in root.iter():
        tag = element.tag.removeprefix("{http://www.w3.org/2000/svg}")
        assert set(element.attrib) <= DRAWN[tag]
        if "class" in DRAWN[tag]:
            kind, concept = element.attrib["class"].split()
            assert kind in ("line", "fill")
            assert concept in CONCEPTS
            coloured_shapes += 1
        text = (element.text or "").strip()
        assert text in (("z", "G", "D", "μ", "σ") if tag == "text" else ("",))
        assert not any("url" in value for value in element.attrib.values())
    assert coloured_shapes > 2


def test_the_cards_show_their_pictures_in_both_themes() -> None:
    light, dark = pictures.style(False), pictures.style(True)
    assert light != dark
    for style, shade in ((light, "light"), (dark, "dark")):
        rules = re.findall(r"\.st-key-card-([\w-]+)::before\{[^}]*?base64,([\w+/=]+)\)\}", style)
        assert [name for name, _ in rules] == [path.stem for path in PICTURES]
        for name, encoded in rules:
            drawn = base64.b64decode(encoded).decode()
            root, original = ET.fromstring(drawn), ET.parse(pictures.PICTURES / f"{name}.svg").getroot()
            assert len(list(root.iter())) == len(list(original.iter())) + 1, "only a style more"
            assert root[0].tag.endswith("}style")
            for concept, colour in CONCEPTS.items():
                assert f".{concept}{{color:{getattr(colour, shade)}}}" in drawn


# ---------------------------------------------------------------------- the notation


def test_levels_open_and_close() -> None:
    found = blocks("a\n:::student\nb\n{{cover}}\n:::\n:::engineer\n{{code genmodels.errors}}\n:::\nc\n")
    assert [(block.level, type(block.content)) for block in found] == [
        ("curious", Text), ("student", Text), ("student", Part), ("engineer", Part), ("curious", Text),
    ]  # fmt: skip


@pytest.mark.parametrize(
    "body",
    [
        ":::student\nopen",
        ":::",
        ":::nobody\n:::",
        ":::check\nOnly a question?\n:::",
        ":::check\nTwo right?\n- [x] a | b\n- [x] c | d\n:::",
        ":::check\nNo reason?\n- [x] a\n- [ ] b | c\n:::",
        ":::steps\n### Only one\nstep\n:::",
    ],
)
def test_what_is_written_wrongly_is_refused(body: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        blocks(body)


@pytest.mark.parametrize("text", ["@nobody{x}", "@mu{x", "$@mu{\\frac{1}{2}$"])
def test_a_wrong_concept_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"concept|brace"):
        coloured(text, dark=False)


def test_braces_inside_a_concept_are_kept() -> None:
    assert closing("{a{b}c} d", 1) == 6
    assert coloured(r"$@mu{\frac{1}{2}}$", dark=True) == r"$\textcolor{#8ADBFC}{\frac{1}{2}}$"
    assert coloured(r"@sigma{one} $x$ @mu{two}", dark=True).count("<span") == 2


def test_a_wrong_lesson_is_named(tmp_path: Path) -> None:
    for text in ("", "---\ntitle: x\n---\n", "---\ntitle: x\nlevel: nobody\n---\nbody"):
        (tmp_path / "broken.md").write_text(text)
        with pytest.raises(ValueError, match=r"broken\.md"):
            parse(tmp_path / "broken.md")


@pytest.mark.parametrize(
    "reference", ["os.system", "genmodels.nothing", "genmodels.registry.os.nothing", "pages.learn"]
)
def test_code_comes_from_the_package_only(reference: str) -> None:
    with pytest.raises(LookupError):
        code.find(reference)


def test_code_is_shown_without_its_card() -> None:
    shown = code.source(GAN_LOSSES["minimax"].thing)
    assert shown.startswith("def minimax(")
    assert "Card" not in shown


def test_scripts_stay_small() -> None:
    assert SCRIPTS
    assert max(len(script_of(path).encode()) for path in SCRIPTS) < MOST_SCRIPT_BYTES


# ---------------------------------------------------------------------- the mathematics in the words


def test_the_push_of_each_loss_is_what_the_lesson_says() -> None:
    b = loss_slopes.LOGITS
    assert torch.allclose(loss_slopes.push("minimax"), b.sigmoid())
    assert torch.allclose(loss_slopes.push("nonsaturating"), (-b).sigmoid())
    assert torch.allclose(loss_slopes.push("wasserstein"), torch.ones_like(b))
    assert torch.allclose(loss_slopes.push("relativistic"), (-2 * b).sigmoid())


def linear_beta_loss(w: torch.Tensor, m: torch.Tensor, logvar: torch.Tensor, lam: float, s2: float, beta: float):
    """Expected loss of one dimension of a linear beta-VAE, x ~ N(0, lam), z ~ N(m x, exp(logvar)), by Gauss-Hermite."""
    nodes = torch.tensor([-(3**0.5), 0.0, 3**0.5], dtype=torch.float64)  # exact for polynomials up to degree 5
    weights = torch.tensor([1 / 6, 2 / 3, 1 / 6], dtype=torch.float64)
    total = torch.zeros((), dtype=torch.float64)
    for x, wx in zip(nodes * lam**0.5, weights, strict=True):
        for e, we in zip(nodes, weights, strict=True):
            z = m * x + (0.5 * logvar).exp() * e
            nats = -gaussian((w * z).view(1, 1), torch.tensor(s2, dtype=torch.float64).log() / 2, x.view(1, 1))[0]
            total = total + wx * we * nats
        total = total + wx * beta * gaussian_kl((m * x).view(1, 1), logvar.view(1, 1))[0, 0]
    return total


@pytest.mark.parametrize(("lam", "s2", "beta"), [(4.0, 0.25, 1.0), (1.3, 0.25, 3.0), (0.7, 0.1, 2.0)])
def test_water_filling_is_the_minimum_of_the_linear_beta_vae(lam: float, s2: float, beta: float) -> None:
    level = beta * s2
    w = torch.tensor(lam - level, dtype=torch.float64).sqrt()
    best = [w, w / lam, torch.tensor(level / lam, dtype=torch.float64).log()]
    found = [value.clone().requires_grad_() for value in best]
    loss = linear_beta_loss(*found, lam, s2, beta)
    for gradient in torch.autograd.grad(loss, found):
        assert abs(float(gradient)) < 1e-10
    silent = linear_beta_loss(*torch.zeros(3, dtype=torch.float64), lam, s2, beta)
    assert loss.item() < silent.item()
    # What the columns say: the KL of the dimension, and the squared error below the water.
    kl = 0.5 * torch.log(torch.tensor(lam / level, dtype=torch.float64))
    assert loss.item() == pytest.approx(
        float(beta * kl + level / (2 * s2) + 0.5 * torch.tensor(2 * torch.pi * s2).log())
    )


def test_under_water_silence_is_best() -> None:
    zero = torch.zeros(3, dtype=torch.float64)
    silent = float(linear_beta_loss(*zero, 0.2, 0.25, 1.0))
    for _ in range(200):
        w, m, logvar = torch.randn(3, dtype=torch.float64)
        assert float(linear_beta_loss(w, m, logvar, 0.2, 0.25, 1.0)) >= silent - 1e-12


@pytest.mark.parametrize("name", tables.formulas())
def test_every_symbol_of_a_formula_has_tensor_and_code(name: str) -> None:
    form = tables.formulas()[name]
    assert set(re.findall(r"@([a-z]+)\{", form.latex)) == set(form.symbols)
    marks = re.findall(r'data-symbol="([a-z]+)"', marked(form.latex))
    assert marks == re.findall(r"@([a-z]+)\{", form.latex)
    run = next(folder for folder in bundled() if folder.config().model == form.family)
    model, tensors = numbers(run, form.family)
    for symbol in form.symbols.values():
        shown = formula_part._shown(symbol, getattr(model.config, "loss", ""), tensors)
        assert shown.concept in CONCEPTS
        assert re.search(r"\d", shown.value)
        assert shown.code.startswith("def ")


@pytest.mark.parametrize("name", tables.formulas())
def test_every_symbol_finds_the_line_that_says_it_in_the_running_code(name: str) -> None:
    for symbol in tables.formulas()[name].symbols.values():
        games = [symbol.code] if isinstance(symbol.code, str) else [symbol.code(loss) for loss in GAN_LOSSES]
        for reference in games:
            text = code.source(code.find(reference))
            start, end = code.spot(text, symbol.at)
            assert ast.parse(text[start:end].strip())
            assert text[:start].count('"""') != 1, "in the docstring"
            assert "\n" in text[:start], "in the head"


def test_an_expression_is_found_however_it_is_laid_out() -> None:
    text = "def f(a):\n    # é and a + b\n    note = 'é: a + b'; return g(a\n        + b, x[1])\n"
    start, end = code.spot(text, "a + b")
    assert text[start:end] == "a\n        + b"
    assert text[slice(*code.spot(text, "g[1]"))] == "x[1]"
    for nowhere in ("a - b", "g[2]", "h[0]"):
        with pytest.raises(LookupError):
            code.spot(text, nowhere)


def test_the_numbers_of_a_formula_obey_it() -> None:
    runs = {folder.config().model: folder for folder in bundled()}
    _model, n = numbers(runs["vae"], "vae")
    assert torch.allclose(n["loss"], n["reconstruction"] + n["kl"])
    assert torch.allclose(n["kl_per_dim"], 0.5 * (n["mu"] ** 2 + n["variance"] - 1 - n["variance"].log()), atol=1e-5)
    assert torch.allclose(n["z"], n["mu"] + n["sigma"] * n["epsilon"], atol=1e-6)
    _model, n = numbers(runs["gan"], "gan")
    assert torch.allclose(n["loss_d"], softplus(-n["a"]) + softplus(n["b"]))
    assert torch.allclose(n["r1"], n["gamma"] / 2 * n["slope"])
    assert (n["slope"] > 0).all()


@pytest.mark.parametrize("name", list(REGISTRIES["models"]))
def test_only_models_that_minimise_it_are_shown_under_a_formula(name: str) -> None:
    assert fits(name, "vae") == (name in ("vae", "beta-vae", "cvae"))
    assert fits(name, "gan") == issubclass(REGISTRIES["models"][name].thing, GAN)


@pytest.mark.parametrize(("name", "kind"), KINDS)
def test_the_look_inside_ends_at_what_the_model_says(name: str, kind: str) -> None:
    model = fresh(name, kind).eval()
    x, z = to_unit(DATA[kind].test[:1]), model.prior(1, torch.Generator().manual_seed(0))
    y = model.labels_in_turn(1)
    seen = insides.at_work(model, x, y, z, samples=1)
    nets = {net.part: net for net in seen.nets}
    assert nets["decoder"].layers[-1].out.shape == model.spec.shape
    assert ("encoder" in nets, "discriminator" in nets) == (model.encodes, model.scores)
    with torch.no_grad():
        if name in ("vae", "ae"):
            assert model.encode(x, y).mu[0].tolist() == nets["encoder"].layers[-1].out[: z.shape[1]].tolist()
        if type(model) is GAN:
            assert float(model.score(x)) == nets["discriminator"].layers[-1].out
    for net in seen.nets:
        assert net.weights == sum(p.numel() for p in getattr(model, net.part).parameters())
        assert [layer.weights > 0 for layer in net.layers] == [False] + [True] * (len(net.layers) - 1)


def test_maps_and_bars_tell_above_from_below_zero() -> None:
    maps = torch.zeros(3, 2, 2).numpy()
    maps[0, 0, 0], maps[2, 1, 1] = 4.0, -4.0
    for dark in (False, True):
        sheet = insides.maps_picture(maps, "#37945F", dark)
        assert sheet.shape == (2, 8, 3)
        assert sheet[0, 0].tolist() == [0x37, 0x94, 0x5F]
        assert len(set(sheet[1, 7].tolist())) == 1
        assert sheet[1, 7].tolist() != sheet[0, 1].tolist()
    drawn = insides.bars_svg(torch.tensor([3.0, -1.0]).numpy(), "encoder", "bars")
    assert re.findall(r"M[\d.]+ ([\d.]+)v(-?[\d.]+)", drawn) == [("82.5", "-82.5"), ("82.5", "27.5")]


def test_cards_link_to_their_sources() -> None:
    papers = [entry.card.paper for registry in REGISTRIES.values() for entry in registry.values()]
    for paper in papers:
        shown = linked(paper)
        assert shown.count("https://arxiv.org/abs/") == len(re.findall(r"\d{4}\.\d{4,5}", paper))


# ---------------------------------------------------------------------- the page


def page(**parameters: str) -> AppTest:
    at = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60).run()
    for name, value in parameters.items():
        at.query_params[name] = value
    return at.switch_page("pages/learn.py").run()


@pytest.fixture(scope="module")
def reader() -> AppTest:
    """One session for all lessons: what a reader does."""
    return page()


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.name)
def test_every_lesson_draws_at_every_level(reader: AppTest, lesson: Lesson, level: str) -> None:
    reader.query_params["lesson"] = lesson.name
    reader.session_state["level"] = level
    reader.run()
    assert not reader.exception
    assert [title.value for title in reader.title] == [lesson.title]
    assert bool(reader.code) == (level == "engineer")


def test_all_lessons_are_listed() -> None:
    at = page()
    assert at.title[0].value == "Learn"
    assert {f"open-{lesson.name}" for lesson in LESSONS} <= {button.key for button in at.button}


def test_the_way_through_the_course() -> None:
    at = page()
    at.button(key=f"open-{LESSONS[0].name}").click().run()
    assert at.title[0].value == LESSONS[0].title
    at.button(key="after").click().run()
    assert at.title[0].value == LESSONS[1].title
    assert at.query_params["lesson"] == LESSONS[1].name
    at.button(key="before").click().run()
    assert at.title[0].value == LESSONS[0].title
    at.button(key="all").click().run()
    assert "lesson" not in at.query_params
    assert any(text.value.startswith(f"1 of {len(LESSONS)}") for text in at.caption)


def test_the_end_of_the_course_leads_back() -> None:
    at = page(lesson=LESSONS[-1].name)
    assert at.title[0].value == LESSONS[-1].title
    at.button(key="after").click().run()
    assert at.title[0].value == "Learn"


@pytest.mark.parametrize("value", ["../../etc/passwd", "<script>alert(1)</script>", "", "a" * 10_000, "\0", "GAME"])
def test_hostile_addresses_are_harmless(value: str) -> None:
    at = page(lesson=value, level=value)
    assert not at.exception
    assert at.title[0].value == "Learn"
    assert at.session_state["level"] == "student"


def test_the_level_comes_from_the_address_and_goes_there() -> None:
    at = page(lesson="kl", level="engineer")
    assert at.code
    at.session_state["level"] = "curious"
    at.run()
    assert not at.code
    assert at.query_params["level"] == "curious"


def test_one_looks_inside_with_any_sample_and_any_seed() -> None:
    at = page(lesson="discriminator")
    key = next(box.key for box in at.number_input).removeprefix("sample-")
    assert any("layer 1 of 3" in text for text in told(at))
    before = ranges(at)
    at.number_input(key=f"sample-{key}").set_value(2).run()
    assert ranges(at) != before
    at.session_state[f"place-{key}"] = (0, 99)  # as from a run with deeper networks
    at.run()
    assert any("what it draws" in text for text in told(at))
    before = ranges(at)
    at.number_input(key=f"seed-{key}").set_value(7).run()
    assert ranges(at) != before
    assert not at.exception


def told(at: AppTest) -> list[str]:
    return [element.proto.body for element in at.get("html")]


def ranges(at: AppTest) -> list[str]:
    return [text.value for text in at.caption if text.value.startswith("From ")]


@pytest.mark.parametrize(("model", "lesson"), [("gan", "discriminator"), ("vae", "autoencoder")])
def test_train_leads_an_engineer_to_the_look_inside(model: str, lesson: str) -> None:
    at = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60).run()
    at.session_state["level"] = "engineer"
    at.query_params["model"] = model
    at.switch_page("pages/train.py").run()
    at.button(key="look-inside").click().run()
    assert at.query_params["lesson"] == lesson
    assert any(box.key.startswith("sample-") for box in at.number_input)


def test_the_formula_of_the_game_names_the_loss_of_its_run() -> None:
    at = page(lesson="game")
    loss = GAN_LOSSES[next(folder.config().loss for folder in bundled() if folder.config().model == "gan")]
    assert any(text.value.startswith(f"In this run: {loss.card.title}") for text in at.caption)
    assert loss.card.equation in [latex.value.strip("$\n ") for latex in at.latex]


def test_an_answer_is_explained_at_once() -> None:
    at = page(lesson="kl")
    question = next(
        block.content for block in parse(ROOT / "pages/lessons/en/kl.md").blocks if isinstance(block.content, Check)
    )
    right = next(i for i, answer in enumerate(question.answers) if answer.right)
    at.radio[0].set_value(right).run()
    assert question.answers[right].because in at.success[0].value
    at.radio[0].set_value((right + 1) % 3).run()
    assert not at.success
    assert at.info[0].value.startswith("**Not quite.**")


@pytest.mark.parametrize(
    "kept",
    [None, 7, "all", {"names": 3, "forget": 0}, {"names": ["<b>", 4, None, "a" * 999], "forget": 0}, {"names": ["kl"]}],
)
def test_hostile_progress_is_dropped(monkeypatch: pytest.MonkeyPatch, kept: object) -> None:
    monkeypatch.setattr(progress, "_keeper", lambda **_: SimpleNamespace(done=kept))
    monkeypatch.setattr(progress.st, "session_state", {})
    progress.keep("", ["kl", "game"])
    assert progress.done() == frozenset()


def test_progress_of_the_browser_is_taken_over(monkeypatch: pytest.MonkeyPatch) -> None:
    state: dict = {}
    monkeypatch.setattr(progress, "_keeper", lambda **_: SimpleNamespace(done={"names": ["kl", "other"], "forget": 0}))
    monkeypatch.setattr(progress.st, "session_state", state)
    progress.mark("game")
    progress.keep("", ["kl", "game"])
    assert progress.done() == {"kl", "game"}
    progress.forget()
    progress.keep("", ["kl", "game"])  # an answer from before must not bring them back
    assert progress.done() == frozenset()
