"""The pass mark: judges say of each question how many barely competent people would answer it right."""

from __future__ import annotations

from typing import Any

import streamlit as st

from assessments import figures
from assessments.bank import LEVEL_LABELS, Generated, Item
from assessments.blueprint import TESTS
from assessments.competencies import name_of as competency_name
from assessments.forms import FORM_NAMES, question_for
from assessments.item_preview import trial_sheet
from assessments.marking import mark
from assessments.pass_mark_sheets import ReadSheet, judges_sheet, read_judges_sheet
from assessments.pass_marks import (
    ROUNDS,
    Judging,
    PassMark,
    adopt_pass_mark,
    get_judging,
    judge_items,
    may_see_result,
    pass_mark_of,
)
from assessments.questions import Question
from assessments.test_definitions import definition_of
from core.channels.files import InFile
from core.context import Context
from core.domain.errors import OrderlyError
from core.ui import page
from core.ui.cards import card_row, heading, metric_card, section
from core.ui.guard import fragment
from core.ui.i18n import format_int, format_number, format_rate, language, t, translate_error
from core.ui.noted_files import noted
from core.ui.safe import safe
from core.ui.tables import Column, table
from pages.learn import TRIAL, draw_question
from pages.learn import name_of as answer_key
from pages.teach.questions import finding_lines
from pages.teach.setup import said

SHOWN_ITEMS = 10


def titles(ctx: Context) -> dict[str, str]:
    """What every test is called now."""
    return {test: said(definition_of(ctx, test).blueprint.title) for test in TESTS}


def question_of_judge(item: Item, seed: int) -> Question:
    """The item as this judge is shown it; figures come from a practice world, as for everybody."""
    who = page.portal_actor().person_id or 0
    if isinstance(item.content, Generated):
        with figures.practice_figures() as world:
            return question_for(item, seed, who, world)
    return question_for(item, seed, who, None)


def line_of(item: Item) -> str:
    """What an item asks, in a line of a table."""
    if item.stem is not None:
        return said(item.stem).replace("**", "")
    return said(item.case.title) if item.case is not None else t("Figures from a practice world")


# ---- callbacks ------------------------------------------------------------------------------------------------


def keep(judging: Judging, item_id: str, key: str) -> None:
    """Keeps an estimate as soon as it is given."""
    value = st.session_state[key]
    if value is None:
        return
    write(judging, {item_id: round(float(value) / 100, 6)})


def write(judging: Judging, rates: Any) -> None:
    """Keeps estimates; a refusal is said in the run that follows."""
    try:
        page.portal_write(judge_items, judging.definition.test, judging.version, judging.round, dict(rates))
    except page.SignedOut:
        return  # the run that follows says so
    except OrderlyError as error:
        page.flash(translate_error(error), "error")


def take_over(judging: Judging, found: ReadSheet) -> None:
    """Keeps the estimates of a sheet."""
    write(judging, found.rates)
    page.flash(t("{n} estimates taken over.", n=format_int(len(found.rates))))
    st.session_state["sheets-read"] = st.session_state.get("sheets-read", 0) + 1


def go(key: str, place: int) -> None:
    """Opens another question."""
    st.session_state[key] = place


# ---- judging --------------------------------------------------------------------------------------------------


def draw_task() -> None:
    """What a judge has to think of."""
    with st.expander(t("How to judge"), icon=":material/help:"):
        st.markdown(
            safe(
                t(
                    "Think of 100 people who are just good enough to do this work without somebody beside them: "
                    "not the best, not the average, the ones you would only just let work alone. "
                    "How many of them would answer this question right? "
                    "Guessing counts: with four options nobody falls far below 25."
                )
            )
        )


def draw_judging(judging: Judging) -> None:
    """One question after the other, with its key and the field for the estimate."""
    items = judging.items
    judged = sum(item.id in judging.rates for item in items)
    st.progress(judged / len(items), t("{n} of {count} questions judged", n=judged, count=len(items)))
    if judging.locked:
        st.info(t("You have begun the next round; the estimates of this one stay as they are."), icon=":material/lock:")
    place_key = f"judge-place-{judging.definition.test}-{judging.version}-{judging.round}"
    if place_key not in st.session_state:
        st.session_state[place_key] = next((n for n, one in enumerate(items) if one.id not in judging.rates), 0)
    place = min(st.session_state[place_key], len(items) - 1)
    item = items[place]
    with st.container(border=True, key="question", gap="medium"):
        form = next(name for name in FORM_NAMES if item in judging.forms[name].items)
        about = (
            t("Question {n} of {count}", n=place + 1, count=len(items)),
            t("Form {name}", name=form),
            f"{said(competency_name(item.competency))} ({item.competency})",
            t(LEVEL_LABELS[item.level]),
        )
        st.caption(safe(" · ".join(about)))
        question = question_of_judge(item, judging.definition.blueprint.seed)
        tried = st.session_state.get(answer_key("tried", TRIAL, item.id))
        draw_question(trial_sheet(question, TRIAL, tried))
        with st.expander(t("What is right, and why"), icon=":material/key:", expanded=True):
            st.markdown("\n".join(finding_lines(question, mark(question, None))))
    draw_estimate(judging, item, place, place_key)


