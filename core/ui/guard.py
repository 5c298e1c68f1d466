"""What is shown instead of a page, or of a part of it, when it can't be: refusals, ended sessions, errors, bugs."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import Any

import streamlit as st

from core.domain.errors import NotAllowed, NotFound, OrderlyError
from core.ui import page
from core.ui.i18n import t, translate_error
from core.ui.safe import safe

log = logging.getLogger("orderly")


@contextmanager
def guarded() -> Iterator[None]:
    """Shows deliberate errors as what they are; a bug passes through to `report_bug`."""
    try:
        yield
    except page.SignedOut:
        draw_signed_out()
    except NotAllowed as error:
        page.audit_refusal(error)
        draw_refusal(error)
    except NotFound as error:
        st.warning(safe(translate_error(error)), icon=":material/search_off:")
    except OrderlyError as error:
        st.error(safe(translate_error(error)), icon=":material/error:")


def fragment(run_every: int | float | None = None) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """A part of a page that is drawn again by itself; it is guarded like a page and says what its commands did.

    Units: `run_every` in seconds. Why: a fragment runs without the frame, so also after the person was shut out.
    """

    def wrap(draw: Callable[..., None]) -> Callable[..., None]:
        @st.fragment(run_every=run_every)
        @wraps(draw)
        def part(*args: Any, **kwargs: Any) -> None:
            with guarded():
                page.person()
                show_flashes()
                draw(*args, **kwargs)

        return part

    return wrap


def show_flashes() -> None:
    """Shows what the last command has to say."""
    for kind, text in page.take_flashes():
        if kind == "done":
            st.toast(safe(text), icon=":material/check_circle:")
        elif kind == "note":
            st.info(safe(text), icon=":material/info:")
        else:
            st.error(safe(text), icon=":material/block:")


def draw_refusal(error: NotAllowed) -> None:
    """Says that a page or a thing on it is not for this person, and whom to ask."""
    with st.container(border=True, key="refusal"):
        st.subheader(t("This page isn't open to you"), anchor=False)
        st.write(t("Your role doesn't carry the right it needs. If you need it for your work, ask an administrator."))
        st.caption(safe(translate_error(error)))


def draw_live_only() -> None:
    """Says that a page belongs to the live world while the person is in a practice world."""
    with st.container(border=True, key="panel-live-only"):
        st.subheader(t("This page shows real orders"), anchor=False)
        st.write(t("You are in a practice world. Leave it to see this page; your practice stays as it is."))
        st.button(t("Leave practice"), on_click=page.leave_world, icon=":material/logout:", key="leave-for-live")


def draw_signed_out() -> None:
    """Says that the session has ended, with the way back."""
    with st.container(border=True, key="signed-out"):
        st.subheader(t("You are signed out"), anchor=False)
        st.write(t("Your session has ended here or on another page, or it was idle for too long."))
        st.html(f'<a class="orderly-button" href="/sign-in" target="_self">{t("Sign in again")}</a>')


def report_bug(error: Exception) -> bool:
    """Keeps a bug's traceback in the log under a number, and shows the number; Streamlit shows nothing of its own."""
    number = secrets.token_hex(4).upper()
    log.error("Error %s on the page", number, exc_info=error)
    with st.container(border=True, key=f"bug-{number}"):
        st.subheader(t("Something went wrong"), anchor=False)
        st.write(
            t("It isn't your fault, and it was noted. Nothing was half done: a command is carried out whole or not.")
        )
        st.caption(t("If it happens again, tell an administrator this number: {number}", number=number))
    return True
