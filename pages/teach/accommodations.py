"""Accommodations: more time or larger text for whoever needs it to show what they know."""

from __future__ import annotations

import streamlit as st

from assessments.accommodations import LONGEST_REASON, MOST_EXTRA_TIME, Granted, accommodations, grant_accommodation
from core.ui import page
from core.ui.cards import heading, section
from core.ui.empty import empty
from core.ui.i18n import format_instant, format_rate, t
from core.ui.safe import safe
from core.ui.tables import Column, table
from pages.teach.setup import zone

EXTRA = (0.0, 0.25, 0.5, 1.0, MOST_EXTRA_TIME)


def extra_words(rate: float) -> str:
    """How much longer somebody has."""
    return t("No extra time") if not rate else t("{rate} more time", rate=format_rate(rate, 0))


def draw_granted(people: tuple[Granted, ...]) -> None:
    """Who has been granted something, and why."""
    rows = [
        {
            "id": one.person_id,
            "name": one.name,
            "team": one.team,
            "time": extra_words(one.extra_time_rate),
            "text": t("Larger") if one.larger_text else "–",
            "reason": one.reason,
            "by": one.granted_by,
            "at": format_instant(one.at, str(zone())),
        }
        for one in people
        if one.at is not None
    ]
    section(t("Granted now"), t("Click a line to change it above.") if rows else "")
    if not rows:
        st.caption(t("Nobody has been granted anything."))
        return
    columns = [
        Column("name", t("Name"), width=130, pinned=True),
        Column("team", t("Team"), width=130),
        Column("time", t("Time"), width=130),
        Column("text", t("Text size"), width=80),
        Column("reason", t("Reason"), width=300),
        Column("by", t("Granted by"), width=120),
        Column("at", t("When"), width=150),
    ]
    chosen = table(rows, columns, key="granted", id_key="id", height="content" if len(rows) < 11 else 400)
    if chosen is not None and st.session_state.get("_granted-pressed") != chosen:
        st.session_state["_grant-next"] = chosen
        st.session_state["_granted-pressed"] = chosen
        st.rerun()
    st.session_state["_granted-pressed"] = chosen


def draw_form(people: tuple[Granted, ...]) -> None:
    """Granting, changing and taking back."""
    by_id = {one.person_id: one for one in people}
    section(t("Grant"), t("The extra time counts from the person's next try on; larger text at once."))
    if (asked := st.session_state.pop("_grant-next", None)) in by_id:
        st.session_state["grant-person"] = asked
    with st.container(border=True, key="grant"):
        st.selectbox(
            t("Person"),
            list(by_id),
            format_func=lambda who: " · ".join(filter(None, [by_id[who].name, by_id[who].team])),
            help=t("Type a few letters of the name to find it."),
            key="grant-person",
            width=420,
        )
        one = by_id[st.session_state["grant-person"]]
        # The fields belong to the person and to what they were granted last.
        of = f"{one.person_id}-{one.at or 0}"
        options = sorted({*EXTRA, one.extra_time_rate})
        for key, value in (
            (f"grant-time-{of}", one.extra_time_rate),
            (f"grant-text-{of}", one.larger_text),
            (f"grant-reason-{of}", one.reason),
        ):
            st.session_state.setdefault(key, value)
        st.segmented_control(t("Time"), options, format_func=extra_words, key=f"grant-time-{of}", required=True)
        st.toggle(t("Larger text"), key=f"grant-text-{of}")
        st.text_area(t("Reason"), key=f"grant-reason-{of}", max_chars=LONGEST_REASON, height=90)
        st.caption(t("Only trainers read the reason; don't write more about somebody's health than is needed."))
        if (st.session_state[f"grant-time-{of}"] or st.session_state[f"grant-text-{of}"]) and not st.session_state[
            f"grant-reason-{of}"
        ].strip():
            st.caption(f":red[{safe(t('Say why it is granted; the reason is kept with it.'))}]")
        st.button(
            t("Save"),
            key="grant-save",
            type="primary",
            icon=":material/save:",
            on_click=page.portal_command,
            args=(grant_accommodation, one.person_id),
            kwargs={
                "extra_time_rate": page.field(f"grant-time-{of}", 0.0),
                "larger_text": page.field(f"grant-text-{of}", False),
                "reason": page.field(f"grant-reason-{of}", ""),
                "form_key": page.form_key(f"grant-{one.person_id}"),
                "done": t("Saved."),
            },
        )


heading(
    t("Accommodations"), t("More time or larger text for whoever needs it to show what they know"), "accessibility_new"
)
people = page.portal_read(accommodations)
if not [one for one in people if one.person_id != page.portal_actor().person_id]:
    empty(
        t("Nobody to train yet"),
        t("Employees appear here as soon as an administrator has let them in."),
        key="accommodations",
        icon="groups",
    )
else:
    draw_form(tuple(one for one in people if one.person_id != page.portal_actor().person_id))
    draw_granted(people)
