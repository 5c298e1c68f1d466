"""What training brought: gains of people, teams, positions and competencies, freed from how hard the forms are."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import streamlit as st

from assessments.effect import Effect, GroupGain, effect_of
from assessments.form_conversion import conversion_of
from assessments.forms import TESTS, blueprint_of
from assessments.statistics.sizes import SMALL
from assessments.test_statistics import finished_tests, newest_of, roll_of
from core.context import Context
from core.ui import page
from core.ui.cards import card_row, heading, metric_card, section
from core.ui.charts import CONFIG, Chart, drawable
from core.ui.empty import empty
from core.ui.gain_charts import LINES_AT_MOST, dumbbells, gain_intervals, ways
from core.ui.i18n import language, t
from core.ui.kept_figures import kept
from core.ui.kpi import is_dark
from core.ui.noted_files import noted
from core.ui.safe import safe
from core.ui.site import page_named
from core.ui.tables import Column, table
from pages.teach import choose_test
from pages.teach.effect_words import (
    COMPETENCIES,
    GROUPING_LABELS,
    TEAMS,
    correction_words,
    effect_facts,
    effect_file,
    group_point,
    group_row,
    groups_of,
    person_row,
    remark_on,
    tone_names,
    tone_of,
)
from pages.teach.quality import fact_lines

CARDS = ("mean", "d_z", "hake_class", "reliable")
ROWS = "rows"


def title_of(test: str) -> str:
    """What a test is called."""
    return blueprint_of(test).title.in_language(language())


def effect_now(test: str) -> Effect:
    """The effect; worked out anew only when something was marked since."""
    key = (test, roll, page.portal_read(newest_of, test))
    return kept("effect", key, partial(page.portal_read, effect_of, test))


def workbook(ctx: Context, test: str, title: str) -> bytes:
    """The effect as a file, worked out when it is asked for."""
    return effect_file(effect_of(ctx, test), title)


def plot(chart: Chart, key: str, alt: str) -> None:
    """A figure that only shows."""
    st.plotly_chart(drawable(chart), theme=None, config=dict(CONFIG), key=key, alt=alt)


def open_rows() -> None:
    """Shows the people behind a figure."""
    st.query_params[ROWS] = "people"


def close_rows() -> None:
    """Hides them again."""
    st.query_params.pop(ROWS, None)


# ---- drawing --------------------------------------------------------------------------------------------------


def draw_cards(effect: Effect, whole: GroupGain) -> None:
    """The figures of everybody together, each with what it means."""
    facts = {fact.key: fact for fact in effect_facts(effect, whole)}
    for place, fact in zip(card_row(len(CARDS)), [facts.pop(key) for key in CARDS], strict=True):
        with place:
            sure = fact.key == "mean" and not whole.freed.too_few and whole.freed.interval is not None
            metric_card(
                fact.name,
                fact.value,
                definition=fact.meaning,
                key=f"effect-{fact.key}",
                tone="good" if sure and whole.freed.interval and whole.freed.interval.low > 0 else "plain",
                on_rows=open_rows,
            )
    with st.expander(t("More figures"), icon=":material/functions:"):
        st.markdown(fact_lines(list(facts.values())))


def draw_notes(effect: Effect, whole: GroupGain) -> None:
    """What has to be known to read the figures."""
    if remark := remark_on(whole.freed):
        words = t("{n} people have taken both tests: {remark}.", n=whole.freed.n, remark=remark)
        st.warning(safe(words), icon=":material/groups:")
    st.caption(f":material/balance: {safe(correction_words(effect))}")
    untrained = t(
        "A gain says that people know more than before, not that the training did it: nobody here went without."
    )
    st.caption(f":material/group_off: {safe(untrained)}")
    if effect.only_pre or effect.only_post:
        left_out = t(
            "In no figure, with one test only: pre-test {pre}, post-test {post}.",
            pre=effect.only_pre,
            post=effect.only_post,
        )
        st.caption(f":material/info: {safe(left_out)}")
    if effect.waiting:
        waits = t("In no figure, since an answer waits for a mark by hand: {n}.", n=effect.waiting)
        st.caption(f":material/info: {safe(waits)}")


def draw_people(effect: Effect) -> None:
    """Everybody's line."""
    section(t("People"), t("Click a person to read their attempts step by step."))
    if st.query_params.get(ROWS) == "people":
        st.button(t("Close the list"), on_click=close_rows, icon=":material/close:", key="close-effect-people")
    columns = [
        Column("name", t("Name"), width=115, pinned=True),
        Column("team", t("Team"), width=135),
        Column("order", t("Forms"), width=65, help=t("In which order they took the two forms")),
        *gain_columns(),
        Column(
            "hake",
            t("Normalised gain"),
            "rate",
            width=115,
            digits=0,
            help=t("Gain as a share of what was left to gain"),
        ),
        Column(
            "change",
            t("Change index"),
            "number",
            width=105,
            digits=2,
            help=t("In errors of a difference; chance alone goes beyond ±1.96 in one person of twenty"),
        ),
        Column("verdict", t("Verdict"), width=140),
    ]
    rows = [person_row(one) for one in sorted(effect.people, key=lambda one: (-one.freed, one.name))]
    chosen = table(rows, columns, key="effect-people", id_key="id", height=380 if len(rows) > 10 else "content")
    if chosen is not None:
        st.switch_page(page_named("attempts").path, query_params={"person": str(chosen), "test": effect.test})


