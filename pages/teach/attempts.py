"""Every attempt step by step: what a person answered when, changed, and what it was worth."""

from __future__ import annotations

import streamlit as st

from assessments.attempt_steps import LAST_TRY
from assessments.attempts import ANSWER, CHECK, FINISH, MANUAL, PHASE_LABELS, POST, PRE, REMARK, START
from assessments.remarking import remark_attempt
from assessments.replay import ReplayStep, steps_of
from assessments.results import AttemptState, Standing, overview_of
from core.ui import page
from core.ui.cards import heading, section
from core.ui.empty import empty
from core.ui.i18n import format_duration, format_instant, format_rate, language, t
from core.ui.safe import plain, safe
from core.ui.site import page_named
from core.ui.tables import Column, table
from pages.teach import choose_test


def chosen_person(standings: tuple[Standing, ...]) -> Standing:
    """The person in the address, chosen anew with the widget."""
    ids = [one.person_id for one in standings]
    names = {one.person_id: one.name for one in standings}
    asked = {str(one): one for one in ids}.get(st.query_params.get("person", ""))
    if "person" not in st.session_state and asked is not None:
        st.session_state["person"] = asked
    if st.session_state.get("person") not in ids:
        st.session_state.pop("person", None)
    person_id = st.selectbox(t("Person"), ids, format_func=names.__getitem__, key="person", width=420)
    st.query_params["person"] = str(person_id)
    return next(one for one in standings if one.person_id == person_id)


def step_name(step: ReplayStep) -> str:
    """What a step is called."""
    return {
        START: t("Begun"),
        ANSWER: t("Answered"),
        FINISH: t("Finished"),
        CHECK: t("Checked"),
        REMARK: t("Marked again"),
        MANUAL: t("Marked by hand"),
        LAST_TRY: t("Takes no further try"),
    }[step.kind]


def plain_stem(step: ReplayStep) -> str:
    """What was asked, without its emphasis."""
    return step.stem.in_language(language()).replace("**", "") if step.stem else ""


def row_of(step: ReplayStep) -> dict[str, object]:
    """One step's line."""
    return {
        "number": step.number,
        "at": format_instant(step.at, seconds=True),
        "waited": format_duration(step.waited_seconds) if step.number else "",
        "kind": step_name(step),
        "place": "" if step.place is None else str(step.place + 1),
        "stem": plain_stem(step),
        "said": step.said.in_language(language()) if step.said else "",
        "worth": "" if step.fraction is None else format_rate(step.fraction, 0),
    }


def draw_attempt(phase: str, attempt: AttemptState | None) -> None:
    """One attempt: its head and all its steps."""
    section(t(PHASE_LABELS[phase]), t("Click a step to read it in full.") if attempt else "")
    if attempt is None:
        st.caption(t("Not begun yet."))
        return
    with st.container(horizontal=True, vertical_alignment="center", gap="medium"):
        score = t("open") if attempt.score is None else format_rate(attempt.score, 0)
        line = t("Form {form} · begun {at}", form=attempt.form, at=format_instant(attempt.started_at))
        st.markdown(f"**{safe(score)}** :gray[{safe(line)}]", width="content")
        if attempt.finished:
            st.page_link(
                page_named("result").path,
                label=t("See the result"),
                icon=":material/insights:",
                query_params={"attempt": str(attempt.attempt_id)},
            )
            if page.portal_actor().may("attempts.mark"):
                draw_marking_again(attempt.attempt_id)
    steps = page.portal_read(steps_of, attempt.attempt_id)
    columns = [
        Column("number", t("Step"), "number", width="small"),
        Column("at", t("Time")),
        Column("waited", t("After"), width="small", help=t("Time since the step before")),
        Column("kind", t("What")),
        Column("place", t("Question"), width="small"),
        Column("worth", t("Worth"), width="small", help=t("Share of the question's mark; at the end, of all marks")),
        Column("said", t("Answer"), width="large"),
        Column("stem", t("Asked"), width="large"),
    ]
    chosen = table(
        [row_of(step) for step in steps],
        columns,
        key=f"steps-{attempt.attempt_id}",
        id_key="number",
        height=420 if len(steps) > 10 else "content",
    )
    if chosen is not None:
        draw_step(steps[int(chosen)])


def draw_marking_again(attempt_id: int) -> None:
    """The button that replays an attempt against the bank as it is now."""
    st.button(
        t("Mark again"),
        key=f"remark-{attempt_id}",
        icon=":material/replay:",
        type="tertiary",
        help=t("Replays the answers against the item bank as it is now; a mended key counts from then on."),
        on_click=page.portal_command,
        args=(remark_attempt, attempt_id),
        kwargs={"form_key": page.form_key(f"remark-{attempt_id}"), "done": t("The test was marked again.")},
    )


def draw_step(step: ReplayStep) -> None:
    """One step in full, since a cell only shows its beginning."""
    with st.container(border=True, key=f"item-step-{step.number}", gap="small"):
        where = "" if step.place is None else " · " + t("Question {n}", n=step.place + 1)
        st.caption(safe(f"{format_instant(step.at, seconds=True)} · {step_name(step)}{where}"))
        if step.stem is not None:
            st.markdown(f"**{safe(plain_stem(step))}**")
        if step.said is not None:
            st.text(plain(step.said.in_language(language())))
        if step.fraction is not None:
            st.caption(safe(t("Worth {rate}", rate=format_rate(step.fraction, 0))))


heading(t("Attempts"), t("Every test step by step"), "history_edu")
overview = page.portal_read(overview_of, choose_test("attempts-test"))
if not overview.standings:
    empty(
        t("Nobody to train yet"),
        t("Employees appear here as soon as an administrator has let them in."),
        key="attempts",
        icon="history_edu",
    )
else:
    person = chosen_person(overview.standings)
    draw_attempt(PRE, person.pre)
    draw_attempt(POST, person.post)
