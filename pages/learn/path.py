"""The path: pre-test, exercises, post-test, gain; what is done, and the one thing to do next."""

from __future__ import annotations

import streamlit as st

from assessments.attempts import POST, PRE, questions_count
from assessments.exercises import exercise_named
from assessments.results import AttemptState, ExerciseState, Standing, own_standing
from assessments.test_definitions import definition_of
from core.context import Context
from core.ui import page
from core.ui.cards import Tone, chip, heading
from core.ui.i18n import format_instant, format_number, format_rate, t
from core.ui.safe import safe
from core.ui.site import page_named
from pages.learn import said
from pages.teach import choose_test

DONE, NOW, LATER = "done", "now", "later"
STATES: dict[str, tuple[Tone, str]] = {
    DONE: ("good", "check_circle"),
    NOW: ("info", "play_circle"),
    LATER: ("quiet", "lock_clock"),
}


def state_name(state: str) -> str:
    """What a state is called."""
    return {DONE: t("Done"), NOW: t("Next"), LATER: t("Later")}[state]


def leg(number: int, title: str, state: str, key: str) -> st.delta_generator.DeltaGenerator:
    """One leg of the path: its card with number, title and state."""
    card = st.container(border=True, key=f"leg-{state}-{key}", gap="small")
    tone, icon = STATES[state]
    with card, st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        st.markdown(f"#### {number} · {safe(title)}", width="content")
        chip(state_name(state), tone, icon)
    return card


def go(label: str, target: str, **params: str) -> None:
    """The one primary button of the page."""
    if st.button(label, key="go-on", type="primary", icon=":material/arrow_forward:"):
        st.switch_page(page_named(target).path, query_params=params or None)


def result_link(attempt: AttemptState) -> None:
    """What a finished test came to, with the way to its reasons."""
    assert attempt.score is not None and attempt.finished_at is not None
    when = t("finished {at}", at=format_instant(attempt.finished_at))
    st.markdown(f"**{safe(format_rate(attempt.score, 0))}** :gray[· {safe(when)}]")
    st.page_link(
        page_named("result").path,
        label=t("See the result"),
        icon=":material/insights:",
        query_params={"attempt": str(attempt.attempt_id)},
    )


def draw_test(number: int, test: str, phase: str, attempt: AttemptState | None, state: str) -> None:
    """A test as a leg of the path."""
    pre = phase == PRE
    with leg(number, t("Pre-test") if pre else t("Post-test"), state, phase):
        if attempt is not None and attempt.finished:
            result_link(attempt)
            return
        count = page.portal_read(questions_in_test, test)
        if pre:
            st.caption(
                t("{count} questions that show where you stand. Nobody expects you to know it all.", count=count)
            )
        else:
            st.caption(t("{count} other questions of the same kind, to see what you have gained.", count=count))
        if state == NOW:
            begun = attempt is not None
            if pre:
                go(t("Go on with the pre-test") if begun else t("Take the pre-test"), "tests", test=test, phase=PRE)
            else:
                go(t("Go on with the post-test") if begun else t("Take the post-test"), "tests", test=test, phase=POST)


def draw_exercises(number: int, exercises: tuple[ExerciseState, ...], state: str) -> None:
    """The exercises as a leg of the path."""
    with leg(number, t("Exercises"), state, "exercises"):
        st.caption(
            t("Cases to work on in a practice world of your own. Check each at least once; try as often as you like.")
        )
        for exercise in exercises:
            with st.container(
                horizontal=True, vertical_alignment="center", gap="small", key=f"exercise-{exercise.name}"
            ):
                done = exercise.best_score is not None
                icon = "check_circle" if done else "radio_button_unchecked"
                st.markdown(f":material/{icon}: {safe(said(exercise_named(exercise.name).title))}", width="stretch")
                if exercise.best_score is not None:
                    best = t("best {rate}", rate=format_rate(exercise.best_score, 0))
                    chip(best, "good" if exercise.best_score >= 1 else "warn")
        if state == NOW:
            go(t("Go to the exercises"), "practice")
        elif state == DONE:
            st.page_link(page_named("practice").path, label=t("Practise again"), icon=":material/fitness_center:")


def draw_gain(number: int, standing: Standing) -> None:
    """What it all brought."""
    gain = standing.gain
    with leg(number, t("Gain"), DONE if gain else LATER, "gain"):
        if gain is None:
            st.caption(t("The difference between the two tests is shown here once both are done."))
            return
        points = ("+" if gain.absolute > 0 else "") + format_number(100 * gain.absolute, 1)
        st.markdown(
            f"### {safe(format_rate(gain.pre, 0))} → {safe(format_rate(gain.post, 0))} "
            f":gray[{safe(t('{n} percentage points', n=points))}]"
        )
        if gain.normalised is not None:
            st.caption(
                safe(
                    t(
                        "{rate} of what was left to gain (post-test less pre-test, divided by 100% less pre-test).",
                        rate=format_rate(gain.normalised, 0),
                    )
                )
            )


def questions_in_test(ctx: Context, test: str) -> int:
    """How many questions a form of a test holds as it is given now."""
    return questions_count(ctx, definition_of(ctx, test))


def states_of(standing: Standing) -> tuple[str, str, str]:
    """The states of pre-test, exercises and post-test; at most one of them is next."""
    pre = standing.pre is not None and standing.pre.finished
    practised = standing.exercises_done == len(standing.exercises)
    post = standing.post is not None and standing.post.finished
    return (
        DONE if pre else NOW,
        DONE if practised else NOW if pre else LATER,
        DONE if post else NOW if pre and practised else LATER,
    )


heading(t("Your path"), t("Before, practice, after: what you know now, and what it brought."), "route")
test = choose_test("path-test")
standing = page.portal_read(own_standing, test)
pre_state, exercise_state, post_state = states_of(standing)
draw_test(1, test, PRE, standing.pre, pre_state)
if standing.exercises:
    draw_exercises(2, standing.exercises, exercise_state)
draw_test(3 if standing.exercises else 2, test, POST, standing.post, post_state)
draw_gain(4 if standing.exercises else 3, standing)
