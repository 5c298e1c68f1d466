"""How a test is given, as whoever is about to begin it reads it."""

from __future__ import annotations

import streamlit as st

from assessments.test_settings import (
    BOTH_TAKEN,
    CERTAINTY,
    CLOSED,
    COUNTING_LABELS,
    IMMEDIATE,
    INTERACTIVE,
    TRIES_USED,
    Settings,
)
from assessments.tries import (
    Entry,
)
from core.ui.i18n import format_instant, format_number, format_rate, t
from core.ui.safe import safe


def behaviour_line(settings: Settings) -> tuple[str, str]:
    """How the test answers to answers, with its icon."""
    if settings.behaviour == IMMEDIATE:
        return "fact_check", t("You can check each answer once: you then see what is right, and why")
    if settings.behaviour == INTERACTIVE:
        line = t(
            "You can check each question up to {n} times: a wrong answer gives a hint, a further try costs {rate}"
            " of its mark",
            n=settings.tries_per_item,
            rate=format_rate(settings.penalty, 0),
        )
        return "lightbulb", line
    if settings.behaviour == CERTAINTY:
        line = t(
            "You say how sure you are of each answer: not sure +1 / 0, fairly sure +2 / −2, quite sure +3 / −6 marks"
            " if right / wrong; +3 is the whole mark of a question, and a test is never worth less than nothing"
        )
        return "balance", line
    later = {
        TRIES_USED: t("You see your score at once; what was right, and why, when you take no further try"),
        BOTH_TAKEN: t("You see your score at once; what was right, and why, when pre-test and post-test are taken"),
        CLOSED: t("You see your score at once; what was right, and why, when the test is closed"),
    }
    at_once = t("You see what was right, and why, after you have finished")
    if settings.keys_shown == TRIES_USED and settings.tries == 1:
        return "visibility_off", at_once
    return "visibility_off", later.get(settings.keys_shown, at_once)


def draw_terms(entry: Entry, count: int) -> None:
    """How the test is given, as its settings have it."""
    settings, limit = entry.settings, entry.limit_seconds
    lines = [("format_list_numbered", t("{count} questions, one at a time, in any order you like", count=count))]
    if limit is None:
        lines.append(("hourglass_disabled", t("No time limit")))
        saved = t("Every answer is saved at once; you can go on later, also on another device")
    else:
        minutes = format_number(limit // 60, 0)
        lines.append(("timer", t("{n} minutes from the moment you begin, also while the page is closed", n=minutes)))
        saved = t("Every answer is saved at once; if something breaks, go on where you were, also on another device")
        if settings.time_limit_minutes is not None and limit > 60 * settings.time_limit_minutes:
            lines.append(("more_time", t("That includes the extra time granted to you")))
    lines.append(("cloud_done", saved))
    lines.append(behaviour_line(settings))
    if settings.closes_at is not None:
        lines.append(
            ("event_busy", t("Open until {at}; then it closes, finished or not", at=wall_time(settings.closes_at)))
        )
    if settings.tries > 1:
        lines.append(("replay", t("You can take it {n} times", n=settings.tries)))
        lines.append(("counter_1", t(COUNTING_LABELS[settings.counting])))
    if settings.pass_rate is not None:
        lines.append(("verified", t("{rate} of the marks are needed to pass", rate=format_rate(settings.pass_rate, 0))))
    st.markdown("\n\n".join(f":material/{icon}: {safe(line)}" for icon, line in lines))


def wall_time(at: int) -> str:
    """A day and time as the clock on the reader's wall shows it."""
    return format_instant(at, st.context.timezone or "Asia/Shanghai")
