"""Carries a command that takes long out behind the page: begun by a click, told how far it is, ended by itself.

Why: it is one transaction, which a rerun or a closed tab must not cut, and a page that only stands still gets a
second click.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import streamlit as st
from sqlalchemy.exc import DBAPIError

from core.domain.errors import NotAllowed, OrderlyError
from core.ui import page
from core.ui.i18n import t, translate_error

_log = logging.getLogger(__name__)
_SOON = 1.0  # seconds that a click waits for a short job before the page shows how far it is
_EVERY = 0.5  # seconds between two looks


@dataclass(slots=True)
class Job:
    """A command under way: how many parts of how many are done, and in the end what came of it."""

    name: str
    done_words: Callable[[Any], str]
    done: int = 0
    parts: int = 0
    outcome: Any = None
    refusal: OrderlyError | None = None
    failed: bool = False
    ended: threading.Event = field(default_factory=threading.Event)

    def tell(self, done: int, parts: int) -> None:
        """What the command calls as it goes on."""
        self.done, self.parts = done, parts


def start(name: str, work: Callable[..., Any], *args: Any, done_words: Callable[[Any], str]) -> None:
    """Part of a button's callback: `work(ctx, *args, tell=…)` in a thread and one transaction of the portal.

    As long as it goes on, a further click on a job of this name does nothing. `done_words` says what came of it.
    """
    if current(name) is not None:
        return
    job = Job(name, done_words)
    jobs()[name] = job
    writing = page.writing(work, portal=True)
    threading.Thread(target=_carry_out, args=(job, writing, args), name=name, daemon=True).start()
    job.ended.wait(_SOON)
    _tell_end(job)


def jobs() -> dict[str, Job]:
    """The jobs that this session has begun."""
    kept: dict[str, Job] = st.session_state.setdefault("_jobs", {})
    return kept


def current(name: str) -> Job | None:
    """The job of this name, as long as it goes on; that it has ended is said at the top of the next run."""
    job = jobs().get(name)
    if job is not None:
        _tell_end(job)
    return jobs().get(name)


def going_on(name: str) -> bool:
    """Whether the page has to show a job of this name; one that has ended meanwhile is told of at once."""
    if name in jobs() and current(name) is None:
        st.rerun()
    return name in jobs()


@st.fragment(run_every=_EVERY)
def draw_job(name: str, words: Callable[[Job], str]) -> None:
    """How far a job is, looked at again and again until it has ended; then the page is drawn anew."""
    job = current(name)
    if job is None:
        st.rerun()
        return
    st.progress(min(1.0, job.done / job.parts) if job.parts else 0.0, words(job))


def _tell_end(job: Job) -> None:
    if not job.ended.is_set() or jobs().get(job.name) is not job:
        return
    del jobs()[job.name]
    if job.refusal is not None:
        if isinstance(job.refusal, NotAllowed):
            page.audit_refusal(job.refusal)
        page.flash(translate_error(job.refusal), "error")
    elif job.failed:
        page.flash(t("It could not be carried out, and nothing was changed. Try it again in a moment."), "error")
    else:
        page.flash(job.done_words(job.outcome))


def _carry_out(job: Job, work: Callable[..., Any], args: tuple[Any, ...]) -> None:
    job.failed = True  # until it has come to its end
    try:
        job.outcome = work(*args, tell=job.tell)
        job.failed = False
    except OrderlyError as refusal:
        job.refusal = refusal
    except DBAPIError as error:
        _log.warning("%s could not be carried out: %s", job.name, error)
    except page.SignedOut:  # the page says so, too
        pass
    finally:
        job.ended.set()
