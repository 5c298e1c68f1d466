"""What a test asks: its topics, how many items of each competency and level, and the forms that come of it."""

from __future__ import annotations

from collections import Counter

import streamlit as st

from assessments.bank import KIND_LABELS, KINDS, LEVEL_LABELS, LEVELS, Bank
from assessments.banked_items import bank_for
from assessments.blueprint import MOST_ITEMS, Blueprint, Cell
from assessments.competencies import COMPETENCIES, FIELDS, name_of
from assessments.exercises import EXERCISES
from assessments.form_draws import drawn, fillings_of
from assessments.forms import FORM_NAMES, Form, found_for
from core.domain.errors import ContentError
from core.ui import page
from core.ui.i18n import format_int, join_list, t, translate_error
from core.ui.rich import grid
from core.ui.safe import safe
from pages.teach.setup import Workbench, another_seed, said

LONGEST_TITLE, LONGEST_ABOUT = 80, 600


def draw_content(bench: Workbench) -> None:
    """Everything about what is asked."""
    _words(bench)
    topics = _topics(bench)
    blueprint = bench.blueprint()
    if not topics:
        return
    bank = page.portal_read(bank_for, blueprint.topics)
    with st.container(border=True, key="setup-cells"):
        st.markdown(f"**{safe(t('Questions per form'))}**")
        st.caption(t("Under each field: how many questions the bank has. Two forms need twice as many as one."))
        _cells(bench, bank, blueprint)
    _besides(bench, bank)
    _sums(bench.blueprint(), bank)
    _preview(bench, bank)


def _words(bench: Workbench) -> None:
    blueprint = bench.base.blueprint
    with st.container(border=True, key="setup-words"):
        for name, old, label, most in (
            ("title", blueprint.title, t("Title"), LONGEST_TITLE),
            ("about", blueprint.about, t("What it is about"), LONGEST_ABOUT),
        ):
            english, chinese = st.columns(2)
            for place, code, text, tongue in (
                (english, "en", old.en, "English"),
                (chinese, "zh", old.zh, "简体中文"),
            ):
                key = bench.set_up(f"{name}-{code}", text)
                draw = place.text_input if name == "title" else place.text_area
                draw(f"{label} ({tongue})", key=key, max_chars=most)
                if not str(st.session_state[key]).strip():
                    place.caption(f":red[{safe(t('Say it in both languages.'))}]")


def _topics(bench: Workbench) -> list[str]:
    key = bench.set_up("topics", list(bench.base.blueprint.topics))
    st.multiselect(
        t("Topics"),
        list(FIELDS),
        format_func=lambda topic: said(FIELDS[topic]),
        key=key,
        placeholder=t("Choose topics"),
    )
    chosen: list[str] = st.session_state[key]
    if not chosen:
        st.caption(f":red[{safe(t('A test has at least one topic.'))}]")
    return chosen


def _cells(bench: Workbench, bank: Bank, blueprint: Blueprint) -> None:
    """A line for each competency of the chosen field, a number for each level."""
    asked = {item.competency for item in bank.items} | {cell.competency for cell in blueprint.cells}
    fields = [
        topic for topic in FIELDS if any(COMPETENCIES[code].field == topic for code in asked if code in COMPETENCIES)
    ]
    if not fields:
        st.caption(t("The banks of these topics have no questions yet."))
        return
    field = fields[0]
    if len(fields) > 1:
        own = next((topic for topic in blueprint.topics if topic in fields), fields[0])
        key = bench.set_up("field", own)
        if st.session_state[key] not in fields:
            st.session_state[key] = own
        st.selectbox(t("Field of work"), fields, format_func=lambda topic: said(FIELDS[topic]), key=key)
        field = st.session_state[key]
    for code in (code for code, one in COMPETENCIES.items() if one.field == field and code in asked):
        name, *places = st.columns([3, 1, 1, 1], vertical_alignment="top", gap="small")
        name.markdown(f"{safe(said(name_of(code)))} :gray[{safe(code)}]")
        for place, level in zip(places, LEVELS, strict=True):
            with place:
                _cell(bench, bank, code, level)


def _cell(bench: Workbench, bank: Bank, code: str, level: str) -> None:
    count = bench.counts.get((code, level), 0)
    found = len(found_for(bank, Cell(code, level, 1)))
    key = bench.set_up(f"cell-{code}-{level}", count)
    st.number_input(
        t(LEVEL_LABELS[level]),
        min_value=0,
        max_value=MOST_ITEMS,
        step=1,
        key=key,
        on_change=keep_count,
        args=(bench.key("counts"), key, code, level),
    )
    wanted = len(FORM_NAMES) * count
    if wanted > found:
        st.caption(f":red[{safe(t('needs {wanted}, bank has {found}', wanted=wanted, found=found))}]")
    else:
        st.caption(safe(t("bank has {found}", found=found)))


def keep_count(counts_key: str, key: str, code: str, level: str) -> None:
    """Keeps what a cell asks for while another field is on the bench."""
    st.session_state[counts_key][code, level] = int(st.session_state[key] or 0)


