"""Whether a test itself is good: its figures with their definitions, its items on a map, and what to do about each."""

from __future__ import annotations

from functools import partial

import streamlit as st

from assessments.forms import TESTS, blueprint_of
from assessments.statistics.form_report import FormReport, ItemReport, form_report
from assessments.statistics.response_model import information_curve
from assessments.statistics.sizes import is_small
from assessments.test_definitions import definition_of
from assessments.test_statistics import (
    TakenForm,
    answers_to,
    finished_tests,
    forms_taken,
    newest_of,
    roll_of,
    scores_behind,
)
from assessments.tries import PHASE_LABELS
from assessments.xapi import statements_of
from core.context import Context
from core.domain.errors import NotFound
from core.ui import page
from core.ui.cards import Tone, card_row, heading, metric_card, section
from core.ui.charts import CONFIG, Chart, drawable
from core.ui.empty import empty
from core.ui.i18n import format_duration, format_instant, language, t, translate_error
from core.ui.kept_figures import kept
from core.ui.kpi import is_dark
from core.ui.links import own_link
from core.ui.noted_files import noted
from core.ui.quality_charts import ItemPoint, item_map, precision, score_histogram
from core.ui.safe import safe
from core.ui.site import page_named
from core.ui.tables import Column, table
from pages.teach.quality import (
    Fact,
    fact_lines,
    form_words,
    gradebook_file,
    item_label,
    report_file,
    small_words,
    stem_of,
    test_facts,
    together_words,
    tone_of,
    verdict_words,
)
from pages.teach.quality_item import draw_item

ALL_PHASES = ""
CARDS = ("n", "mean", "cic", "standard_error")


def take_choice(name: str) -> None:
    """Writes what a widget says into the address, from which the next run reads it."""
    value = st.session_state[f"quality-{name}"]
    for forgotten in {"test": ("form", "item", "rows"), "form": ("item", "rows")}.get(name, ()):
        st.query_params.pop(forgotten, None)
    if value:
        st.query_params[name] = value
    else:
        st.query_params.pop(name, None)


def draw_choice() -> tuple[str, str | None]:
    """Test and phase; gives both."""
    query, state = st.query_params, st.session_state
    asked = query.get("test", "")
    test = asked if asked in TESTS else next(iter(page.portal_read(finished_tests)), TESTS[0])
    phase = query.get("phase", ALL_PHASES) if query.get("phase") in PHASE_LABELS else ALL_PHASES
    state["quality-test"], state["quality-phase"] = test, phase
    titles = {name: blueprint_of(name).title.in_language(language()) for name in TESTS}
    phases = {ALL_PHASES: t("Both tests")} | {name: t(label) for name, label in PHASE_LABELS.items()}
    st.selectbox(
        t("Test"),
        TESTS,
        format_func=titles.__getitem__,
        key="quality-test",
        on_change=take_choice,
        args=("test",),
        width=340,
    )
    st.selectbox(
        t("Taken as"),
        list(phases),
        format_func=phases.__getitem__,
        key="quality-phase",
        on_change=take_choice,
        args=("phase",),
        width=200,
    )
    return test, phase or None


def draw_form_choice(forms: tuple[TakenForm, ...]) -> TakenForm:
    """Which form; the latest without a choice."""
    known = {one.key: one for one in forms}
    words = {one.key: form_words(one, forms) for one in forms}
    asked = st.query_params.get("form", "")
    st.session_state["quality-form"] = asked if asked in known else forms[0].key
    st.selectbox(
        t("Form"),
        list(known),
        format_func=words.__getitem__,
        key="quality-form",
        on_change=take_choice,
        args=("form",),
        width=340,
    )
    return known[st.session_state["quality-form"]]


def of_form(test: str, form: TakenForm, phase: str | None) -> tuple[object, ...]:
    """What figures of a form rest on: as long as that is the same, they are."""
    return test, form.key, phase, page.portal_read(roll_of), page.portal_read(newest_of, test)


def report_now(test: str, form: TakenForm, phase: str | None, pass_rate: float | None) -> FormReport:
    """The form's report."""
    answers = partial(page.portal_read, answers_to, test, form.key, phase)
    key = (of_form(test, form, phase), pass_rate)
    return kept("quality-report", key, lambda: form_report(answers(), pass_rate))


def workbook(ctx: Context, test: str, key: str, phase: str | None, title: str) -> bytes:
    """The report as a file, worked out when it is asked for."""
    answers = answers_to(ctx, test, key, phase)
    return report_file(answers, form_report(answers, definition_of(ctx, test).settings.pass_rate), title)


# ---- drawing --------------------------------------------------------------------------------------------------


def plot(chart: Chart, key: str, alt: str) -> None:
    """A figure that only shows."""
    st.plotly_chart(drawable(chart), theme=None, config=dict(CONFIG), key=key, alt=alt)


def open_rows() -> None:
    """Shows the people behind the figures."""
    st.query_params["rows"] = "people"


def close_rows() -> None:
    """Hides them again."""
    st.query_params.pop("rows", None)


