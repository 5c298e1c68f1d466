"""Who has done what: everybody's pre-test, exercises, post-test and gain."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import partial

import streamlit as st

from assessments.results import Mean, Overview, Standing, means_of, overview_of
from core.domain.rights import POSITION_LABELS, Position
from core.ui import page
from core.ui.cards import card_row, heading, metric_card, section
from core.ui.empty import empty
from core.ui.i18n import format_int, format_number, format_rate, t
from core.ui.pager import Pager, to_first
from core.ui.site import page_named
from core.ui.tables import Column, table
from pages.teach import choose_test

PER_PAGE = 100
NO_TEAM = "-"  # in the address: whoever is in none
TRAINERS = "trainer"
NOT_BEGUN, IN_PRE, PRE_DONE, IN_POST, BOTH_DONE = "none", "pre", "pre_done", "post", "both"
BY_TEAM, BY_STAGE, BY_POST, BY_GAIN = "", "stage", "post", "gain"
ORDER_LABELS: Mapping[str, str] = {
    BY_TEAM: "Team and name",
    BY_STAGE: "Least far first",
    BY_POST: "Weakest post-test first",
    BY_GAIN: "Smallest gain first",
}
STAGE_LABELS: Mapping[str, str] = {
    NOT_BEGUN: "Not begun",
    IN_PRE: "In the pre-test",
    PRE_DONE: "Pre-test done",
    IN_POST: "In the post-test",
    BOTH_DONE: "Both tests done",
}


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the list is narrowed to, as the address says it; empty where it isn't."""

    words: str = ""
    team: str = ""
    position: str = ""
    stage: str = ""


# ---- whom -----------------------------------------------------------------------------------------------------


def stage_of(standing: Standing) -> str:
    """How far a person has come with the test."""
    if standing.post is not None:
        return BOTH_DONE if standing.post.finished else IN_POST
    if standing.pre is not None:
        return PRE_DONE if standing.pre.finished else IN_PRE
    return NOT_BEGUN


def wanted_now() -> Wanted:
    """What the address narrows the list to."""
    query = st.query_params
    return Wanted(query.get("q", ""), query.get("team", ""), query.get("position", ""), query.get("stage", ""))


def fits(standing: Standing, wanted: Wanted) -> bool:
    """Whether a person belongs into the narrowed list."""
    words = wanted.words.casefold().split()
    return (
        all(word in f"{standing.name} {standing.team}".casefold() for word in words)
        and wanted.team in ("", standing.team or NO_TEAM)
        and wanted.position in ("", standing.position or TRAINERS)
        and wanted.stage in ("", stage_of(standing))
    )


def in_order(standings: Iterable[Standing], order: str) -> tuple[Standing, ...]:
    """People in the order in which they are wanted; whoever has no such figure comes last."""
    stages = list(STAGE_LABELS)

    def rank(one: Standing) -> float:
        if order == BY_STAGE:
            return stages.index(stage_of(one))
        if order == BY_POST:
            return 2.0 if one.post is None or one.post.score is None else one.post.score
        if order == BY_GAIN:
            return 2.0 if one.gain is None else one.gain.absolute
        return 0.0

    return tuple(sorted(standings, key=rank))


def take(name: str) -> None:
    """Writes what a widget of the filter says into the address."""
    value = st.session_state[f"progress-{name}"]
    to_first("progress")
    if value:
        st.query_params[name] = value
    else:
        st.query_params.pop(name, None)


def show_all() -> None:
    """Takes the filter back."""
    to_first("progress")
    for name in ("q", "team", "position", "stage"):
        st.query_params.pop(name, None)


def choice_name(names: Mapping[str, str], code: str) -> str:
    """What a choice of the filter is called."""
    return names.get(code, code) if code else t("All")


def draw_filter(standings: tuple[Standing, ...], wanted: Wanted) -> None:
    """The widgets that narrow the list."""
    state = st.session_state
    teams = {one.team or NO_TEAM: one.team or t("Without a team") for one in standings}
    positions = {one.position or TRAINERS: position_words(one) for one in standings}
    choices = (
        ("team", t("Team"), dict(sorted(teams.items())), wanted.team, 165),
        ("position", t("Position"), positions, wanted.position, 165),
        ("stage", t("How far"), {code: t(label) for code, label in STAGE_LABELS.items()}, wanted.stage, 150),
    )
    with st.container(key="progress-filter", horizontal=True, vertical_alignment="bottom", gap="small"):
        state["progress-q"] = wanted.words
        st.text_input(
            t("Search"),
            key="progress-q",
            icon=":material/search:",
            placeholder=t("Name or team"),
            max_chars=100,
            on_change=take,
            args=("q",),
            width=220,
        )
        for name, label, names, value, width in choices:
            state[f"progress-{name}"] = value if value in names else ""
            st.selectbox(
                label,
                ["", *names],
                format_func=partial(choice_name, names),
                key=f"progress-{name}",
                on_change=take,
                args=(name,),
                width=width,
            )
        order = st.query_params.get("order", BY_TEAM)
        state["progress-order"] = order if order in ORDER_LABELS else BY_TEAM
        st.selectbox(
            t("Sorted by"),
            list(ORDER_LABELS),
            format_func=lambda code: t(ORDER_LABELS[code]),
            key="progress-order",
            on_change=take,
            args=("order",),
            width=200,
        )
        if wanted != Wanted():
            st.button(t("Show all"), key="progress-all", icon=":material/filter_alt_off:", on_click=show_all)


