"""The one door for words: every user-visible string of the app passes through ``_()``."""

import gettext
import re
from functools import cache
from pathlib import Path

import streamlit as st

LOCALES = Path(__file__).parents[1] / "locales"
DOMAIN = "studio"
_MARKUP = re.compile(r"([\\`*_{}\[\]<>()#+!|$~:&])")
_MARKUP_AT_THE_START = re.compile(r"^(\s*\d*)([-.=])", re.MULTILINE)


@cache
def _catalogue(locale: str) -> gettext.NullTranslations:
    """The catalogue nearest to a browser's locale ("zh-CN": zh_CN, then zh); English where there is none."""
    return gettext.translation(DOMAIN, LOCALES, languages=[locale], fallback=True)


@cache
def known_locales() -> frozenset[str]:
    """Names of the languages that have a catalogue; English needs none."""
    return frozenset(path.parents[1].name for path in LOCALES.glob(f"*/LC_MESSAGES/{DOMAIN}.mo"))


def _(message: str) -> str:
    """``message`` in the visitor's language."""
    wanted = (st.context.locale or "en").replace("-", "_")
    # The locale comes from the browser: only a name that is on disk may reach the file system or the cache.
    for name in (wanted, wanted.split("_")[0]):
        if name in known_locales():
            return _catalogue(name).gettext(message)
    return message


def plain(text: str) -> str:
    """Words that somebody else has chosen, such as the name of a class, for a sentence in Markdown.

    What means nothing there stays as it is: labels are also read aloud, just as they are written.

    >>> print(plain("*a* [b](c)"), plain("GAN on Fashion, 0.5"), plain("1. x"), plain("- y"))
    \\*a\\* \\[b\\]\\(c\\) GAN on Fashion, 0.5 1\\. x \\- y
    """
    return _MARKUP_AT_THE_START.sub(r"\1\\\2", _MARKUP.sub(r"\\\1", text))