def tone_of_fact(fact: Fact, n: int) -> Tone:
    """The colour of a figure: only reliability is judged, and only where enough people were there."""
    if fact.key != "cic" or fact.number is None or is_small(n):
        return "plain"
    return "good" if fact.number >= 70 else "warn" if fact.number >= 50 else "bad"


def draw_cards(report: FormReport) -> None:
    """Every figure of the form with what it means, and the people behind it; the four that matter most as cards."""
    facts = {fact.key: fact for fact in test_facts(report)}
    for place, fact in zip(card_row(len(CARDS)), [facts.pop(key) for key in CARDS], strict=True):
        with place:
            metric_card(
                fact.name,
                fact.value,
                definition=fact.meaning,
                key=fact.key,
                tone=tone_of_fact(fact, report.figures.n),
                on_rows=open_rows,
            )
    with st.expander(t("More figures of this form"), icon=":material/functions:"):
        st.markdown(fact_lines(list(facts.values())))


def draw_people(test: str, form: TakenForm, phase: str | None) -> None:
    """Everybody's score, behind every figure of the form."""
    with st.container(border=True, key="panel-quality-people"):
        section(t("The people behind the figures"), t("Click a person to read their attempts step by step."))
        st.button(t("Close the list"), on_click=close_rows, icon=":material/close:", key="close-people")
        read = partial(page.portal_read, scores_behind, test, form.key, phase)
        scores = kept("quality-scores", of_form(test, form, phase), read)
        rows = [
            {
                "id": one.person_id,
                "name": one.name,
                "team": one.team,
                "phase": t(PHASE_LABELS[one.phase]),
                "score": one.score,
                "at": format_instant(one.finished_at),
                "took": format_duration(one.seconds),
            }
            for one in scores
        ]
        columns = [
            Column("name", t("Name"), pinned=True),
            Column("team", t("Team")),
            Column("phase", t("Taken as")),
            Column("score", t("Score"), "rate", digits=1),
            Column("took", t("From begin to end")),
            Column("at", t("Finished")),
        ]
        chosen = table(rows, columns, key="quality-people", id_key="id", height=380 if len(rows) > 10 else "content")
        if chosen is not None:
            st.switch_page(page_named("attempts").path, query_params={"person": str(chosen), "test": test})


def take_point(keys: dict[tuple[int, int], str]) -> None:
    """Keeps in the address which item of the map was pressed."""
    points = st.session_state["quality-map"]["selection"]["points"]
    if points and (key := keys.get((points[0]["curve_number"], points[0]["point_index"]))):
        st.query_params["item"] = key


def draw_map(report: FormReport, chosen: str | None) -> None:
    """Facility by discrimination, each item a point that can be pressed."""
    points = [
        ItemPoint(
            one.item.item_id,
            item_label(one),
            one.figures.facility,
            one.figures.discrimination / 100,
            tone_of(one),
            verdict_words(one),
        )
        for one in report.items
        if one.figures.discrimination is not None
    ]
    section(t("Item map"), t("Sound items lie in the shaded field. Press one to open it below."))
    if points:
        chart = item_map(points, dark=is_dark(), chosen=chosen)
        keys = {
            (curve, at): str(data[0])
            for curve, trace in enumerate(chart["data"])
            for at, data in enumerate(trace["customdata"])
        }
        st.plotly_chart(
            drawable(chart),
            theme=None,
            config=dict(CONFIG),
            key="quality-map",
            on_select=lambda: take_point(keys),
            selection_mode="points",
            alt=t("Item map: the same figures stand in the table of items"),
        )
    missing = [item_label(one) for one in report.items if one.figures.discrimination is None]
    if missing:
        st.caption(safe(t("Not on the map, since nobody differs on them: {items}.", items=", ".join(missing))))


def draw_scores(report: FormReport, pass_rate: float | None) -> None:
    """How scores are spread."""
    section(t("Scores"), t("People by tenths of the marks."))
    mean = report.figures.mean / report.figures.maximum
    chart = score_histogram(report.tenths, guess=report.guess_score, mean=mean, pass_rate=pass_rate, dark=is_dark())
    plot(chart, "quality-scores", t("Distribution of scores"))


def draw_precision(report: FormReport) -> None:
    """Where the test measures best; told once there are people enough for a model."""
    if report.model is None:
        return
    with st.container(border=True, key="panel-quality-precision"):
        section(t("Where the test measures best"), t("Two-parameter model, marginal maximum likelihood."))
        chart = precision(*information_curve(report.model), dark=is_dark())
        plot(chart, "quality-information", t("Information curve"))


def item_row(one: ItemReport) -> dict[str, object]:
    """One item's line."""
    f = one.figures
    return {
        "id": one.item.item_id,
        "item": item_label(one),
        "stem": stem_of(one),
        "verdict": verdict_words(one),
        "facility": f.facility,
        "rest": None if f.discrimination is None else f.discrimination / 100,
        "upper": f.upper_lower,
        "weight": f.effective_weight,
        "blank": one.left_out + one.not_reached,
        "time": None if one.seconds is None else one.seconds[0],
    }