def draw_estimate(judging: Judging, item: Item, place: int, place_key: str) -> None:
    """The field for the estimate, and the ways on."""
    items = judging.items
    key = f"judge-{judging.version}-{judging.round}-{item.id}"
    own = judging.rates.get(item.id)
    if key not in st.session_state:
        st.session_state[key] = None if own is None else round(100 * own, 2)
    with st.container(border=True, key="judge-estimate"):
        st.number_input(
            t("Of 100 barely competent people, how many answer this right?"),
            min_value=0.0,
            max_value=100.0,
            step=5.0,
            format="%.0f",
            key=key,
            placeholder=t("0 to 100"),
            disabled=judging.locked,
            width=420,
            on_change=keep,
            args=(judging, item.id, key),
        )
        if item.id in judging.earlier:
            mean = format_number(100 * judging.earlier[item.id], 0)
            st.caption(safe(t("All judges in the round before, on average: {mean}", mean=mean)))
    with st.container(horizontal=True, horizontal_alignment="distribute", key="judge-steps"):
        st.button(
            t("Previous question"),
            key="judge-previous",
            icon=":material/arrow_back:",
            disabled=place == 0,
            on_click=go,
            args=(place_key, place - 1),
        )
        left = [n for n, one in enumerate(items) if one.id not in judging.rates]
        onward = next((n for n in left if n > place), left[0] if left else min(place + 1, len(items) - 1))
        st.button(
            t("Next not judged") if left else t("Next question"),
            key="judge-next",
            type="primary",
            icon=":material/arrow_forward:",
            icon_position="right",
            disabled=onward == place,
            on_click=go,
            args=(place_key, onward),
        )


def draw_sheets(judging: Judging) -> None:
    """The same as a workbook, out and in."""
    test = judging.definition.test
    with st.expander(t("Judge in a spreadsheet"), icon=":material/table_view:"):
        st.download_button(
            t("Download the sheet"),
            noted(page.reading(sheet_file, test, judging.round, language(), portal=True), "judges_sheet", test),
            file_name=f"{judging.definition.test}-{judging.version}-{judging.round}.xlsx",
            icon=":material/download:",
            key="judge-download",
            on_click="ignore",
        )
        turn = st.session_state.get("sheets-read", 0)
        uploaded = st.file_uploader(t("A sheet that was filled in"), type=["xlsx", "csv"], key=f"judge-sheet-{turn}")
        if uploaded is None:
            st.caption(t("Fill in the last column only. Cells that stay empty change nothing."))
            return
        try:
            found = read_judges_sheet(InFile(uploaded.name, uploaded.getvalue()), judging)
        except OrderlyError as error:
            st.error(safe(translate_error(error)), icon=":material/error:")
            return
        draw_found(judging, found)


def sheet_file(ctx: Context, test: str, round_number: int, tongue: str) -> bytes:
    """The sheet of a round, made when it is asked for."""
    return judges_sheet(get_judging(ctx, test, round_number), ctx.actor.person_id or 0, tongue)


def draw_found(judging: Judging, found: ReadSheet) -> None:
    """What a sheet holds, before it is taken over."""
    parts = (
        t("{n} estimates", n=format_int(len(found.rates))),
        t("{n} empty", n=format_int(found.blank)),
        t("{n} that can't be taken", n=format_int(len(found.problems))),
    )
    st.markdown(safe(" · ".join(parts)))
    if found.problems:
        rows = [{"line": one.line, "found": one.found, "wanted": t(one.template)} for one in found.problems]
        columns = [
            Column("line", t("Line"), "number", width=70, digits=0),
            Column("found", t("Found"), width=250),
            Column("wanted", t("Wanted"), width=600),
        ]
        table(rows, columns, key="judge-problems", height="content")
    st.button(
        t("Take over {n} estimates", n=format_int(len(found.rates))),
        key="judge-take-over",
        type="primary",
        disabled=not found.rates,
        on_click=take_over,
        args=(judging, found),
    )


# ---- the result -----------------------------------------------------------------------------------------------


def draw_result(judging: Judging) -> None:
    """What the round comes to, for those whose own estimates can't lean on it any more."""
    section(t("What the judges say"))
    count = len(judging.items)
    rows: list[dict[str, object]] = [
        {"name": one.name, "judged": t("{n} of {count}", n=one.judged, count=count)} for one in judging.judges
    ]
    if not rows:
        st.caption(t("Nobody has judged in this round yet."))
        return
    if not page.portal_read(may_see_result, judging):
        st.caption(t("You see the result once you have judged every question: no estimate should lean on the others'."))
        return
    found = page.portal_read(pass_mark_of, judging.definition.test, judging.round)
    if found is None:
        table(rows, [Column("name", t("Judge")), Column("judged", t("Judged"))], key="judges", height="content")
        st.caption(t("Nobody has judged every question in this round yet."))
        return
    draw_mark(found)
    marks = {one.judge_id: one.mark for one in found.judges}
    rows = [{**row, "mark": marks.get(one.judge_id)} for row, one in zip(rows, judging.judges, strict=True)]
    mark = Column("mark", t("Their pass mark"), "rate", width=130, digits=1)
    columns = [Column("name", t("Judge"), width=200), Column("judged", t("Judged"), width=120), mark]
    table(rows, columns, key="judges", height="content")
    draw_items(judging, found)
    draw_adopt(judging, found)


