"""Exercises: the brief, a world of one's own to work in, the check with what was found, hints, and the solution."""

from __future__ import annotations

import streamlit as st

from assessments import practice
from assessments.demonstration import Shown
from assessments.exercise import Exercise
from assessments.exercises import EXERCISES, exercise_named
from assessments.practice import NOTICE_LABELS, PracticeRoom, Stay
from assessments.practice_reads import Standing, solution_of, standings_of
from assessments.prose import Prose
from core.domain.orders import FACT_LABELS, STATUS_LABELS, Fact, Status
from core.ui import guard, page
from core.ui.cards import Tone, chips, heading, score_bar
from core.ui.databases import practice_files
from core.ui.i18n import format_instant, format_rate, language, t
from core.ui.order_sheet import STATUS_TONES
from core.ui.rich import emphasised, paragraphs
from core.ui.safe import safe
from core.ui.site import page_named
from pages.teach import draw_findings


def room() -> PracticeRoom:
    """Where this installation's practice worlds lie."""
    return PracticeRoom(practice_files())


def said(prose: Prose) -> str:
    """Prose in the reader's language."""
    return prose.in_language(language())


# ---- the list ---------------------------------------------------------------------------------------------------


def draw_list(standings: tuple[Standing, ...]) -> None:
    """Every exercise with how far one has come."""
    heading(
        t("Exercises"),
        t("Each one is a case in a world of your own. Nothing you do there can harm anyone; try things out."),
        "exercise",
    )
    solved = sum(one.solved for one in standings)
    st.progress(solved / len(standings), t("{solved} of {all} solved", solved=solved, all=len(standings)))
    for number, one in enumerate(standings, start=1):
        with st.container(border=True, key=f"exercise-{one.exercise.key}"):
            left, right = st.columns([4, 1], vertical_alignment="center")
            with left:
                st.markdown(f"**{number}. {safe(said(one.exercise.title))}**")
                chips(marks_of(one))
            right.button(
                t("Open"),
                key=f"open-{one.exercise.key}",
                type="secondary" if one.solved else "primary",
                on_click=choose,
                args=(one.exercise.key,),
                width="stretch",
            )


def choose(key: str) -> None:
    """Opens an exercise, in the address too."""
    st.query_params["exercise"] = key


def marks_of(one: Standing) -> dict[str, Tone]:
    """The small labels of an exercise. Shape: text → tone."""
    marks: dict[str, Tone] = {}
    if one.solved:
        marks[t("Solved")] = "good"
    elif one.best is not None:
        marks[t("Best: {score}", score=format_rate(one.best, 0))] = "warn"
    elif one.practice_id is not None:
        marks[t("In progress")] = "info"
    else:
        marks[t("Not started")] = "quiet"
    marks[t("about {n} min", n=one.exercise.minutes)] = "quiet"
    marks |= {t("Competency {code}", code=code): "quiet" for code in one.exercise.competencies}
    return marks


# ---- one exercise -----------------------------------------------------------------------------------------------


def draw_exercise(one: Standing) -> None:
    """The brief and what one can do, then the last check, hints and the solution."""
    exercise = one.exercise
    enter_if_opened(exercise)
    room().ready_soon(exercise)
    st.button(t("All exercises"), icon=":material/arrow_back:", type="tertiary", on_click=choose_none, key="all")
    heading(said(exercise.title), icon="exercise")
    chips(marks_of(one))
    left, right = st.columns([5, 4], gap="medium")
    with left:
        with st.container(border=True, key="brief"):
            st.markdown(f"**{t('Your task')}**")
            st.markdown(paragraphs(said(exercise.brief)))
            draw_ways_in(one)
        draw_hints(one)
    with right:
        draw_report(one)
        if one.checks_count:
            draw_solution(exercise.key)


def choose_none() -> None:
    """Back to the list."""
    st.query_params.pop("exercise", None)


def enter_if_opened(exercise: Exercise) -> None:
    """Goes to the desk of the world that the button has just handed out."""
    stay: Stay | None = page.result(f"enter-{exercise.key}")
    if stay is None:
        return
    page.enter_world(stay.practice_id, exercise_named(stay.exercise).title.as_data())
    if stay.notice is not None:
        page.flash(t(NOTICE_LABELS[stay.notice]), "note")
    st.switch_page(page_named("orders").path)


def bring_back(one: Standing) -> None:
    """A world that was revised, or that another server held, is mended before anything is said about it."""
    if one.practice_id is None or page.portal_read(practice.needs_entering, room(), one.practice_id) is not None:
        return
    room().ready(one.exercise)
    stay = page.portal_write(practice.enter_practice, room(), one.practice_id)
    if stay.notice is not None:
        st.info(t(NOTICE_LABELS[stay.notice]), icon=":material/info:")


def draw_ways_in(one: Standing) -> None:
    """Start or continue, check, start over."""
    key = one.exercise.key
    bring_back(one)
    with st.container(horizontal=True, gap="small", key="ways"):
        st.button(
            t("Continue working") if one.practice_id else t("Start the exercise"),
            type="primary" if one.last is None or one.last.score < 1 else "secondary",
            icon=":material/login:",
            key="enter",
            on_click=begin,
            args=(one.exercise,),
        )
        if one.practice_id is None:
            return
        st.button(
            t("Check my work"),
            icon=":material/fact_check:",
            key="check",
            on_click=page.portal_command,
            args=(practice.check_practice, room(), one.practice_id),
            kwargs={"form_key": page.form_key(f"check-{key}")},
        )
        if st.button(t("Begin again"), icon=":material/restart_alt:", type="tertiary", key="reset"):
            ask_reset(one)


