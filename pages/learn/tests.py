"""Taking a test: one question at a time, saved at every answer, resumed wherever one left off."""

from __future__ import annotations

from datetime import UTC, datetime
from html import escape
from zoneinfo import ZoneInfo

import streamlit as st

from assessments.attempts import PHASE_LABELS, PHASES, POST, PRE, finish_attempt, start_attempt
from assessments.figures import warm_figures
from assessments.forms import TESTS, blueprint_of
from assessments.results import Standing, own_standing
from assessments.sheets import ANSWERED, STARTED, UNSEEN, Sheet, get_sheet
from core.ui import page
from core.ui.cards import heading
from core.ui.empty import empty
from core.ui.guard import fragment
from core.ui.i18n import t
from core.ui.rich import emphasised
from core.ui.safe import safe
from core.ui.site import page_named
from pages.learn import draw_question, said

TEST = TESTS[0]
MARKS = {ANSWERED: ":material/check_small:", STARTED: ":material/more_horiz:", UNSEEN: ""}
REVIEW = -1  # the place behind the last question: what is left before finishing


# ---- callbacks ------------------------------------------------------------------------------------------------


def go(attempt_id: int, place: int) -> None:
    """Opens another question."""
    st.session_state[f"place-{attempt_id}"] = place


def go_by_palette(attempt_id: int, key: str) -> None:
    """Opens the question chosen in the palette; pressing the open one again changes nothing."""
    chosen = st.session_state[key]
    if chosen is not None:
        go(attempt_id, chosen)


# ---- around the question --------------------------------------------------------------------------------------


def clock_time(at: int) -> str:
    """A moment as the clock on the reader's wall shows it."""
    zone = ZoneInfo(st.context.timezone or "Asia/Shanghai")
    return datetime.fromtimestamp(at, UTC).astimezone(zone).strftime("%H:%M:%S")


def draw_state(sheet: Sheet, place: int) -> None:
    """Where one is, how much is done, and when it was last saved; read out by screen readers when it changes.

    Why: one element of our own words, since every element costs a click time (measured).
    """
    count, done = len(sheet.states), sum(state == ANSWERED for state in sheet.states)
    where, beside = t("Before you finish"), ""
    if place != REVIEW:
        where, beside = t("Question {n} of {count}", n=place + 1, count=count), " · " + t("{n} answered", n=done)
    saved = t("Nothing to save yet")
    if sheet.saved_at is not None:
        saved = t("Saved {time}", time=clock_time(sheet.saved_at))
    st.html(
        '<div class="orderly-test-state" role="status">'
        f"<span><strong>{escape(where)}</strong>{escape(beside)}</span><span>{escape(saved)}</span></div>"
    )


def draw_palette(sheet: Sheet, place: int) -> None:
    """All questions by number; a sign marks those that are answered, wholly or in part.

    Why: one widget and not twenty buttons, which took half of a click's time (measured).
    """
    key = f"palette-{sheet.attempt_id}"
    st.session_state[key] = place if place != REVIEW else None
    st.pills(
        t("Questions"),
        range(len(sheet.states)),
        format_func=lambda n: f"{n + 1}{MARKS[sheet.states[n]]}",
        key=key,
        on_change=go_by_palette,
        args=(sheet.attempt_id, key),
    )
    st.button(
        t("Finish …"),
        key=f"to-review-{sheet.attempt_id}",
        icon=":material/flag:",
        width="stretch",
        disabled=place == REVIEW,
        on_click=go,
        args=(sheet.attempt_id, REVIEW),
    )


def draw_steps(sheet: Sheet) -> None:
    """The ways to the question before and after."""
    last = sheet.place == len(sheet.states) - 1
    with st.container(horizontal=True, horizontal_alignment="distribute", key="test-steps"):
        st.button(
            t("Previous question"),
            key="previous",
            icon=":material/arrow_back:",
            disabled=sheet.place == 0,
            shortcut="P",
            on_click=go,
            args=(sheet.attempt_id, sheet.place - 1),
        )
        st.button(
            t("To the end") if last else t("Next question"),
            key="next",
            type="primary",
            icon=":material/arrow_forward:",
            icon_position="right",
            shortcut="N",
            on_click=go,
            args=(sheet.attempt_id, REVIEW if last else sheet.place + 1),
        )


