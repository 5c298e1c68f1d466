"""Taking a test: one question at a time, saved at every answer, resumed wherever one left off."""

from __future__ import annotations

from datetime import UTC, datetime
from html import escape
from zoneinfo import ZoneInfo

import streamlit as st

from assessments.attempts import (
    PHASE_LABELS,
    PHASES,
    POST,
    PRE,
    finish_attempt,
    finish_overdue,
    questions_count,
    start_attempt,
)
from assessments.figures import warm_figures
from assessments.forms import TESTS
from assessments.marking import VERDICT_LABELS
from assessments.sheets import ANSWERED, STARTED, UNSEEN, Sheet, get_sheet
from assessments.tries import (
    BARRED,
    GOING_ON,
    NOT_OPEN_YET,
    OVER,
    READY,
    TIME_IS_UP,
    Entry,
    own_entries,
)
from core.ui import page
from core.ui.cards import heading
from core.ui.empty import empty
from core.ui.guard import fragment
from core.ui.i18n import t
from core.ui.rich import emphasised
from core.ui.safe import safe
from core.ui.site import page_named
from pages.learn import draw_question, said
from pages.learn.test_terms import draw_terms, wall_time

MARKS = {ANSWERED: ":material/check_small:", STARTED: ":material/more_horiz:", UNSEEN: ""}
FAR = 86_400  # seconds; a window that closes in days needs no clock yet
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


def time_left(seconds: int) -> str:
    """A time left as a clock shows it."""
    minutes, rest = divmod(seconds, 60)
    return f"{minutes // 60}:{minutes % 60:02}:{rest:02}" if minutes >= 60 else f"{minutes}:{rest:02}"


def draw_clock(sheet: Sheet) -> str:
    """The time left as the server has it; `delivery.js` counts it down until the next answer, and says when it ends."""
    if sheet.seconds_left is None or sheet.seconds_left > FAR:
        return ""
    words = {300: t("5 minutes left."), 60: t("1 minute left."), 0: t("The time is over.")}
    said_at = "".join(f' data-say-{at}="{escape(text)}"' for at, text in words.items())
    now = f'data-left="{sheet.seconds_left}" data-attempt="{sheet.attempt_id}"{said_at}'
    label = escape(t("Time left"))
    return (
        f'<span class="orderly-clock" role="timer">{label} '
        f'<b class="orderly-clock-left" {now}>{time_left(sheet.seconds_left)}</b></span>'
    )


