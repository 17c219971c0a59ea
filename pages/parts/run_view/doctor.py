"""The doctor: what is going on in a run, in one sentence, with the numbers it was seen by."""

import html

import numpy as np
import streamlit as st

from genmodels.diagnose import Finding, History, diagnose
from pages.parts import levels
from pages.parts.run_view.story import Standing, Story
from pages.parts.text import _


def history_of(story: Story, now: Standing) -> History:
    """What the detectors look at."""
    return History(
        step=now.step,
        losses={name: np.array(series.values) for name, series in story.losses.items()},
        metrics={name: np.array(series.values) for name, series in story.metrics.items()},
        lists={name: np.stack(values) for name, values in story.spectra_before.items()},
        frame=story.frame,
        fixed=story.fixed,
        diverged=now.state == "diverged",
    )


def doctor(story: Story, now: Standing) -> None:
    """The worst finding in full, further ones behind it; nothing where nothing stands out."""
    found = diagnose(history_of(story, now))
    shown = "".join(_line(finding) for finding in found[:2])
    # Always there, so that the page does not jump when a finding comes or goes.
    nothing = _("Nothing stands out.") if now.state == "finished" else _("Nothing stands out yet.")
    quiet = f"<p class='gm-finding gm-quiet'>{nothing}</p>"
    st.html(f"<div class='gm-doctor' role='status'>{shown or quiet}</div>{_STYLE}")


def _line(finding: Finding) -> str:
    words = (_(finding.title), _(finding.sentence), finding.evidence)
    title, sentence, evidence = map(html.escape, words)
    seen = f" <small>{evidence}</small>" if levels.shows("evidence") else ""
    return f"<p class='gm-finding gm-{finding.severity}'><b>{title}</b> {sentence}{seen}</p>"


_STYLE = """<style>
.gm-finding { margin: 0 0 0.4rem; padding: 0.5rem 0.9rem; border-left: 4px solid var(--gm-z); border-radius: 0.4rem;
  background: color-mix(in srgb, currentColor 5%, transparent); line-height: 1.5; }
.gm-finding small { display: block; opacity: 0.75; font-variant-numeric: tabular-nums; }
.gm-ill { border-color: var(--gm-kl); } .gm-watch { border-color: var(--gm-sigma); }
.gm-well { border-color: var(--gm-discriminator); } .gm-quiet { opacity: 0.65; }
</style>"""