def draw_review(sheet: Sheet) -> None:
    """What is not answered yet, and the last step."""
    left = sheet.unanswered
    if left:
        st.warning(
            safe(
                t(
                    "{n} of {count} questions are not answered, or only in part. What isn't answered counts nothing.",
                    n=len(left),
                    count=len(sheet.states),
                )
            ),
            icon=":material/pending:",
        )
        with st.container(horizontal=True, gap="small", key="unanswered"):
            for place in left:
                st.button(
                    t("Question {n}", n=place + 1),
                    key=f"open-{place}",
                    on_click=go,
                    args=(sheet.attempt_id, place),
                )
    else:
        st.success(t("All questions are answered."), icon=":material/task_alt:")
    st.markdown(
        safe(t("After finishing, answers can't be changed. You then see the result, with the reason for every option."))
    )
    with st.container(horizontal=True):
        st.button(
            t("Back to the questions"),
            key="back",
            icon=":material/arrow_back:",
            on_click=go,
            args=(sheet.attempt_id, left[0] if left else 0),
        )
        st.button(
            t("Finish and see the result"),
            key="finish",
            type="primary",
            icon=":material/flag:",
            on_click=page.portal_command,
            args=(finish_attempt, sheet.attempt_id),
            kwargs={"form_key": page.form_key(f"finish-{sheet.attempt_id}")},
        )


@fragment()
def draw_sheet(attempt_id: int) -> None:
    """The open test: the question, its surroundings, the palette."""
    place = st.session_state.get(f"place-{attempt_id}")
    sheet = page.portal_read(get_sheet, attempt_id, 0 if place == REVIEW else place)
    if sheet.finished:
        st.switch_page(page_named("result").path, query_params={"attempt": str(attempt_id)})
    if place is None:
        place = sheet.place
        go(attempt_id, place)
    asked, around = st.columns([3, 1], gap="large")
    with asked:
        draw_state(sheet, place)
        with st.container(border=True, key="question", gap="medium"):
            if place == REVIEW:
                draw_review(sheet)
            else:
                draw_question(sheet)
        if place != REVIEW:
            draw_steps(sheet)
    with around:
        draw_palette(sheet, place)


# ---- before and after -----------------------------------------------------------------------------------------


def draw_start(phase: str) -> None:
    """What the test is like, and the button that begins it."""
    warm_figures()
    count = blueprint_of(TEST).items_count
    with st.container(border=True, key="test-intro", gap="medium"):
        st.markdown(emphasised(said(blueprint_of(TEST).about)))
        for icon, line in (
            ("format_list_numbered", t("{count} questions, one at a time, in any order you like", count=count)),
            ("hourglass_disabled", t("No time limit")),
            ("cloud_done", t("Every answer is saved at once; you can go on later, also on another device")),
            ("visibility_off", t("You see what was right, and why, after you have finished")),
        ):
            st.markdown(f":material/{icon}: {safe(line)}")
        st.button(
            t("Begin the {phase}", phase=t(PHASE_LABELS[phase])),
            key="begin",
            type="primary",
            icon=":material/play_arrow:",
            on_click=page.portal_command,
            args=(start_attempt, TEST, phase),
            kwargs={"form_key": page.form_key(f"start-{TEST}-{phase}")},
        )


def draw_missing(standing: Standing) -> None:
    """What has to be done before the post-test."""
    if standing.pre is None or not standing.pre.finished:
        text = t("Take the pre-test first; it shows where you stand.")
    else:
        left = len(standing.exercises) - standing.exercises_done
        text = t("Work through the exercises and check each of them once; {n} to go.", n=left)
    empty(
        t("The post-test isn't open yet"),
        text,
        key="missing",
        icon="lock_clock",
        go_label=t("See your path"),
        go_page="path",
    )


def phase_of(standing: Standing) -> str:
    """The phase asked for in the address, or the one whose turn it is."""
    asked = st.query_params.get("phase")
    if asked in PHASES:
        return str(asked)
    return POST if standing.pre is not None and standing.pre.finished else PRE


standing = page.portal_read(own_standing, TEST)
phase = phase_of(standing)
attempt = standing.pre if phase == PRE else standing.post
heading(t(PHASE_LABELS[phase]), said(blueprint_of(TEST).title), "quiz")
if attempt is not None and not attempt.finished:
    draw_sheet(attempt.attempt_id)
elif attempt is not None:
    empty(
        t("You have finished this test"),
        t("Its result says what was right, and why."),
        key="finished",
        icon="task_alt",
        go_label=t("See your path"),
        go_page="path",
    )
    st.page_link(
        page_named("result").path,
        label=t("See the result"),
        icon=":material/insights:",
        query_params={"attempt": str(attempt.attempt_id)},
    )
elif phase == POST and (
    standing.pre is None or not standing.pre.finished or standing.exercises_done < len(standing.exercises)
):
    draw_missing(standing)
else:
    draw_start(phase)