def gain_columns() -> list[Column]:
    """Where somebody stood and stands, and what was gained: of people and of groups alike."""
    measured = t("As measured, in percentage points")
    freed = t("Without what an easier or a harder form adds or takes, in percentage points")
    return [
        Column("pre", t("Pre-test"), "rate", width=75, digits=1),
        Column("post", t("Post-test"), "rate", width=80, digits=1),
        Column("gain", t("Measured gain"), "points", width=115, help=measured),
        Column("freed", t("Corrected gain"), "points", width=115, help=freed),
    ]


def group_columns(first: str, rows: list[dict[str, object]]) -> list[Column]:
    """The columns of a table of groups; `first` is what they are. Small groups are said to be small before all else."""
    wide = max([150, *(14 + round(7.2 * len(str(row["name"]))) for row in rows)]) if language() == "en" else 170
    remark = [Column("remark", t("Remark"), width=110)] if any(row["remark"] for row in rows) else []
    return [
        Column("name", first, width=min(wide, 245), pinned=True),
        Column("n", t("People"), "number", width=70, digits=0),
        *remark,
        *gain_columns(),
        Column("interval", t("95% interval"), width=130, help=t("Of the corrected gain, in percentage points")),
        Column("d_z", "d_z", "number", width=60, digits=2, help=t("Mean gain in standard deviations of the gains")),
        Column(
            "hake",
            t("Normalised gain"),
            "number",
            width=115,
            digits=2,
            help=t("Gain of the mean as a share of what was left to gain"),
        ),
    ]


def draw_groups(effect: Effect) -> None:
    """Groups of one kind: where they stood and stand, what they gained with how sure it is, and the figures."""
    section(
        t("By group"), t("A gain whose interval crosses 0 may be chance; hollow points rest on fewer than ten people.")
    )
    st.session_state.setdefault("effect-grouping", TEAMS)
    labels = {name: t(label) for name, label in GROUPING_LABELS.items()}
    grouping = st.segmented_control(
        t("Grouped by"),
        list(labels),
        format_func=labels.__getitem__,
        key="effect-grouping",
        required=True,
        label_visibility="collapsed",
    )
    grouping = str(grouping or TEAMS)
    groups = groups_of(effect, grouping)
    drawn = [group_point(group, grouping) for group in groups]
    left, right = st.columns(2, gap="medium")
    with left, st.container(border=True, key="panel-effect-dumbbells"):
        st.caption(t("Where they stood, and where they stand without the forms' part"))
        plot(dumbbells(drawn, dark=is_dark()), f"effect-dumbbells-{grouping}", t("Pre-test and post-test by group"))
    with right, st.container(border=True, key="panel-effect-intervals"):
        st.caption(t("Gain without the forms' part, with its 95% interval"))
        plot(gain_intervals(drawn, dark=is_dark()), f"effect-intervals-{grouping}", t("Gains by group"))
    rows = [group_row(group, grouping) for group in groups]
    table(rows, group_columns(t("Group"), rows), key=f"effect-groups-{grouping}", height="content")


