"""One item under the glass: verdict, figures, who chose which option, which groups differ, what was answered."""

from __future__ import annotations

from functools import partial

import streamlit as st

from assessments.bank import KIND_LABELS, LEVEL_LABELS
from assessments.competencies import name_of
from assessments.statistics.form_report import FormReport, ItemReport
from assessments.statistics.sizes import GROUP_LEAST, is_small
from assessments.statistics.verdicts import ITEM_VERDICT_LABELS
from assessments.test_statistics import TakenForm, answers_behind, newest_of, roll_of
from assessments.tries import PHASE_LABELS
from core.ui import page
from core.ui.cards import Tone, chip, section
from core.ui.charts import CONFIG, drawable
from core.ui.i18n import language, t
from core.ui.kept_figures import kept
from core.ui.kpi import is_dark
from core.ui.quality_charts import BAD, GOOD, QUIET, WARN, option_lines
from core.ui.rich import emphasised
from core.ui.safe import safe
from core.ui.site import page_named
from core.ui.tables import Column, table
from pages.teach.quality import (
    advice_on,
    fact_lines,
    group_name,
    item_facts,
    item_label,
    option_remark,
    option_texts,
    tone_of,
)

TONES: dict[str, Tone] = {GOOD: "good", WARN: "warn", BAD: "bad", QUIET: "quiet"}
EDITOR = "bank_item"


def close_item() -> None:
    """No item any more."""
    st.query_params.pop("item", None)


def draw_item(test: str, form: TakenForm, phase: str | None, report: FormReport, item: ItemReport) -> None:
    """Everything about one item."""
    with st.container(border=True, key="panel-quality-item"):
        about = (
            t(KIND_LABELS[item.item.kind]),
            name_of(item.item.competency).in_language(language()),
            t(LEVEL_LABELS[item.item.level]),
        )
        section(t("Item {id}", id=item_label(item)), " · ".join(about))
        draw_head(item)
        left, right = st.columns(2, gap="medium")
        with left:
            st.markdown(fact_lines([fact for fact in item_facts(report, item) if fact.number is not None]))
        with right:
            draw_options(item)
            draw_groups(item)
        draw_answers(test, form, phase, item)


def draw_head(item: ItemReport) -> None:
    """The question, the verdict, what to do, and the ways on."""
    st.markdown(emphasised(item.item.stem.in_language(language())))
    if item.item.generated:
        st.caption(t("Everybody gets figures of their own; these are one person's."))
    with st.container(horizontal=True, gap="small"):
        for verdict in item.verdicts:
            chip(t(ITEM_VERDICT_LABELS[verdict]), TONES[tone_of(item)])
    for advice in advice_on(item):
        st.markdown(f":material/arrow_right: {safe(advice)}")
    with st.container(horizontal=True, gap="small", vertical_alignment="center"):
        if page_named(EDITOR).open_to(page.portal_actor()):
            st.page_link(
                page_named(EDITOR).path,
                label=t("Open in the item bank"),
                icon=":material/edit_note:",
                query_params={"item": item.item.item_id},
            )
        st.button(t("Close the item"), on_click=close_item, icon=":material/close:", key="close-item", type="tertiary")


def draw_options(item: ItemReport) -> None:
    """Who chose which option: a picture and the figures."""
    if not item.options:
        st.caption(t("Options are only compared where everybody is shown the same ones."))
        return
    texts = option_texts(item)
    suspected = item.suspicion.option if item.suspicion else None
    lines = [
        (
            f"{option.name.upper()} {t('(key)')}" if option.is_key else option.name.upper(),
            option.by_third,
            GOOD if option.is_key else BAD if option.name == suspected else QUIET,
        )
        for option in item.options
    ]
    st.markdown(f"**{safe(t('Who chose what'))}**")
    st.caption(t("A sound key rises from the weakest to the best third, every wrong option falls."))
    st.plotly_chart(
        drawable(option_lines(lines, dark=is_dark())),
        theme=None,
        config=dict(CONFIG),
        key="quality-options",
        alt=t("Who chose what: the same figures stand in the table below"),
    )
    told = t("Whether those who chose it do well otherwise")
    columns = [
        Column("option", t("Option"), width=70, pinned=True),
        Column("share", t("Share"), "rate", width=65, digits=0),
        Column("chosen", t("Chosen"), "number", width=75, digits=0),
        Column("worse", t("Point-biserial"), "number", width=105, digits=2, help=told),
        *([Column("remark", t("Remark"), width=150)] if item.suspicion or item.weak_options else []),
        Column("text", t("Text"), width=220),
    ]
    rows = [
        {
            "option": option.name.upper() + (" ✓" if option.is_key else ""),
            "share": option.share,
            "chosen": option.chosen,
            "worse": option.point_biserial,
            "remark": option_remark(item, option.name),
            "text": texts[option.name],
        }
        for option in item.options
    ]
    table(rows, columns, key="quality-option-rows", height="content")
    if is_small(item.figures.n):
        st.caption(t("Few people (n = {n}): every figure here can change a lot with the next ones.", n=item.figures.n))


def draw_groups(item: ItemReport) -> None:
    """Whether equally good people of different groups do alike."""
    st.markdown(f"**{safe(t('Equally good people, compared by group'))}**")
    if not item.differences:
        st.caption(t("Compared from {n} people in either group on.", n=GROUP_LEAST))
        return
    sizes = {"none": t("none shown"), "moderate": t("some difference"), "large": t("large difference")}
    rows = [
        {
            "group": group_name(one.group),
            "n": one.n,
            "apart": one.difference,
            "chi": one.chi_square,
            "size": sizes[one.size],
        }
        for one in item.differences
    ]
    columns = [
        Column("group", t("Group"), width=150, pinned=True),
        Column("n", "n", "number", width=55, digits=0),
        Column("apart", t("Difference"), "points", width=90, help=t("In percentage points")),
        Column("chi", "χ²", "number", width=55, digits=1),
        Column("size", t("Verdict"), width=120),
    ]
    table(rows, columns, key="quality-group-rows", height="content")
    st.caption(
        t(
            "Standardised difference to everybody else with equal marks (Dorans and Kulick 1986), Mantel's χ² with one"
            " degree of freedom. Called a difference from 5 points on, and where all comparisons of the test together"
            " leave it no play of chance (Benjamini and Hochberg 1995)."
        )
    )


def draw_answers(test: str, form: TakenForm, phase: str | None, item: ItemReport) -> None:
    """What everybody answered, behind every figure of the item."""
    st.markdown(f"**{safe(t('The answers behind the figures'))}**")
    item_id = item.item.item_id
    key = (test, form.key, phase, item_id, page.portal_read(roll_of), page.portal_read(newest_of, test))
    read = partial(page.portal_read, answers_behind, test, form.key, item_id, phase)
    rows = [
        {
            "id": one.person_id,
            "name": one.name,
            "phase": t(PHASE_LABELS[one.phase]),
            "worth": one.fraction,
            "said": one.said.in_language(language()),
            "seconds": one.seconds,
        }
        for one in kept("quality-answers", key, read)
    ]
    columns = [
        Column("name", t("Name"), pinned=True),
        Column("phase", t("Taken as")),
        Column("worth", t("Worth"), "rate", digits=0),
        Column("seconds", t("Time, s"), "number", digits=0),
        Column("said", t("Answer"), width="large"),
    ]
    chosen = table(rows, columns, key="quality-answers", id_key="id", height=300 if len(rows) > 8 else "content")
    if chosen is not None:
        st.switch_page(page_named("attempts").path, query_params={"person": str(chosen), "test": test})
