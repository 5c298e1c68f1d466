"""Carries an import out behind the page: begun by a click, seen by whoever looks, finished without anybody looking.

Why: a rerun or a closed tab cuts a script at its next `st.*`; an import of minutes must not depend on a page.
"""

from __future__ import annotations

import logging
import threading

import streamlit as st

from core.context import Actor
from core.domain.errors import OrderlyError
from core.services.imports import Source, begin_import, run_import
from core.ui import page
from core.ui.databases import databases, wall_clock

_log = logging.getLogger(__name__)
FORM = "import"
LOOKED = "import-looked"  # what was looked at before importing
UPLOADS = "import-uploads"  # counts uploaders, so that the next one is empty
SHOWN = "import-shown"  # in session_state: the import that the page shows


def start(source: Source, form_key: str) -> None:
    """A button's callback: opens the import's record and begins it in a thread of its own."""
    page.command(begin_import, source, form_key=form_key)
    batch_id = page.result(FORM)
    if batch_id is None:
        return
    st.session_state[SHOWN] = batch_id
    st.session_state.pop(LOOKED, None)
    st.session_state[UPLOADS] = st.session_state.get(UPLOADS, 0) + 1  # an empty uploader for the next files
    who = page.actor()
    threading.Thread(target=_carry_out, args=(batch_id, who, source), name=f"import-{batch_id}", daemon=True).start()


def _carry_out(batch_id: int, who: Actor, source: Source) -> None:
    try:
        run_import(databases().live, page.LIVE, who, wall_clock, batch_id, source)
    except OrderlyError as error:  # the record keeps it and the page shows it
        _log.warning("import %s was refused: %s", batch_id, error)