def draw_tests() -> None:
    """All tests side by side, each with the people who have taken it before and after."""
    effects = [(test, effect_now(test).whole) for test in TESTS]
    taken = [(test, whole) for test, whole in effects if whole is not None]
    if len(taken) < 2:
        return
    section(t("Test by test"), t("Each with the people who have taken it before and after."))
    drawn = [replace(group_point(whole, TEAMS), name=title_of(test)) for test, whole in taken]
    with st.container(border=True, key="panel-effect-tests"):
        plot(gain_intervals(drawn, dark=is_dark()), "effect-tests", t("Gains by test"))
    rows = [{**group_row(whole, TEAMS), "name": title_of(test)} for test, whole in taken]
    table(rows, group_columns(t("Test"), rows), key="effect-test-rows", height="content")


def draw_conversion(test: str) -> None:
    """What a score on one form is worth on the other."""
    key = (test, page.portal_read(newest_of, test))
    conversion = kept("effect-conversion", key, partial(page.portal_read, conversion_of, test))
    with st.expander(t("What a score on form B is worth on form A"), icon=":material/swap_horiz:"):
        if conversion is None:
            st.caption(t("Told once {n} people have taken either form as pre-test.", n=SMALL))
            return
        words = t(
            "Told from {a} people who took form A as pre-test and {b} who took form B (Kolen and Brennan 2004, random"
            " groups). In percent of the marks.",
            a=conversion.a_count,
            b=conversion.b_count,
        )
        st.caption(safe(words))
        columns = [
            Column("score", t("Score on form B"), "number", digits=0),
            Column("mean", t("By the means"), "number", digits=1, help=t("Moved by the difference of the means")),
            Column(
                "line", t("By a line"), "number", digits=1, help=t("Equally many standard deviations from the mean")
            ),
            Column("rank", t("By rank"), "number", digits=1, help=t("The same share of people stays below")),
        ]
        rows = [
            {
                "score": one.score,
                "mean": one.by_mean,
                "line": one.by_line,
                "rank": one.by_rank,
            }
            for one in conversion.rows
        ]
        table(rows, columns, key="effect-conversion", height=380)


def people_words(count: int) -> str:
    """How the figure of the people is read."""
    if count <= LINES_AT_MOST:
        return t("One line per person, as measured.")
    return t("One point per person; above the dotted line, they gained.")


def draw_effect(test: str, effect: Effect, whole: GroupGain) -> None:
    """Everything about one test's training."""
    title = title_of(test)
    st.download_button(
        t("Report as workbook"),
        data=noted(page.reading(workbook, test, title, portal=True), "gains", test),
        file_name=f"orderly-effect-{test}.xlsx",
        mime="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        icon=":material/download:",
        on_click="ignore",
        key="effect-workbook",
    )
    draw_notes(effect, whole)
    draw_cards(effect, whole)
    if st.query_params.get(ROWS) == "people":
        draw_people(effect)
    left, right = st.columns(2, gap="medium")
    with left, st.container(border=True, key="panel-effect-slopes"):
        section(t("From pre-test to post-test"), people_words(len(effect.people)))
        people = [(one.name, one.pre, one.post, tone_of(one)) for one in effect.people]
        plot(
            ways(people, tone_names(), dark=is_dark()),
            "effect-slopes",
            t("Everybody's way from pre-test to post-test"),
        )
    with right, st.container(border=True, key="panel-effect-competencies"):
        section(t("By competency"), t("Gain in percentage points with its 95% interval."))
        drawn = [group_point(group, COMPETENCIES) for group in effect.competencies]
        plot(gain_intervals(drawn, dark=is_dark(), beside=True), "effect-competencies", t("Gains by competency"))
    draw_groups(effect)
    draw_tests()
    draw_conversion(test)
    if st.query_params.get(ROWS) != "people":
        draw_people(effect)


heading(t("Effect of training"), t("What people gained between two tests, and how sure that is"), "trending_up")
roll = page.portal_read(roll_of)
chosen_test = choose_test("effect-test", next(iter(page.portal_read(finished_tests)), TESTS[0]))
found = effect_now(chosen_test)
if found.whole is None:
    empty(
        t("Nobody has taken both tests yet"),
        t("The effect is told from people who have finished the pre-test and the post-test."),
        key="effect",
        icon="trending_up",
        go_label=t("See the progress"),
        go_page="people_progress",
    )
else:
    draw_effect(chosen_test, found, found.whole)