def _besides(bench: Workbench, bank: Bank) -> None:
    """Cases, the mix of kinds, exercises, and the seed."""
    blueprint = bench.base.blueprint
    with st.container(border=True, key="setup-besides"):
        cases, kinds, generated = st.columns(3)
        sets = bank.case_sets
        cases.number_input(
            t("Cases per form"), 0, 10, step=1, key=bench.set_up("cases", blueprint.cases),
            help=t("A case is one situation with several questions; it comes besides the questions above."),
        )  # fmt: skip
        wanted = len(FORM_NAMES) * int(bench.typed("cases", 0) or 0)
        said_cases = t("needs {wanted}, bank has {found}", wanted=wanted, found=len(sets))
        cases.caption(
            f":red[{safe(said_cases)}]" if wanted > len(sets) else safe(t("bank has {found}", found=len(sets)))
        )
        kinds.number_input(
            t("Kinds of questions, at least"), 1, len(KINDS), step=1, key=bench.set_up("kinds", blueprint.kinds_least)
        )
        generated.number_input(
            t("With figures of their own, at least"), 0, MOST_ITEMS, step=1,
            key=bench.set_up("generated", blueprint.generated_least),
            help=t("Questions whose figures come from a practice world, so that no two people see the same."),
        )  # fmt: skip
        names = {one.key: said(one.title) for one in EXERCISES}
        key = bench.set_up("exercises", list(blueprint.exercises))
        st.multiselect(
            t("Exercises between pre-test and post-test"), list(names), format_func=names.__getitem__, key=key,
            placeholder=t("None"),
        )  # fmt: skip


def _sums(blueprint: Blueprint, bank: Bank) -> None:
    """How much each form asks, by level and field."""
    levels: Counter[str] = Counter()
    for cell in blueprint.cells:
        levels[cell.level] += cell.count
    by_level = join_list(f"{t(LEVEL_LABELS[level])} {format_int(levels[level])}" for level in LEVELS)
    st.markdown(
        f"**{safe(t('{n} questions per form, besides its cases', n=blueprint.items_count))}** · {safe(by_level)}"
    )
    if blueprint.items_count > MOST_ITEMS:
        st.markdown(f":red[:material/error: {safe(t('A form has at most {count} questions.', count=MOST_ITEMS))}]")
    for one in fillings_of(bank, blueprint):
        if one.short:
            name = f"{said(name_of(one.cell.competency))} ({one.cell.competency}), {t(LEVEL_LABELS[one.cell.level])}"
            text = t(
                "{cell}: two forms need {wanted} questions, the bank has {found}.",
                cell=name,
                wanted=one.wanted,
                found=one.found,
            )
            st.markdown(f":red[:material/error: {safe(text)}]")


def _preview(bench: Workbench, bank: Bank) -> None:
    """Both forms as they would be drawn from the bank now."""
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small", key="setup-seed"):
        key = bench.set_up("seed", bench.base.blueprint.seed)
        st.number_input(
            t("Seed"), 1, 999_999_999, step=1, key=key, width=180,
            help=t("Another seed draws other questions for the same blueprint."),
        )  # fmt: skip
        st.button(t("Draw others"), key="setup-draw", icon=":material/casino:", on_click=another_seed, args=(key,))
        st.toggle(t("Show both forms"), key="setup-show")
    if not st.session_state.get("setup-show"):
        return
    blueprint = bench.blueprint()
    if not blueprint.cells:
        st.caption(f":red[{safe(t('No cell asks for a question yet.'))}]")
        return
    try:
        forms = drawn(blueprint, bank)
    except ContentError as error:
        st.error(safe(translate_error(error)), icon=":material/error:")
        return
    _mix(forms[FORM_NAMES[0]], forms[FORM_NAMES[1]])
    for place, name in zip(st.columns(len(FORM_NAMES)), FORM_NAMES, strict=True):
        with place:
            _listed(forms[name])


def _mix(a: Form, b: Form) -> None:
    kinds = [kind for kind in KINDS if a.kinds()[kind] or b.kinds()[kind]]
    rows = [[t(KIND_LABELS[kind]), format_int(a.kinds()[kind]), format_int(b.kinds()[kind])] for kind in kinds]
    rows.append([t("Together"), format_int(len(a.items)), format_int(len(b.items))])
    heads = [t("Kind"), *(t("Form {name}", name=name) for name in FORM_NAMES)]
    with st.container(key="setup-mix"):
        st.markdown(grid(heads, rows))


def _listed(form: Form) -> None:
    lines = []
    for place, item in enumerate(form.items, start=1):
        about = f"{item.id} · {item.competency} · {t(LEVEL_LABELS[item.level])} · {t(KIND_LABELS[item.kind])}"
        stem = said(item.stem) if item.stem is not None else said(item.case.title) if item.case else ""
        lines.append(
            f"{place}. {safe(stem.replace('**', '') or t('Figures from a practice world'))}  \n   :gray[{safe(about)}]"
        )
    st.markdown(f"**{safe(t('Form {name}', name=form.name))}**")
    st.markdown("\n".join(lines))
