"""Every attempt step by step: what a person answered when, changed, and what it was worth."""

from __future__ import annotations

import streamlit as st

from assessments.attempt_steps import LAST_TRY
from assessments.attempts import ANSWER, CHECK, FINISH, MANUAL, PHASE_LABELS, POST, PRE, REMARK, START
from assessments.remarking import remark_attempt
from assessments.replay import ReplayStep, steps_of
from assessments.results import AttemptState, Standing, overview_of, tries_by
from assessments.tries import Try
from core.ui import page
from core.ui.cards import heading, section
from core.ui.empty import empty
from core.ui.i18n import format_day_at, format_duration, format_instant, format_rate, language, t
from core.ui.safe import plain, safe
from core.ui.site import page_named
from core.ui.tables import Column, table
from pages.teach import choose_person, choose_test


def chosen_person(standings: tuple[Standing, ...]) -> Standing:
    """The person in the address, else the first who has begun this test; chosen anew with the widget."""
    names = {one.person_id: " · ".join(filter(None, [one.name, one.team])) for one in standings}
    begun = next((one.person_id for one in standings if one.pre or one.post), None)
    person_id = choose_person(names, begun)
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


def row_of(step: ReplayStep, day: str) -> dict[str, object]:
    """One step's line; of a step on the test's own `day`, which stands above, only the time is said."""
    at = format_instant(step.at, seconds=True)
    return {
        "number": step.number,
        "at": at.removeprefix(day).lstrip(", "),
        "waited": format_duration(step.waited_seconds) if step.number else "",
        "kind": step_name(step),
        "place": None if step.place is None else step.place + 1,
        "stem": plain_stem(step),
        "said": step.said.in_language(language()) if step.said else "",
        "worth": step.fraction,
    }


def draw_phase(phase: str, tries: tuple[Try, ...], counting: AttemptState | None) -> None:
    """All tries at a phase; where there are several, which of them counts."""
    if not tries:
        section(t(PHASE_LABELS[phase]))
        st.caption(t("Not begun yet."))
    for one in tries:
        title = t(PHASE_LABELS[phase])
        if len(tries) > 1:
            title += " · " + t("try {n}", n=one.number)
            if counting is not None and counting.finished and counting.attempt_id == one.id:
                title += " · " + t("this one counts")
        section(title, t("Click a step to read it in full."))
        draw_attempt(one)


def draw_attempt(attempt: Try) -> None:
    """One attempt: its head and all its steps."""
    with st.container(horizontal=True, vertical_alignment="center", gap="medium"):
        score = t("open") if attempt.score is None else format_rate(attempt.score, 0)
        line = t("Form {form} · begun {at}", form=attempt.form, at=format_instant(attempt.started_at))
        st.markdown(f"**{safe(score)}** :gray[{safe(line)}]", width="content")
        if attempt.finished:
            st.page_link(
                page_named("result").path,
                label=t("See the result"),
                icon=":material/insights:",
                query_params={"attempt": str(attempt.id)},
            )
            if page.portal_actor().may("attempts.mark"):
                draw_marking_again(attempt.id)
    steps = page.portal_read(steps_of, attempt.id)
    day = format_day_at(attempt.started_at)
    worth = t("Share of the question's mark; at the end, of all marks")
    columns = [
        Column("number", t("Step"), "number", width=55, digits=0),
        Column("kind", t("What"), width=105),
        Column("place", t("Question"), "number", width=75, digits=0),
        Column("worth", t("Worth"), "rate", width=70, digits=0, help=worth),
        Column("stem", t("Asked"), width=285),
        Column("said", t("Answer"), width=285),
        Column("at", t("Time"), width=90),
        Column("waited", t("After"), width=90, help=t("Time since the step before")),
    ]
    chosen = table(
        [row_of(step, day) for step in steps],
        columns,
        key=f"steps-{attempt.id}",
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
chosen_test = choose_test("attempts-test")
overview = page.portal_read(overview_of, chosen_test)
if not overview.standings:
    empty(
        t("Nobody to train yet"),
        t("Employees appear here as soon as an administrator has let them in."),
        key="attempts",
        icon="history_edu",
    )
else:
    person = chosen_person(overview.standings)
    tries = page.portal_read(tries_by, person.person_id, chosen_test)
    if any(tries.values()):
        draw_phase(PRE, tries[PRE], person.pre)
        draw_phase(POST, tries[POST], person.post)
    else:
        empty(
            t("{name} hasn't begun this test", name=person.name),
            t("Every step stands here from the moment it is begun. Choose somebody else or another test."),
            key="attempts-none",
            icon="history_edu",
            go_label=t("See the progress"),
            go_page="people_progress",
        )
