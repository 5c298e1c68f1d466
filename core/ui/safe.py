"""Text from people, shown as text: nothing in it becomes a link, an image, a formula, an icon or a colour."""

from __future__ import annotations

import re
import unicodedata

_PUNCTUATION = re.compile(r"([!\"#$%&'()*+,\-./:;<=>?@\[\\\]^_`{|}~])")
# Streamlit looks for these after markdown's own escapes are gone, so a backslash doesn't stop them.
_LATE = re.compile(
    r"(?<=:)(?=[\w+\-/])|(?<=@)(?=[\w\-])|(?<=www)(?=\.)|(?<=<)(?=-)|(?<=-)(?=[->])|(?<=[><~])(?==)", re.IGNORECASE
)
_JOINER = "\u2060"  # invisible, no width, breaks no line
_LINES = re.compile(r"[\r\n\u2028\u2029\x0b\x0c\x85]+")


def safe(text: object) -> str:
    """A person's text for a place that reads markdown (labels, metrics, toasts, `st.markdown`), on one line.

    What is seen equals the text. Inside `:name:`, `->`, addresses and the like an invisible joiner is put, because
    they are turned into icons, signs and links after markdown's own escapes are gone. For copying, use `plain`.
    """
    shown = _PUNCTUATION.sub(r"\\\1", _LATE.sub(_JOINER, plain(_LINES.sub(" ", str(text)))))
    lead = len(shown) - len(shown.lstrip(" \t"))
    return "\u00a0" * lead + shown[lead:]


def plain(text: object) -> str:
    """A person's text for a place that shows it literally (`st.text`, a table cell).

    Lone surrogates and control characters, which can't be sent to a browser, become a visible replacement sign.
    """
    return "".join(
        "\ufffd" if unicodedata.category(char) in {"Cs", "Cc"} and char not in "\t\n" else char for char in str(text)
    )
