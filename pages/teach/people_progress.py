"""Who has done what: everybody's pre-test, exercises, post-test and gain."""

from __future__ import annotations

import streamlit as st

from assessments.results import AttemptState, Mean, Standing, overview_of
from core.domain.rights import POSITION_LABELS, Position
from core.ui import page
from core.ui.cards import card_row, heading, metric_card, section
from core.ui.empty import empty
from core.ui.i18n import format_number, format_rate, t
from core.ui.site import page_named
from core.ui.tables import Column, table
from pages.teach import choose_test


def test_state(attempt: AttemptState | None) -> str:
    """Where a person stands with one test, in a word or its score."""
    if attempt is None:
        return t("not begun")
    return format_rate(attempt.score, 0) if attempt.score is not None else t("under way")


def rated(mean: Mean, *, points: bool = False) -> str:
    """A mean as its card shows it; a dash where nobody has finished."""
    if mean.value is None:
        return "–"
    if points:
        return t("{n} pp", n=("+" if mean.value > 0 else "") + format_number(100 * mean.value, 1))
    return format_rate(mean.value, 0)


def draw_means() -> None:
    """The means, each with the number it rests on."""
    cards = (
        (
            "pre",
            t("Pre-test, mean"),
            rated(overview.pre),
            t("Mean score of those who have finished it: n = {n}.", n=overview.pre.n),
        ),
        (
            "post",
            t("Post-test, mean"),
            rated(overview.post),
            t("Mean score of those who have finished it: n = {n}.", n=overview.post.n),
        ),
        (
            "gain",
            t("Gain, mean"),
            rated(overview.gain, points=True),
            t("Post-test less pre-test of the same person, in percentage points: n = {n}.", n=overview.gain.n),
        ),
        (
            "normalised",
            t("Normalised gain, mean"),
            rated(overview.normalised_gain),
            t("Share of what each person could still gain: n = {n}.", n=overview.normalised_gain.n),
        ),
    )
    for place, (key, label, value, definition) in zip(card_row(4), cards, strict=True):
        with place:
            metric_card(label, value, definition=definition, key=key)
    if 0 < overview.gain.n < 10:
        st.caption(t("Fewer than ten people: too few to say more than how these did."))


def row_of(standing: Standing) -> dict[str, object]:
    """One person's line."""
    gain = standing.gain
    return {
        "id": standing.person_id,
        "name": standing.name,
        "position": t(POSITION_LABELS[Position(standing.position)]) if standing.position else t("Trainer"),
        "team": standing.team,
        "pre": test_state(standing.pre),
        "exercises": t("{n} of {count}", n=standing.exercises_done, count=len(standing.exercises)),
        "best": standing_best(standing),
        "post": test_state(standing.post),
        "gain": "–" if gain is None else rated(Mean(gain.absolute, 1), points=True),
        "normalised": "–" if gain is None or gain.normalised is None else format_rate(gain.normalised, 0),
    }


def standing_best(standing: Standing) -> str:
    """The best scores of the exercises, in their order."""
    return " · ".join("–" if one.best_score is None else format_rate(one.best_score, 0) for one in standing.exercises)


heading(t("Progress"), t("Who has done what, and what it brought"), "groups")
test = choose_test("progress-test")
overview = page.portal_read(overview_of, test)
if not overview.standings:
    empty(
        t("Nobody to train yet"),
        t("Employees appear here as soon as an administrator has let them in."),
        key="progress",
        icon="groups",
    )
else:
    draw_means()
    section(t("Everybody"), t("Click a person to read their attempts step by step."))
    columns = [
        Column("name", t("Name"), pinned=True),
        Column("position", t("Position")),
        Column("team", t("Team")),
        Column("pre", t("Pre-test")),
        Column("exercises", t("Exercises"), help=t("Checked at least once")),
        Column("best", t("Best checks"), help=t("Best score of each exercise, in their order")),
        Column("post", t("Post-test")),
        Column("gain", t("Gain"), help=t("Post-test less pre-test, in percentage points")),
        Column("normalised", t("Normalised gain"), help=t("Gain as a share of what was left to gain")),
    ]
    chosen = table([row_of(one) for one in overview.standings], columns, key="everybody", id_key="id", height="content")
    if chosen is not None:
        st.switch_page(page_named("attempts").path, query_params={"person": str(chosen), "test": test})