# ---- figures --------------------------------------------------------------------------------------------------


def rated(mean: Mean, *, points: bool = False) -> str:
    """A mean as its card shows it; a dash where nobody has finished."""
    if mean.value is None:
        return "–"
    if points:
        return t("{n} pp", n=("+" if mean.value > 0 else "") + format_number(100 * mean.value, 1))
    return format_rate(mean.value, 0)


def draw_means(overview: Overview) -> None:
    """The means, each with the number it rests on."""
    of_pre = t("Mean score of those who have finished it: n = {n}.", n=overview.pre.n)
    of_post = t("Mean score of those who have finished it: n = {n}.", n=overview.post.n)
    of_gain = t("Post-test less pre-test of the same person, in percentage points: n = {n}.", n=overview.gain.n)
    of_normalised = t("Share of what each person could still gain: n = {n}.", n=overview.normalised_gain.n)
    cards = (
        ("pre", t("Pre-test, mean"), rated(overview.pre), of_pre),
        ("post", t("Post-test, mean"), rated(overview.post), of_post),
        ("gain", t("Gain, mean"), rated(overview.gain, points=True), of_gain),
        ("normalised", t("Normalised gain, mean"), rated(overview.normalised_gain), of_normalised),
    )
    for place, (key, label, value, definition) in zip(card_row(4), cards, strict=True):
        with place:
            metric_card(label, value, definition=definition, key=key)
    if 0 < overview.gain.n < 10:
        st.caption(t("Fewer than ten people: too few to say more than how these did."))


# ---- people ---------------------------------------------------------------------------------------------------


def position_words(standing: Standing) -> str:
    """What a person works as."""
    return t(POSITION_LABELS[Position(standing.position)]) if standing.position else t("Trainer")


def standing_best(standing: Standing) -> str:
    """The best scores of the exercises, in their order; nothing where none was checked."""
    if not standing.exercises_done:
        return "–"
    return " · ".join("–" if one.best_score is None else format_rate(one.best_score, 0) for one in standing.exercises)


def row_of(standing: Standing) -> dict[str, object]:
    """One person's line."""
    gain = standing.gain
    return {
        "id": standing.person_id,
        "name": standing.name,
        "position": position_words(standing),
        "team": standing.team,
        "stage": t(STAGE_LABELS[stage_of(standing)]),
        "pre": None if standing.pre is None else standing.pre.score,
        "post": None if standing.post is None else standing.post.score,
        "gain": None if gain is None else gain.absolute,
        "normalised": None if gain is None else gain.normalised,
        "exercises": t("{n} of {count}", n=standing.exercises_done, count=len(standing.exercises)),
        "best": standing_best(standing),
    }


def draw_people(standings: tuple[Standing, ...], test: str) -> None:
    """A page of people; a click opens one's attempts."""
    columns = [  # what is asked for first stands first: a phone shows four of them
        Column("name", t("Name"), width=120, pinned=True),
        Column("stage", t("How far"), width=125),
        Column("pre", t("Pre-test"), "rate", width=75, digits=0),
        Column("post", t("Post-test"), "rate", width=80, digits=0),
        Column("gain", t("Gain"), "points", width=65, help=t("Post-test less pre-test, in percentage points")),
        Column(
            "normalised",
            t("Normalised gain"),
            "rate",
            width=120,
            digits=0,
            help=t("Gain as a share of what was left to gain"),
        ),
        Column("team", t("Team"), width=135),
        Column("position", t("Position"), width=174),
    ]
    if any(one.exercises for one in standings):
        columns += [
            Column("exercises", t("Exercises"), width=80, help=t("Checked at least once")),
            Column("best", t("Best checks"), width=140, help=t("Best score of each exercise, in their order")),
        ]
    pager = Pager("progress", len(standings), PER_PAGE)
    rows = [row_of(one) for one in pager.part(standings)]
    chosen = table(
        rows, columns, key=f"everybody-{pager.number}", id_key="id", height=560 if len(rows) > 14 else "content"
    )
    pager.draw()
    if chosen is not None:
        st.switch_page(page_named("attempts").path, query_params={"person": str(chosen), "test": test})


def draw_everybody(overview: Overview, test: str) -> None:
    """Filter, figures and list, all of the same people."""
    everybody, wanted = overview.standings, wanted_now()
    draw_filter(everybody, wanted)
    chosen = tuple(one for one in everybody if fits(one, wanted))
    if not chosen:
        empty(
            t("Nobody fits"),
            t("Take a part of the filter back."),
            key="progress-nobody",
            icon="search_off",
            go_label=t("Show all"),
            on_go=show_all,
        )
        return
    draw_means(means_of(chosen))
    n, count = format_int(len(chosen)), format_int(len(everybody))
    section(
        t("People"), t("{n} of {count} people. Click a person to read their attempts step by step.", n=n, count=count)
    )
    draw_people(in_order(chosen, st.query_params.get("order", BY_TEAM)), test)


heading(t("Progress"), t("Who has done what, and what it brought"), "groups")
test = choose_test("progress-test")
overview = page.portal_read(overview_of, test)
if overview.standings:
    draw_everybody(overview, test)
else:
    empty(
        t("Nobody to train yet"),
        t("Employees appear here as soon as an administrator has let them in."),
        key="progress",
        icon="groups",
    )
