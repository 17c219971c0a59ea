"""Draw, and see what the model makes of it: encoded at once where there is an encoder, else searched for."""

from dataclasses import dataclass

import streamlit as st
import torch

from genmodels.data.files import limits
from genmodels.errors import UserError
from genmodels.latent.invert import Found
from genmodels.latent.posterior import Draws, draws
from pages.parts.draw_pad import Drawn, draw_pad
from pages.parts.explore import drawing, point, posterior, search
from pages.parts.explore.subject import Subject, pixels
from pages.parts.image_grid import image_grid
from pages.parts.palette import word
from pages.parts.text import _, plain

DRAWS = 8
_UPLOADED, _REFUSED = "_explore_uploaded", "_explore_upload_refused"
UPLOADS = ["png", "jpg", "jpeg", "gif", "bmp", "webp"]


def show(subject: Subject) -> None:
    """The pad and what comes of it."""
    drawing.reopen(subject)
    _desk(subject)


@st.fragment
def _desk(subject: Subject) -> None:
    if subject.encodes:
        st.markdown(_("**Draw something.** The encoder reads it while you draw, and the decoder draws it back."))
    else:
        st.markdown(
            _(
                "**Draw something.** A generator has no way back, so z is searched for: many small steps towards "
                "the code whose picture is closest to yours."
            )
        )
    settings = _settings(subject)
    now = drawing.current(subject)
    seen = found = None
    views, aside = st.columns([2, 1], gap="large")
    with views, st.container(key="explore-draw"):
        left, right = st.columns(2, gap="medium")
        with left:
            st.html(word("real", _("Yours")))
            _pad(subject, now)
        with right:
            if not now.touched:
                _nothing_yet(subject)
            elif subject.encodes:
                seen = _encoded(subject, settings)
            else:
                found = _searched(subject, now, settings)
    if seen is not None:
        with aside:
            posterior.plane(subject, seen, "explore-drawn")
        posterior.show(subject, seen, "explore-drawn")
        if settings.search:
            _compared(subject, now, seen)
    if found is not None:
        search.details(subject, found)


# ---------------------------------------------------------------- what is set


@dataclass(frozen=True)
class Settings:
    """How the picture is read.

    Attributes:
        temperature: Of the draws from the posterior.
        search: Whether to search beside encoding.
        label: The class that a conditional generator is told to draw; None: all are tried.
    """

    temperature: float = 1.0
    search: bool = False
    label: int | None = None