def begin(exercise: Exercise) -> None:
    """Hands out the world; what takes long is done before the portal's transaction, which others wait for."""
    room().ready(exercise)
    form_key = page.form_key(f"enter-{exercise.key}")
    page.portal_command(practice.open_practice, room(), exercise.key, form_key=form_key)


def ask_reset(one: Standing) -> None:
    """Asks before everything in the world is thrown away."""

    @st.dialog(t("Begin again?"), icon=":material/warning:")
    def ask() -> None:
        with guard.guarded():
            name = f"reset-{one.exercise.key}"
            if st.session_state.pop("_reset_asked", None) == name:
                st.rerun()
            st.markdown(t("Everything you did in this exercise's world is thrown away. This can't be undone."))
            st.caption(t("Your checks and your best score stay."))
            with st.container(horizontal=True):
                st.button(
                    t("Begin again"), type="primary", key="reset-yes", on_click=reset, args=(name, one.practice_id)
                )
                if st.button(t("Keep my work"), key="reset-no"):
                    st.rerun()

    ask()


def reset(name: str, practice_id: str) -> None:
    """Puts the world back to where the exercise begins."""
    st.session_state["_reset_asked"] = name
    done = t("The exercise starts afresh.")
    page.portal_command(practice.reset_practice, room(), practice_id, form_key=page.form_key(name), done=done)


# ---- the check --------------------------------------------------------------------------------------------------


def draw_report(one: Standing) -> None:
    """The last check: the score, and per check what was found and wanted."""
    report = one.last
    with st.container(border=True, key="report"):
        st.markdown(f"**{t('Your last check')}**")
        if report is None or one.last_at is None:
            st.caption(t("Work on the case, then press “Check my work”. You can check as often as you like."))
            return
        about = t(
            "{at} · check number {n} · best so far {best}",
            at=format_instant(one.last_at),
            n=one.checks_count,
            best=format_rate(one.best or 0.0, 0),
        )
        st.html(score_bar(report.score, about))
        if one.last_is_older:
            st.info(t("This check is from before you began again."), icon=":material/history:")
        if report.score >= 1:
            st.success(t("Solved. Everything is as it should be, and nothing else was touched."))
        draw_findings(report)


# ---- hints and the solution -------------------------------------------------------------------------------------


def draw_hints(one: Standing) -> None:
    """The hints seen so far, and the way to the next."""
    hints, shown = one.exercise.hints, one.hints_shown
    with st.container(border=True, key="hints"):
        st.markdown(f"**{t('Hints')}** · {t('{shown} of {all} shown', shown=shown, all=len(hints))}")
        for number, hint in enumerate(hints[:shown], start=1):
            st.markdown(f"{number}\\. {emphasised(said(hint))}")
        if shown < len(hints):
            st.button(
                t("Show a hint") if not shown else t("Show the next hint"),
                icon=":material/lightbulb:",
                key="hint",
                on_click=page.portal_command,
                args=(practice.reveal_hint, one.exercise.key),
                kwargs={"form_key": page.form_key(f"hint-{one.exercise.key}")},
            )


@guard.fragment()
def draw_solution(key: str) -> None:
    """The guided demonstration, one step at a time."""
    steps_key = f"solution-{key}"
    with st.container(border=True, key="solution"):
        st.markdown(f"**{t('The solution, step by step')}**")
        place = st.session_state.get(steps_key)
        if place is None:
            st.caption(t("Compare it with your own way. Any way that leads to the same result is right."))
            st.button(
                t("Show the solution"), icon=":material/school:", key="solve", on_click=show_step, args=(steps_key, 0)
            )
            return
        steps = page.portal_read(solution_of, room(), key)
        place = min(place, len(steps) - 1)
        st.progress((place + 1) / len(steps), t("Step {n} of {all}", n=place + 1, all=len(steps)))
        draw_step(steps[place])
        with st.container(horizontal=True):
            st.button(
                t("Previous step"),
                disabled=place == 0,
                on_click=show_step,
                args=(steps_key, place - 1),
                key="step-back",
            )
            st.button(
                t("Next step"),
                type="primary",
                disabled=place == len(steps) - 1,
                on_click=show_step,
                args=(steps_key, place + 1),
                key="step-next",
            )
            st.button(t("Close"), type="tertiary", on_click=show_step, args=(steps_key, None), key="step-close")


def show_step(key: str, place: int | None) -> None:
    """Turns to a step, or closes the solution."""
    st.session_state[key] = place


def draw_step(step: Shown) -> None:
    """What is done and why, and how the order stands afterwards."""
    st.markdown(emphasised(said(step.caption)))
    st.caption(f"{t('Order')} {safe(step.number)} · {safe(step.buyer)}")
    marks: dict[str, Tone] = {t(STATUS_LABELS[Status(step.status)]): STATUS_TONES[Status(step.status)]}
    if step.held:
        marks[t("On hold")] = "warn"
    chips(marks)
    if step.facts:
        facts = " · ".join(t(FACT_LABELS[Fact(fact)]) for fact in step.facts)
        st.caption(f":material/history: {safe(facts)}")
    if step.message:
        st.caption(f":material/chat: {safe(step.message)}")


standings = page.portal_read(standings_of)
chosen = st.query_params.get("exercise")
if chosen is None:
    draw_list(standings)
else:
    known = exercise_named(chosen)
    draw_exercise(standings[EXERCISES.index(known)])
