"""How a test is given: its behaviour, its time, its tries, and what is enough."""

from __future__ import annotations

from datetime import timedelta

import streamlit as st

from assessments.test_definitions import LONGEST_MINUTES, MOST_TRIES, MOST_TRIES_PER_ITEM, check_settings
from assessments.test_settings import (
    AT_ONCE,
    BEHAVIOUR_LABELS,
    BEHAVIOURS,
    CERTAINTY,
    COUNTING,
    COUNTING_LABELS,
    DEFERRED,
    IMMEDIATE,
    INTERACTIVE,
    KEYS_SHOWN,
    KEYS_SHOWN_LABELS,
    TRIES_USED,
)
from core.domain.errors import RuleViolation
from core.ui.i18n import t, translate_error
from core.ui.safe import safe
from pages.teach.setup import DEFAULT_MINUTES, DEFAULT_PASS, NOON, Workbench, local


def draw_given(bench: Workbench, now: int) -> None:
    """Everything about how it is given; what can't be is said below its place."""
    _behaviour(bench)
    _time(bench, now)
    _tries(bench)
    _keys(bench)
    _enough(bench)
    try:
        check_settings(bench.settings())
    except RuleViolation as error:
        st.error(safe(translate_error(error)), icon=":material/error:")


def _behaviour(bench: Workbench) -> None:
    settings = bench.base.settings
    meanings = {
        DEFERRED: t("Answers can be changed until the end; what was right, and why, is shown then."),
        IMMEDIATE: t("Each answer is checked when the person asks for it, and then stays as it is."),
        INTERACTIVE: t("A wrong answer gives a hint and may be tried again, for less of the mark."),
        CERTAINTY: t("People say how certain they are; certain and wrong costs marks."),
    }
    with st.container(border=True, key="setup-behaviour"):
        key = bench.set_up("behaviour", settings.behaviour)
        st.radio(
            t("Behaviour"),
            BEHAVIOURS,
            format_func=lambda one: t(BEHAVIOUR_LABELS[one]),
            captions=[meanings[one] for one in BEHAVIOURS],
            key=key,
        )
        if st.session_state[key] == INTERACTIVE:
            tries, penalty = st.columns(2)
            tries.number_input(
                t("Tries per question"), 1, MOST_TRIES_PER_ITEM, step=1,
                key=bench.set_up("tries_per_item", settings.tries_per_item),
            )  # fmt: skip
            penalty.number_input(
                t("Penalty per further try, in % of the mark"), 0.0, 100.0, step=5.0, format="%.1f",
                key=bench.set_up("penalty", round(100 * settings.penalty, 1)),
            )  # fmt: skip


def _time(bench: Workbench, now: int) -> None:
    settings = bench.base.settings
    with st.container(border=True, key="setup-time"):
        limited = bench.set_up("limited", settings.time_limit_minutes is not None)
        st.toggle(t("Time limit"), key=limited)
        if st.session_state[limited]:
            st.number_input(
                t("Minutes"), 1, LONGEST_MINUTES, step=5, width=220,
                key=bench.set_up("minutes", settings.time_limit_minutes or DEFAULT_MINUTES),
            )  # fmt: skip
            st.caption(t("The clock runs on the server from the first question on, also while the page is closed."))
        for name, label, at in (
            ("opens", t("Opens at a certain time"), settings.opens_at),
            ("closes", t("Closes at a certain time"), settings.closes_at),
        ):
            chosen = bench.set_up(name, at is not None)
            st.toggle(label, key=chosen)
            if st.session_state[chosen]:
                day, clock = st.columns(2)
                shown = local(at) if at is not None else local(now) + timedelta(days=1 if name == "opens" else 8)
                first = shown.time() if at is not None else NOON
                day.date_input(t("Day"), key=bench.set_up(f"{name}-day", shown.date()))
                clock.time_input(t("Time"), step=300, key=bench.set_up(f"{name}-clock", first.replace(microsecond=0)))
        opens, closes = bench.settings().opens_at, bench.settings().closes_at
        if opens is not None and closes is not None and closes <= opens:
            st.caption(f":red[{safe(t('The test would close before it opens.'))}]")
        if closes is not None and closes <= now:
            st.caption(f":orange[{safe(t('This time is over: nobody could begin the test.'))}]")


def _tries(bench: Workbench) -> None:
    settings = bench.base.settings
    with st.container(border=True, key="setup-tries"):
        tries, counting = st.columns(2)
        key = bench.set_up("tries", settings.tries)
        tries.number_input(t("How often a phase can be taken"), 1, MOST_TRIES, step=1, key=key)
        if int(st.session_state[key] or 1) > 1:
            counting.selectbox(
                t("Which try counts"), COUNTING, format_func=lambda one: t(COUNTING_LABELS[one]),
                key=bench.set_up("counting", settings.counting),
            )  # fmt: skip
        st.toggle(
            t("Swap the forms for half of each team"),
            key=bench.set_up("swapped", settings.swapped),
            help=t("Half begin with form A, half with form B, so that a harder form cancels out of the gain."),
        )


def _keys(bench: Workbench) -> None:
    with st.container(border=True, key="setup-keys"):
        st.selectbox(
            t("When the answers with their reasons are shown"),
            KEYS_SHOWN,
            format_func=lambda one: t(KEYS_SHOWN_LABELS[one]),
            key=bench.set_up("keys_shown", bench.base.settings.keys_shown),
            help=t("Score and competencies are shown at once. A further try asks the same questions again."),
        )
        if st.session_state[bench.key("behaviour")] in (IMMEDIATE, INTERACTIVE):
            st.caption(
                t("With this behaviour people see what is right while they take the test, whatever is chosen here.")
            )
        elif bench.settings().swapped and st.session_state[bench.key("keys_shown")] in (AT_ONCE, TRIES_USED):
            st.caption(
                t(
                    "With swapped forms, one half's pre-test is the other half's post-test. Where people talk about"
                    " their answers, show them when both tests are taken."
                )
            )


def _enough(bench: Workbench) -> None:
    settings = bench.base.settings
    with st.container(border=True, key="setup-enough"):
        passed = bench.set_up("passed", settings.pass_rate is not None)
        st.toggle(t("Pass mark"), key=passed)
        if st.session_state[passed]:
            shown = round(100 * settings.pass_rate, 1) if settings.pass_rate is not None else float(DEFAULT_PASS)
            st.number_input(
                t("In % of all marks"),
                1.0,
                100.0,
                step=1.0,
                format="%.1f",
                width=220,
                key=bench.set_up("percent", shown),
            )
            st.caption(t("Judges can find it question by question: see Pass mark."))
