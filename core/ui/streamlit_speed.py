"""Keeps what Streamlit works out again in every run although it never changes while the server is up.

Why: each run begins with a message that carries the whole theme, read option by option from the configuration.
That was a tenth of the processor time of a click on a test page (measured on 1.67; tests/ui holds the seam).
"""

from __future__ import annotations

from functools import wraps

from streamlit.proto.NewSession_pb2 import CustomThemeConfig
from streamlit.runtime import app_session


def remember_theme() -> None:
    """From now on the theme's sections are read once and copied; doing it twice changes nothing."""
    read = app_session._populate_theme_msg
    if hasattr(read, "__wrapped__"):
        return
    kept: dict[str, CustomThemeConfig] = {}

    @wraps(read)
    def copied(msg: CustomThemeConfig, section: str = "theme") -> None:
        if section not in kept:
            fresh = CustomThemeConfig()
            read(fresh, section)
            kept[section] = fresh
        if kept[section].ByteSize():  # merging nothing would still say that the section is there
            msg.MergeFrom(kept[section])

    app_session._populate_theme_msg = copied
