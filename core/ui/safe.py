"""Text from people, shown as text: nothing in it becomes a link, an image, a formula, an icon or a colour."""

from __future__ import annotations

import re
from functools import lru_cache

_PUNCTUATION = re.compile(r"([!\"#$%&'()*+,\-./:;<=>?@\[\\\]^_`{|}~])")
# Streamlit looks for these after markdown's own escapes are gone, so a backslash doesn't stop them.
_LATE = re.compile(
    r"(?<=:)(?=[\w+\-/])|(?<=@)(?=[\w\-])|(?<=www)(?=\.)|(?<=<)(?=-)|(?<=-)(?=[->])|(?<=[><~])(?==)", re.IGNORECASE
)
_JOINER = "\u2060"  # invisible, no width, breaks no line
_UNSENDABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")  # categories Cc and Cs, but tab and line feed
_LONGEST_KEPT = 200  # characters of a text that is remembered
_LINES = re.compile(r"[\r\n\u2028\u2029\x0b\x0c\x85]+")


def safe(text: object) -> str:
    """A person's text for a place that reads markdown (labels, metrics, toasts, `st.markdown`), on one line.

    What is seen equals the text. Inside `:name:`, `->`, addresses and the like an invisible joiner is put, because
    they are turned into icons, signs and links after markdown's own escapes are gone. For copying, use `plain`.
    """
    said = str(text)
    return _escaped(said) if len(said) <= _LONGEST_KEPT else _escape(said)


def _escape(text: str) -> str:
    shown = _PUNCTUATION.sub(r"\\\1", _LATE.sub(_JOINER, plain(_LINES.sub(" ", text))))
    lead = len(shown) - len(shown.lstrip(" \t"))
    return "\u00a0" * lead + shown[lead:]


# A board says the same two hundred things at every click; escaping them was a fifteenth of its time (measured).
_escaped = lru_cache(maxsize=4_096)(_escape)


def plain(text: object) -> str:
    """A person's text for a place that shows it literally (`st.text`, a table cell).

    Lone surrogates and control characters, which can't be sent to a browser, become a visible replacement sign.
    """
    return _UNSENDABLE.sub("\ufffd", str(text))
