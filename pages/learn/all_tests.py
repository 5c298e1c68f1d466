"""All tests there are to take, each with where one stands before and after the training."""

from __future__ import annotations

import streamlit as st

from assessments.forms import TESTS
from assessments.tries import (
    BARRED,
    GOING_ON,
    NOT_OPEN_YET,
    OVER,
    PHASE_LABELS,
    PHASES,
    PRE,
    READY,
    TIME_IS_UP,
    USED_UP,
    Entry,
    own_entries,
)
from core.portal.certificates import certificates_of, spelled
from core.ui import page
from core.ui.cards import Tone, chip, heading, section
from core.ui.i18n import format_day_at, format_rate, language, t
from core.ui.rich import emphasised
from core.ui.safe import safe
from core.ui.site import page_named
from pages.learn import said

STATES: dict[str, tuple[Tone, str]] = {
    GOING_ON: ("warn", "edit_note"),
    TIME_IS_UP: ("bad", "alarm_off"),
    READY: ("info", "play_circle"),
    NOT_OPEN_YET: ("quiet", "lock_clock"),
    OVER: ("quiet", "event_busy"),
    BARRED: ("quiet", "lock_clock"),
    USED_UP: ("good", "check_circle"),
}


def state_name(entry: Entry) -> str:
    """What the state of a phase is called."""
    return {
        GOING_ON: t("Under way"),
        TIME_IS_UP: t("Time is over"),
        READY: t("Can be taken again") if entry.tries else t("Can be taken"),
        NOT_OPEN_YET: t("Not open yet"),
        OVER: t("Over"),
        BARRED: t("Later"),
        USED_UP: t("Done"),
    }[entry.state]


def draw_phase(test: str, entry: Entry) -> None:
    """The way into one phase of a test, with where one stands and what it came to."""
    waits = "later" if entry.state in (BARRED, NOT_OPEN_YET, OVER) else "now"
    with st.container(
        horizontal=True, vertical_alignment="center", gap="small", key=f"phase-{waits}-{test}-{entry.phase}"
    ):
        st.page_link(
            page_named("tests").path,
            label=t(PHASE_LABELS[entry.phase]),
            query_params={"test": test, "phase": entry.phase},
            width="content",
        )
        if entry.counting is not None and entry.counting.score is not None:
            st.markdown(f"**{safe(format_rate(entry.counting.score, 0))}**", width="content")
        chip(state_name(entry), *STATES[entry.state])


def draw_certificates() -> None:
    """The certificates one has, the newest first, each with the way to its test; nothing before there is one."""
    found = page.portal_read(certificates_of, page.person().person_id)
    if not found:
        return
    section(t("Your certificates"), t("The PDF, and what others can check, is with the result of the test."))
    for one in found:
        row = st.container(horizontal=True, vertical_alignment="center", gap="small", key=f"certificate-{one.id}")
        with row:
            st.page_link(
                page_named("result").path,
                label=safe(one.title_zh if language() == "zh" else one.title_en),
                icon=":material/workspace_premium:",
                query_params={"attempt": str(one.attempt_id)},
                width="content",
            )
            st.caption(safe(f"{format_day_at(one.issued_at)} · {spelled(one.code)}"), width="content")
            if one.revoked_at is not None:
                chip(t("Taken back"), "bad", "block")


def draw() -> None:
    """Every test with the state of its phases, and the way into each."""
    heading(t("Tests"), t("Choose a test. What you have begun goes on where you left it."), "quiz")
    for test in TESTS:
        entries = page.portal_read(own_entries, test)
        with st.container(border=True, key=f"item-test-{test}", gap="small"):
            blueprint = entries[PRE].definition.blueprint
            st.markdown(f"**{safe(said(blueprint.title))}**  \n:gray[{emphasised(said(blueprint.about))}]")
            with st.container(key=f"phases-{test}", gap="small"):
                for phase in PHASES:
                    draw_phase(test, entries[phase])
    draw_certificates()


draw()
