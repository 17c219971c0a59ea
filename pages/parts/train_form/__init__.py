"""The left side of the Train page before a run: what to train, on what, for how long, and the button that starts it."""

from collections.abc import Callable

import streamlit as st

from genmodels.config import RunConfig
from genmodels.data import DATASETS, LARGE_MB, at_hand, entry_of, to_fetch
from genmodels.data.uploads import GROUP
from genmodels.errors import UserError
from genmodels.models import MODELS, PRESET_NAMES
from pages.parts import consent, form, hiding, levels, own_data, turns
from pages.parts.architecture import in_words, stacks
from pages.parts.image_grid import image_grid, tile
from pages.parts.palette import ground
from pages.parts.real_samples import real_samples
from pages.parts.source_card import source_card
from pages.parts.text import _
from pages.parts.train_form import choice as chosen
from pages.parts.train_form.choice import Choice
from pages.parts.train_form.start import start_button

OnPick = Callable[[str], None]
GROUPS = ("embedded", "toy", "factors", "online", GROUP)
MOST_CLASSES = 60
"""More are not offered to choose from."""


def train_form() -> RunConfig | None:
    """Draw the form. Returns the configuration that Start would train, None where it is not valid."""
    for sentence in chosen.follow_address():
        st.info(sentence, icon=":material/link_off:")
    choice = chosen.current()
    pick_model(choice)
    pick_data(choice)
    if own_data.making():
        return None
    try:
        choice.common()
    except UserError as error:
        st.error(str(error))
        return None
    pick_preset(choice)
    basic_settings(choice)
    config = checked(choice)
    start_button(config)
    if levels.shows("advanced") and not hiding.hidden("advanced"):
        advanced_settings(choice)
    if levels.shows("source"):
        source_card(choice.model)
    return config


# ---------------------------------------------------------------------- the three picks


def one_of(
    label: str,
    options: list[str],
    value: str | None,
    key: str,
    titles: dict[str, str],
    on_pick: OnPick,
    many: bool = False,
) -> None:
    """A row of segments of which exactly one is chosen; of pills where they are too many for one row."""
    turns.shown(key, value)

    def picked() -> None:
        if (new := st.session_state[key]) in options:
            on_pick(new)

    row = st.pills if many else st.segmented_control
    row(label, options, default=value, key=key, format_func=titles.__getitem__, required=True, on_change=picked)


def pick_model(choice: Choice) -> None:
    families = chosen.families()
    flagships = [names[0] for names in families.values()]
    titles = {name: MODELS[name].card.title for name in MODELS}
    own = families[MODELS[choice.model].card.family]
    one_of(_("Model"), flagships, own[0], "pick-family", titles, lambda name: chosen.change(model=name))
    if len(own) > 1:
        title = _("More models") if choice.model == own[0] else _("More: {model}").format(model=titles[choice.model])
        with st.expander(title, key="more-models"):
            _more_models(choice, own)
    st.caption(MODELS[choice.model].card.summary)


def _more_models(choice: Choice, names: list[str]) -> None:
    key = "pick-model"
    turns.shown(key, choice.model)

    def picked() -> None:
        if (new := st.session_state[key]) in names:
            chosen.change(model=new)

    st.radio(
        _("Model"),
        names,
        index=names.index(choice.model),
        key=key,
        format_func=lambda name: MODELS[name].card.title,
        captions=[MODELS[name].card.summary for name in names],
        label_visibility="collapsed",
        on_change=picked,
    )


def pick_data(choice: Choice) -> None:
    group = GROUP if own_data.making() else entry_of(choice.data).extra["group"]
    groups = {
        "embedded": _("Built in"),
        "toy": _("2-D toys"),
        "factors": _("Factors"),
        "online": _("Online"),
        GROUP: _("Own data"),
    }

    def first_of(name: str) -> None:
        names = _sets(name)
        own_data.make(names[0] == own_data.NEW)
        chosen.change(data=choice.data if own_data.making() else names[0])

    offered = [name for name in GROUPS if name != GROUP or not hiding.hidden("own-data")]
    one_of(_("Data"), offered, group if group in offered else None, "pick-group", groups, first_of, many=True)
    _pick_set(own_data.NEW if own_data.making() else choice.data, _sets(group))
    if own_data.making():
        return
    strip(choice.data)
    entry = entry_of(choice.data)
    size = to_fetch(choice.data)
    cost = _("{size} MB are downloaded at first use.").format(size=size) if 0 < size <= LARGE_MB else ""
    st.caption(f"{entry.card.summary} {cost}")
    consent.ask(choice.data)
    _pick_classes(choice)
    if group == GROUP:
        own_data.delete_button(choice.data, entry.card.title)


def _sets(group: str) -> list[str]:
    """Names of the data sets of a group; among the visitor's own, one that is still to be made."""
    if group == GROUP:
        return [*(kept.name for kept in own_data.own_sets()), own_data.NEW]
    return [name for name in DATASETS if DATASETS[name].extra["group"] == group]