def draw_items(report: FormReport) -> None:
    """All items, the ones to mend first; a press opens one."""
    section(t("Test items"), t("Those to mend first. Press one, here or on the map, to open it below."))
    order = {"bad": 0, "warn": 1, "quiet": 2, "good": 3}
    items = sorted(report.items, key=lambda one: (order[tone_of(one)], one.figures.discrimination or 0.0))
    rest = t("Item-rest correlation: whether who does well otherwise does well here")
    weight = t("Percent of the differences between people")
    columns = [
        Column("item", t("Item"), width=85, pinned=True),
        Column("verdict", t("Verdict"), width=150),
        Column("stem", t("Question asked"), width=215),
        Column("facility", t("Facility"), "rate", width=75, digits=0, help=t("Share of its marks that people reach")),
        Column("rest", t("Item-rest r"), "number", width=90, digits=2, help=rest),
        Column("upper", t("Discrimination"), "number", width=110, digits=2, help=t("Best 27% less weakest 27%")),
        Column("weight", t("Effective weight"), "number", width=120, digits=1, help=weight),
        Column("blank", t("Left blank"), "number", width=80, digits=0),
        Column("time", t("Median, s"), "number", width=85, digits=0),
    ]
    rows = [item_row(one) for one in items]
    chosen = table(rows, columns, key="quality-items", id_key="id", height=460 if len(rows) > 12 else "content")
    if chosen is not None and st.session_state.get("_quality-pressed") != chosen:
        st.query_params["item"] = str(chosen)
    st.session_state["_quality-pressed"] = chosen


def draw_files(test: str, form: TakenForm, phase: str | None, title: str) -> None:
    """What can be taken along: this report, everybody's answers as statements, everybody's scores."""
    home = own_link("") or "http://localhost"
    with st.container(key="quality-tools", horizontal=True, gap="small"):
        for label, data, name, mime, tip in (
            (
                t("Report as workbook"),
                noted(page.reading(workbook, test, form.key, phase, title, portal=True), "test_report", test),
                f"orderly-test-{test}-{form.key}.xlsx",
                "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
                t("The test, its items and their options."),
            ),
            (
                t("xAPI statements"),
                noted(page.reading(statements_of, test, home, portal=True), "statements", test),
                f"orderly-xapi-{test}.jsonl",
                "application/x-ndjson",
                t("Every finished attempt at this test as JSON lines, for a learning record store; people by number."),
            ),
            (
                t("Gradebook"),
                noted(page.reading(gradebook_file, portal=True), "gradebook"),
                "orderly-gradebook.csv",
                "text/csv",
                t("Everybody's counting score in every test, as CSV."),
            ),
        ):
            st.download_button(
                label,
                data=data,
                file_name=name,
                mime=mime,
                help=tip,
                icon=":material/download:",
                on_click="ignore",
                key=f"quality-file-{name.rpartition('.')[2]}",
            )


def draw_report(test: str, phase: str | None, forms: tuple[TakenForm, ...], form: TakenForm) -> None:
    """Everything about one form."""
    pass_rate = page.portal_read(definition_of, test).settings.pass_rate
    try:
        report = report_now(test, form, phase, pass_rate)
    except NotFound as waits:
        go = "marking" if page.portal_actor().may("attempts.mark") else None
        told = t("The figures are here as soon as the open texts of somebody's test are marked.")
        empty(translate_error(waits), told, key="waits", icon="rate_review", go_label=t("Marking"), go_page=go)
        return
    title = f"{blueprint_of(test).title.in_language(language())} · {form_words(form, forms)}"
    draw_files(test, form, phase, title)
    if note := small_words(report.figures.n):
        st.warning(safe(note), icon=":material/groups:")
    if note := together_words(phase):
        st.caption(f":material/info: {safe(note)}")
    draw_cards(report)
    if st.query_params.get("rows") == "people":
        draw_people(test, form, phase)
    left, right = st.columns([3, 2], gap="medium")
    with left, st.container(border=True, key="panel-quality-map"):
        draw_map(report, st.query_params.get("item") or None)
    with right, st.container(border=True, key="panel-quality-scores"):
        draw_scores(report, pass_rate)
    draw_items(report)
    chosen = next((one for one in report.items if one.item.item_id == st.query_params.get("item")), None)
    if chosen is not None:
        draw_item(test, form, phase, report, chosen)
    draw_precision(report)


heading(t("Test quality"), t("Whether the test can be trusted, and which questions to mend"), "speed")
with st.container(key="quality-choice", horizontal=True, vertical_alignment="bottom", gap="small"):
    chosen_test, chosen_phase = draw_choice()
    forms_key = (chosen_test, chosen_phase, page.portal_read(newest_of, chosen_test))
    taken = kept("quality-forms", forms_key, partial(page.portal_read, forms_taken, chosen_test, chosen_phase))
    chosen_form = draw_form_choice(taken) if taken else None
if chosen_form is None:
    empty(
        t("Nobody has finished this test yet"),
        t("As soon as somebody finishes it, the figures of the test are here; from ten people on they say something."),
        key="quality",
        icon="speed",
        go_label=t("See the progress"),
        go_page="people_progress",
    )
else:
    draw_report(chosen_test, chosen_phase, taken, chosen_form)
