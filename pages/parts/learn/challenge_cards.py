"""Challenges on the Learn page: a guess, the way to the place, and what the run says."""

import streamlit as st

from pages.parts.image_grid import image_grid, tile
from pages.parts.learn.challenges import CHALLENGES, Challenge, mark, solved
from pages.parts.text import _


def show() -> None:
    """All challenges, and how many are solved."""
    done = solved()
    st.subheader(_("Challenges"), anchor=False)
    st.caption(_("Guess first, then let a run decide. {done} of {count} solved.").format(
        done=len(done), count=len(CHALLENGES)
    ))  # fmt: skip
    for name, make in CHALLENGES.items():
        one = make()
        icon = ":material/check_circle:" if name in done else ":material/flag:"
        opened = st.expander(one.title, icon=icon, key=f"challenge-{name}", on_change="rerun")
        if opened.open:  # pictures bring torch, which the first paint need not wait for
            with opened:
                _card(name, one)


def _card(name: str, one: Challenge) -> None:
    st.markdown(one.task)
    if one.pictures:
        image_grid(tile(one.pictures(), columns=4, gap=2), key=f"line-up-{name}", alt=one.title, most_width=420)
    guess = st.radio(one.question, range(len(one.guesses)), index=None, format_func=lambda i: one.guesses[i],
                     key=f"guess-{name}", persist_state="session", horizontal=one.pictures is not None)  # fmt: skip
    with st.container(horizontal=True):
        if st.button(_("Go there"), key=f"go-{name}", icon=":material/arrow_forward:", disabled=guess is None):
            st.switch_page(f"pages/{one.page}.py", query_params=dict(one.query))
        st.button(_("Check"), key=f"ask-{name}", type="primary", disabled=guess is None, on_click=_check,
                  args=(name, one))  # fmt: skip
    if said := st.session_state.get(f"_verdict-{name}"):
        (st.success if said.solved else st.info)(said.evidence)
        if said.solved and said.answer is not None and guess is not None:
            verdict = _("You guessed right.") if guess == said.answer else _("The run says: {answer}.").format(
                answer=one.guesses[said.answer]
            )  # fmt: skip
            st.markdown(f"**{verdict}** {one.why}")


def _check(name: str, one: Challenge) -> None:
    verdict = st.session_state[f"_verdict-{name}"] = one.check()
    st.session_state[f"challenge-{name}"] = True  # another icon makes another expander, which would begin closed
    if verdict.solved:
        mark(name)