def draw_state(sheet: Sheet, place: int) -> None:
    """Where one is, how much is done, and when it was last saved; read out by screen readers when it changes.

    Why: one element of our own words, since every element costs a click time (measured).
    """
    count, done = len(sheet.states), sum(state == ANSWERED for state in sheet.states)
    where, beside, verdict = t("Before you finish"), "", ""
    if place != REVIEW:
        where, beside = t("Question {n} of {count}", n=place + 1, count=count), " · " + t("{n} answered", n=done)
        if sheet.feedback is not None:
            verdict = f'<span class="od-unseen">{escape(t(VERDICT_LABELS[sheet.feedback.verdict]))}</span>'
    saved = t("Nothing to save yet")
    if sheet.saved_at is not None:
        saved = t("Saved {time}", time=clock_time(sheet.saved_at))
    st.html(
        f'<div class="orderly-test-state" data-place="{place}"><span role="status"><span>'
        f"<strong>{escape(where)}</strong>{escape(beside)}</span>{verdict}<span>{escape(saved)}</span></span>"
        f"{draw_clock(sheet)}</div>"
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
    if sheet.overdue and page.portal_write(finish_overdue, attempt_id):
        page.flash(t("The time is over. What was saved until then counts."), "note")
    if sheet.overdue or sheet.finished:
        st.switch_page(page_named("result").path, query_params={"attempt": str(attempt_id)})
    if place is None:
        place = sheet.place
        go(attempt_id, place)
    with st.container(key="test-larger" if sheet.larger_text else "test-plain"):
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
        if sheet.seconds_left is not None:
            # Pressed by the page itself when its clock runs out; what the server then finds overdue, it closes.
            st.button(t("The time is over."), key="time-up")


# ---- before and after -----------------------------------------------------------------------------------------


def draw_start(entry: Entry) -> None:
    """What the test is like, and the button that begins it."""
    warm_figures()
    test, phase = entry.definition.test, entry.phase
    count = page.portal_read(questions_count, entry.definition)
    with st.container(border=True, key="test-intro", gap="medium"):
        st.markdown(emphasised(said(entry.definition.blueprint.about)))
        draw_terms(entry, count)
        name = t(PHASE_LABELS[phase])
        st.button(
            t("Take the {phase} again", phase=name) if entry.tries else t("Begin the {phase}", phase=name),
            key="begin",
            type="primary",
            icon=":material/play_arrow:",
            on_click=page.portal_command,
            args=(start_attempt, test, phase),
            kwargs={"form_key": page.form_key(f"start-{test}-{phase}")},
        )
    draw_results(entry)


def draw_results(entry: Entry) -> None:
    """The ways to the results of the tries so far."""
    finished = [one for one in entry.tries if one.finished]
    for one in finished:
        label = t("See the result")
        if len(finished) > 1 and one.finished_at is not None:
            counts = " · " + t("this one counts") if entry.counting == one else ""
            label = t("Result of try {n}, {at}", n=one.number, at=wall_time(one.finished_at)) + counts
        query = {"attempt": str(one.id)}
        st.page_link(page_named("result").path, label=safe(label), icon=":material/insights:", query_params=query)


def draw_barred(entry: Entry) -> None:
    """Why a phase can't be begun, and what to do."""
    if entry.state == BARRED:
        title, icon = t("The post-test isn't open yet"), "lock_clock"
        if entry.missing.pre_test:
            text = t("Take the pre-test first; it shows where you stand.")
        else:
            text = t(
                "Work through the exercises and check each of them once; {n} to go.", n=len(entry.missing.exercises)
            )
    elif entry.state == NOT_OPEN_YET:
        title, icon, text = t("This test isn't open yet"), "lock_clock", ""
        if entry.settings.opens_at is not None:
            text = t("It opens on {at}.", at=wall_time(entry.settings.opens_at))
    elif entry.state == OVER:
        title, icon, text = t("This test is closed"), "event_busy", ""
        if entry.settings.closes_at is not None:
            text = t(
                "It closed on {at}. Ask your trainer if you still need to take it.",
                at=wall_time(entry.settings.closes_at),
            )
    else:
        title, icon = t("You have finished this test"), "task_alt"
        text = t("Its result says what was right, and why.")
    empty(title, text, key="missing", icon=icon, go_label=t("See your path"), go_page="path")
    draw_results(entry)


def draw_phase(entry: Entry) -> None:
    """One phase of a test: its open attempt, the way in, or why there is none."""
    heading(t(PHASE_LABELS[entry.phase]), said(entry.definition.blueprint.title), "quiz")
    latest = entry.latest
    if entry.state in (GOING_ON, TIME_IS_UP) and latest is not None:
        draw_sheet(latest.id)
    elif entry.state == READY:
        draw_start(entry)
    else:
        draw_barred(entry)
    if len(TESTS) > 1 and entry.state != GOING_ON:
        st.page_link(page_named("all_tests").path, label=t("All tests"), icon=":material/arrow_back:")


def phase_of(entries: dict[str, Entry]) -> str:
    """The phase asked for in the address, or the one whose turn it is."""
    asked = st.query_params.get("phase")
    if asked in PHASES:
        return str(asked)
    return POST if entries[PRE].counting is not None and entries[PRE].state != GOING_ON else PRE


def draw() -> None:
    """The test in the address, or the one that is open; else the list of all."""
    asked = st.query_params.get("test", TESTS[0] if len(TESTS) == 1 or "phase" in st.query_params else "")
    if asked in TESTS:
        entries = dict(page.portal_read(own_entries, asked))
        draw_phase(entries[phase_of(entries)])
        return
    everything = [entry for test in TESTS for entry in page.portal_read(own_entries, test).values()]
    begun = [entry for entry in everything if entry.state == GOING_ON]
    if asked or len(begun) != 1:
        st.switch_page(page_named("all_tests").path)
    draw_phase(begun[0])


draw()