def draw_mark(found: PassMark) -> None:
    """The mark with how far it can be trusted."""
    error = "–" if found.standard_error is None else t("{n} pp", n=format_number(100 * found.standard_error, 1))
    marks = [one.mark for one in found.judges]
    spread = f"{format_rate(min(marks))} – {format_rate(max(marks))}"
    forms = " · ".join(f"{t('Form {name}', name=name)} {format_rate(rate)}" for name, rate in found.by_form.items())
    expected = t(
        "Mean of the judges: the score that a barely competent person is expected to reach. {forms}", forms=forms
    )
    moving = t("How far the mark would move with other judges like these: n = {n}.", n=len(marks))
    if found.round > ROUNDS[0]:
        moving += " " + t("These know each other's mean of the round before, so others may move it further.")
    cards = (
        ("mark", t("Pass mark"), format_rate(found.mark), expected),
        ("error", t("Standard error"), error, moving),
        ("spread", t("Judges from – to"), spread, t("The lowest and the highest of the judges' own marks.")),
    )
    for place, (key, label, value, definition) in zip(card_row(3), cards, strict=True):
        with place:
            metric_card(label, value, definition=definition, key=f"angoff-{key}")
    if found.few:
        st.warning(
            t("Fewer than five judges: the mark hangs on who they happen to be."), icon=":material/group_remove:"
        )


def draw_items(judging: Judging, found: PassMark) -> None:
    """The questions the judges differ most on, which are worth talking about before another round."""
    items = {item.id: item for item in judging.items}
    rows = [
        {
            "item": one.item_id,
            "form": one.form,
            "asked": line_of(items[one.item_id]),
            "mean": 100 * one.mean,
            "range": f"{format_number(100 * one.lowest, 0)} – {format_number(100 * one.highest, 0)}",
            "spread": None if one.spread is None else 100 * one.spread,
        }
        for one in found.items
    ]
    st.markdown(f"**{safe(t('Questions the judges differ most on'))}**")
    columns = [
        Column("item", t("Question"), width=90, pinned=True),
        Column("form", t("Form"), width=65),
        Column("asked", t("What is asked"), width=500),
        Column("mean", t("Mean"), "number", width=70, digits=1),
        Column("range", t("From – to"), width=100),
        Column("spread", t("Standard deviation"), "number", width=145, digits=1),
    ]
    everything = st.toggle(t("Show all questions"), key="judge-all")
    table(rows if everything else rows[:SHOWN_ITEMS], columns, key="judged-items", height="content")


def draw_adopt(judging: Judging, found: PassMark) -> None:
    """Making it the pass mark of the test."""
    if not page.portal_actor().may("tests.design"):
        st.caption(t("A trainer makes it the pass mark of the test."))
        return
    st.button(
        t("Make {rate} the pass mark of the test", rate=format_rate(found.mark)),
        key="judge-adopt",
        icon=":material/publish:",
        on_click=page.portal_command,
        args=(adopt_pass_mark, judging.definition.test, judging.version, judging.round),
        kwargs={
            "form_key": page.form_key(f"adopt-{judging.definition.test}"),
            "done": t(
                "The test has a new version with this pass mark. Who has begun keeps the version they began with."
            ),
        },
    )


# ---- the page -------------------------------------------------------------------------------------------------


@fragment()
def draw_round(test: str) -> None:
    """One round of one test."""
    chosen = st.segmented_control(
        t("Round"),
        ROUNDS,
        format_func=lambda n: t("Round {n}", n=n),
        key=f"judge-round-{test}",
        default=ROUNDS[0],
        required=True,
    )
    judging = page.portal_read(get_judging, test, chosen or ROUNDS[0])
    now = judging.definition.settings.pass_rate
    words = t("No pass mark yet") if now is None else t("Pass mark now: {rate}", rate=format_rate(now))
    version = judging.definition.version
    st.caption(safe(f"{t('Version {n}', n=version) if version else t('As delivered')} · {words}"))
    if not judging.open:
        st.info(t("Finish the round before first."), icon=":material/lock_clock:")
    else:
        draw_task()
        draw_judging(judging)
        draw_sheets(judging)
    draw_result(judging)


heading(t("Pass mark"), t("What a barely competent person reaches, judged question by question"), "gavel")
names = page.portal_read(titles)
asked_for = st.query_params.get("test")
if "judge-test" not in st.session_state:
    st.session_state["judge-test"] = asked_for if asked_for in TESTS else TESTS[0]
st.selectbox(t("Test"), TESTS, format_func=names.__getitem__, key="judge-test", width=420)
draw_round(st.session_state["judge-test"])