def _pick_set(value: str, names: list[str]) -> None:
    titles = {name: _("New set") if name == own_data.NEW else entry_of(name).card.title for name in names}
    key = "pick-data"
    turns.shown(key, value)

    def picked() -> None:
        if (new := st.session_state[key]) in names:
            own_data.make(new == own_data.NEW)
            if new != own_data.NEW:
                chosen.change(data=new)

    st.pills(
        _("Data set"),
        names,
        default=value,
        key=key,
        format_func=titles.__getitem__,
        required=True,
        label_visibility="collapsed",
        on_change=picked,
    )


def _pick_classes(choice: Choice) -> None:
    """Which classes to learn from; all of them unless some are picked."""
    known = choice.spec.classes
    if not 2 <= len(known) <= MOST_CLASSES:
        return
    picked = choice.changes.get("classes", ())
    title = _("Classes: {names}").format(names=", ".join(picked)) if picked else _("All classes")
    with st.expander(title, key="classes"):
        key = turns.key(f"classes-{choice.data}", chosen.SETTINGS)
        shown = turns.shown(key, list(picked))
        picked_by_hand = turns.by_hand(chosen.SETTINGS, lambda: _set_classes(key, known))
        st.pills(_("Learn only from"), known, selection_mode="multi", default=shown, key=key, on_change=picked_by_hand)


def _set_classes(key: str, known: tuple[str, ...]) -> None:
    picked = tuple(name for name in known if name in st.session_state[key])
    chosen.set_value("classes", () if len(picked) == len(known) else picked)


def strip(data: str) -> None:
    """One row of real samples."""
    if not at_hand(data):
        return
    samples = real_samples(data)
    if samples.images is not None:
        row = tile(samples.images[:10], columns=10, gap=2, ground=ground())
        image_grid(row, key="strip", alt=_("One real picture of each class"))


def pick_preset(choice: Choice) -> None:
    titles = {"fast": _("Fast"), "good": _("Good"), "best": _("Best")}
    one_of(
        _("Preset"), list(PRESET_NAMES), choice.preset, "pick-preset", titles, lambda name: chosen.change(preset=name)
    )
    config = choice.common()
    st.caption(
        _("{steps} steps of {batch} samples each, {network} of width {width}.").format(
            steps=f"{config.steps:,}" if config.steps else "∞",
            batch=config.batch_size,
            network=form.setting_of(type(config), "network").say(config.network),
            width=config.width,
        )
    )


# ---------------------------------------------------------------------- settings, drawn from the configuration


def _changed(name: str, key: str) -> None:
    chosen.set_value(name, st.session_state[key])


def _control(choice: Choice, setting: form.Setting) -> None:
    common = getattr(choice.common(), setting.name)
    value = choice.known_changes().get(setting.name, common)
    key = turns.key(f"set-{choice.model}-{setting.name}", chosen.SETTINGS)
    form.control(setting, value, key=key, on_change=turns.by_hand(chosen.SETTINGS, _changed), common=common)


def basic_settings(choice: Choice) -> None:
    for setting in form.settings(choice.config_class):
        if setting.basic:
            _control(choice, setting)


def _rank(group: str) -> tuple[int, str]:
    """Settings of the model come before those of the machine; a group that nobody has ranked yet lies between."""
    known = {"Network": 0, "Objective": 1, "Training": 2, "Budget": 4, "Machine": 5}
    return known.get(group, 3), group


def advanced_settings(choice: Choice) -> None:
    settings = [setting for setting in form.settings(choice.config_class) if not setting.basic]
    changed = sum(setting.name in choice.known_changes() for setting in settings)
    title = _("Advanced ({count} changed)").format(count=changed) if changed else _("Advanced")
    with st.expander(title, key="advanced", icon=":material/tune:"):
        if choice.known_changes():
            st.button(
                _("Reset all"), key="reset-all", icon=":material/undo:", on_click=chosen.change, kwargs={"changes": {}}
            )
        for group in sorted({setting.group for setting in settings}, key=_rank):
            st.markdown(f"**{group}**")
            for setting in settings:
                if setting.group == group and setting.matters(choice.values()):
                    _control(choice, setting)
                    _shapes(choice, setting.name)


_LAID = {"encoder_layers": ("encoder", "discriminator"), "decoder_layers": ("decoder",)}
"""Settings that lay networks -> the names these can have."""


def _shapes(choice: Choice, name: str) -> None:
    """Under a stack of layers: the shape of the data behind each."""
    try:
        built = stacks(choice.config(), choice.spec) if name in _LAID else ()
    except UserError:  # said above already
        return
    for stack in built:
        if stack.name in _LAID[name]:
            st.caption(" → ".join(in_words(shape) for shape in stack.shapes))


def checked(choice: Choice) -> RunConfig | None:
    """The configuration, or None and the sentence that says what to mend."""
    try:
        config = choice.config()
        stacks(config, choice.spec)
    except UserError as error:
        st.error(str(error), icon=":material/error:")
        return None
    return config