def _settings(subject: Subject) -> Settings:
    """Where the picture comes from, and how it is read."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        most = len(subject.examples.x)
        st.number_input(
            _("Test sample"), 1, most, None, key="explore-draw-sample", width=140, placeholder=_("none"),
            on_change=_take_sample, args=(subject,),
            help=_("Put a real sample, which the model has never seen, on the pad; then draw on it."),
        )  # fmt: skip
        with st.popover(_("Upload"), icon=":material/upload:", key="explore-draw-upload"):
            _upload(subject)
        if drawing.is_centred(subject):
            st.toggle(
                _("Centred"), value=True, key=drawing.CENTRE,
                help=_("Your drawing is moved to the middle first, because all pictures the model knows are centred."),
            )  # fmt: skip
        return _reading(subject)


def _reading(subject: Subject) -> Settings:
    if subject.encodes:
        return Settings(
            temperature=st.slider(
                _("Temperature"), 0.0, 3.0, 1.0, 0.1, key="explore-draw-temperature", width=180,
                help=_("How far the draws stray from mu: this many times sigma."),
            ),
            search=st.toggle(
                _("Search too"), key="explore-draw-search",
                help=_("Look for an even closer code by optimisation, and compare it with the encoder's one guess."),
            ),
        )  # fmt: skip
    if not subject.model.conditional:
        return Settings()
    names = subject.examples.classes
    return Settings(
        label=st.selectbox(
            _("Class"), range(len(names)), None, format_func=names.__getitem__, key="explore-draw-class",
            placeholder=_("try all"), width=150, help=_("What the generator is told to draw."),
        )
    )  # fmt: skip


def _take_sample(subject: Subject) -> None:
    number = st.session_state["explore-draw-sample"]
    if number is not None:
        drawing.put(subject, subject.examples.x[number - 1 : number], real=True)


def _upload(subject: Subject) -> None:
    most = limits.MAX_PICTURE_BYTES >> 20
    given = st.file_uploader(_("A picture"), UPLOADS, max_upload_size=most, key="explore-draw-file")
    whole = st.toggle(_("Whole picture"), key="explore-draw-whole", help=_("With bars beside it, instead of cropped."))
    turns = {None: _("Auto"), False: _("Keep"), True: _("Invert")}
    negative = st.segmented_control(
        _("Light and dark"), list(turns), key="explore-draw-negative", format_func=turns.__getitem__,
        help=_("Pictures of this set may be light on dark; a photographed drawing is dark on light."),
    )  # fmt: skip
    st.caption(_("It is made as small as the model's pictures, and stays in this session."))
    about = None if given is None else (given.file_id, whole, negative, subject.model.spec.shape)
    if about != st.session_state.get(_UPLOADED):
        st.session_state[_UPLOADED] = about
        st.session_state[_REFUSED] = ""
        try:
            if given is not None:
                drawing.upload(subject, given.name, given.getvalue(), whole=whole, negative=negative)
        except UserError as error:
            st.session_state[_REFUSED] = str(error)
    if sentence := st.session_state.get(_REFUSED):
        st.error(plain(sentence), icon=":material/error:")


def _pad(subject: Subject, now: drawing.Drawing) -> None:
    def drawn(answer: Drawn) -> None:
        drawing.drawn(subject, torch.from_numpy(answer.picture).permute(2, 0, 1)[None].contiguous(), answer.resting)

    shape = "x".join(map(str, subject.model.spec.shape))
    draw_pad(
        pixels(now.start)[0],
        now.revision,
        key=f"explore-pad-{shape}",
        ground=drawing.ground_of(subject),
        ink=drawing.ink_of(subject),
        on_draw=drawn,
    )


def _nothing_yet(subject: Subject) -> None:
    st.html(word("reconstruction", _("The model's")))
    st.caption(_("Draw on the left with mouse, pen or finger, take a held-out sample, or upload a picture."))
    if subject.examples.classes:
        names = ", ".join(map(plain, subject.examples.classes[:12]))
        st.caption(_("It has learned: {names}.").format(names=names))


# ---------------------------------------------------------------- what comes of it


def _encoded(subject: Subject, settings: Settings) -> Draws:
    picture = drawing.seen(subject)
    seen = draws(subject.model, picture, DRAWS, settings.temperature)
    rebuilt = (seen.at_mean * 255).round().to(torch.uint8)
    st.html(word("reconstruction", _("The model's")))
    image_grid(pixels(rebuilt)[0], key="explore-encoded", alt=_("Your picture, encoded and decoded"))
    error = float((rebuilt.float() - picture.float()).div(255).square().mean()) ** 0.5
    words = [_("Off by {error:.1f} %").format(error=100 * error)]
    if seen.q.logvar is not None:
        words.append(_("{nats:.1f} nats said about it").format(nats=posterior.nats(seen)))
    if seen.label is not None:
        words.append(_("read as {name}").format(name=plain(subject.examples.classes[int(seen.label[0])])))
    _take(subject, seen.q.mu[0], " · ".join(words))
    return seen


def _searched(subject: Subject, now: drawing.Drawing, settings: Settings) -> search.Search:
    st.html(word("generated", _("The model's")))
    found = search.begin(subject, drawing.seen(subject), settings.label, now.resting)
    search.show(subject, found)
    if found.done and found.told:
        last: Found = found.told[-1]
        _take(subject, last.z[last.best], "")
    return found


def _compared(subject: Subject, now: drawing.Drawing, seen: Draws) -> None:
    """The search, on from the encoder's one guess."""
    st.markdown(
        _(
            "**The same by search.** What the encoder says at one glance is a guess for all pictures at once; the "
            "search takes its time for yours, and looks at the squared error alone. What a guess costs is called the "
            "amortisation gap."
        )
    )
    found = search.begin(subject, drawing.seen(subject), None, now.resting, seen.q.mu[0])
    left, right = st.columns([1, 2], gap="large")
    with left:
        search.show(subject, found)
    with right:
        search.details(subject, found)


def _take(subject: Subject, z: torch.Tensor, words: str) -> None:
    take = st.button(
        _("Take it"), icon=":material/my_location:", key="explore-draw-take", help=_("Its code becomes z.")
    )
    if words:
        st.caption(words)
    if take:
        point.move(subject, z.clamp(-point.FARTHEST, point.FARTHEST))
        st.rerun()
