"""Cases on the page: as an employee gets them, each question to be tried out, and all of it to be written."""

from __future__ import annotations

from functools import partial
from typing import Any

import streamlit as st

from assessments import case_editing
from assessments.bank import KIND_LABELS
from assessments.bank_rows import Version
from assessments.case_drafts import OWN_KINDS, item_id_of, item_in, unasked
from assessments.case_models import CASE_MODELS
from assessments.case_models.names import CASE_NAMES
from assessments.case_preview import CasePreview, case_preview_of
from assessments.cell_lines import lines_in
from assessments.draft_values import gaps_in
from assessments.item_drafts import ASKED, CASE, COUNT, ITEMS, PART, Draft
from core.ui.cards import facts, panel
from core.ui.i18n import LANGUAGE_NAMES, LANGUAGES, in_language, t, translate_error
from core.ui.item_fields import Fields, draw_part_head, draw_proses, draw_refused, keep, show
from core.ui.safe import safe
from pages.learn import draw_case
from pages.teach.questions import (
    CHART_LABELS,
    ask_name,
    draw_another,
    draw_preview_head,
    draw_tried,
    said,
    saved,
)
from pages.teach.writing import draw_item_editor, draw_undo, fields_of

SITUATION = 0
"""The part of a case that is no question of it; a question is named by the number it carries."""
CHOSEN = "case-part"


# ---- which part is looked at ---------------------------------------------------------------------------------------


def part_name(draft: Draft, part: int) -> str:
    """What a part of a case is called: the situation, or a question by its place."""
    if part == SITUATION:
        return t("Situation")
    numbers = [item[PART] for item in draft[ITEMS]]
    return t("Question {n}", n=numbers.index(part) + 1) if part in numbers else "–"


def choose_part(version: Version) -> int:
    """The part of a case that is looked at: its situation or one of its questions."""
    parts = [SITUATION, *(int(item[PART]) for item in version.draft[ITEMS])]
    if st.session_state.get(CHOSEN) not in parts:
        st.session_state[CHOSEN] = SITUATION
    st.pills(
        t("Part of the case"),
        parts,
        format_func=lambda part: part_name(version.draft, part),
        key=CHOSEN,
        required=True,
        label_visibility="collapsed",
    )
    return int(st.session_state[CHOSEN])


def part_now(version: Version) -> int:
    """The part chosen last, as long as the case still has it."""
    chosen = st.session_state.get(CHOSEN, SITUATION)
    return int(chosen) if any(item[PART] == chosen for item in version.draft[ITEMS]) else SITUATION


def choose_item(version: Version, item_id: str) -> None:
    """Looks at the question of that id, if the case has it."""
    for item in version.draft[ITEMS]:
        if item_id_of(version.item_id, item) == item_id:
            st.session_state[CHOSEN] = int(item[PART])


# ---- as the employee gets it ---------------------------------------------------------------------------------------


def draw_case_preview(version: Version) -> None:
    """The situation, or a question with the situation above it, as the employee sees it."""
    drawing = st.session_state.get("_drawing", 0)
    preview = case_preview_of(version.draft, version.item_id, version.number, drawing)
    with st.container(key="bank-preview"), panel("preview"):
        draw_preview_head(t("As the employee sees it"))
        if preview.refusal is not None and not gaps_in(version.draft):
            st.caption(f":red[{safe(translate_error(preview.refusal))}]")
        part = part_now(version) if version.is_writable else choose_part(version)
        trial = f"{version.item_id}.{version.id}.{part}"
        if part != SITUATION or version.draft["kind"] != CASE:
            draw_another(trial)
        if part != SITUATION:
            draw_tried(preview.items[part], trial)
        else:
            draw_situation(preview)


def draw_situation(preview: CasePreview) -> None:
    """The situation with its tables and charts."""
    if preview.view is None:
        st.caption(t("The situation appears here as soon as there is something to show."))
        return
    with in_language(st.session_state["preview-language"]):
        draw_case(preview.view)


def draw_case_facts(version: Version) -> None:
    """What a case is: where its situation comes from, and what it asks."""
    draft = version.draft
    model = str(draft.get("model") or "")
    facts(
        {
            t("Situation"): t("Written by hand") if draft["kind"] == CASE else t("From a practice world"),
            **({t("Model"): said(CASE_NAMES[model].title)} if model in CASE_NAMES else {}),
            **param_facts(draft, model),
            t("Questions"): str(len(draft[ITEMS])),
        }
    )
    for number, item in enumerate(draft[ITEMS], start=1):
        st.caption(safe(f"{number}. {item_words(draft, item)}"))


def param_facts(draft: Draft, model: str) -> dict[str, str]:
    """The parameters of a case's model in words."""
    if model not in CASE_NAMES:
        return {}
    names, params = CASE_NAMES[model], draft.get("params") or {}
    values = {name: params.get(name, allowed[0]) for name, allowed in CASE_MODELS[model].params.items()}
    return {said(names.params[name]): said(names.values[name, value]) for name, value in values.items()}


def item_words(draft: Draft, item: Draft) -> str:
    """What a question of a case asks, in a line."""
    if item["kind"] == ASKED:
        return ask_name(str(draft.get("model") or ""), str(item.get("ask") or ""))
    stem = {one: str(text).replace("**", "") for one, text in (item.get("stem") or {}).items()}
    words = stem.get(st.session_state.get("preview-language", "en")) or next(filter(None, stem.values()), "")
    return f"{t(KIND_LABELS[item['kind']])}: {words}" if words else t(KIND_LABELS[item["kind"]])


# ---- writing -------------------------------------------------------------------------------------------------------


def draw_case_editor(version: Version) -> None:
    """The chosen part of a draft of a case; every field is saved when it is left."""
    draw_undo(version)
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="case-parts"):
        part = choose_part(version)
        draw_add(version)
    if part == SITUATION:
        draw_situation_editor(version)
        return
    draw_item_head(version, part)
    draw_item_editor(version, part)


def draw_add(version: Version) -> None:
    """The way to one more question."""
    draft = version.draft
    choices: dict[str, str]
    if draft["kind"] == CASE:
        choices = {kind: t(KIND_LABELS[kind]) for kind in OWN_KINDS}
    else:
        model = str(draft.get("model") or "")
        choices = {ask: ask_name(model, ask) for ask in unasked(draft)}
    if not choices:
        return
    with st.popover(t("Add a question"), icon=":material/add:", key="case-add"):
        st.selectbox(t("Question"), list(choices), format_func=choices.__getitem__, key="case-add-what")
        if draft["kind"] != CASE:
            st.caption(
                t("What a model shows is different for everybody, so only its own questions can be asked about it.")
            )
        st.button(t("Add it"), key="case-add-now", type="primary", on_click=add, args=(version,))


def add(version: Version) -> None:
    """Adds the chosen question and goes to it."""
    what = st.session_state["case-add-what"]
    kind, ask = (what, "") if version.draft["kind"] == CASE else (ASKED, what)
    if saved(case_editing.add_item, version.id, kind, ask):
        st.session_state[CHOSEN] = int(version.draft[COUNT]) + 1


def carry_out(work: Any, *args: Any) -> None:
    """One step of a draft."""
    saved(work, *args)


def draw_item_head(version: Version, part: int) -> None:
    """What a question of a case is called, and what can be done with it."""
    numbers = [item[PART] for item in version.draft[ITEMS]]
    place, name = numbers.index(part), part_name(version.draft, part)
    kind = item_in(version.draft, part)["kind"]
    words = t(KIND_LABELS["generated" if kind == ASKED else kind])
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="case-item"):
        st.markdown(f"**{safe(name)}** :gray[{safe(words)}]", width="stretch")
        for icon, tip, off, work, args in (
            ("arrow_upward", t("Move up"), place == 0, case_editing.move_item, (-1,)),
            ("arrow_downward", t("Move down"), place == len(numbers) - 1, case_editing.move_item, (1,)),
            ("delete", t("Take out"), False, case_editing.remove_item, ()),
        ):
            st.button(
                f":material/{icon}:",
                key=f"case-item-{icon}",
                help=f"{tip}: {name}",
                disabled=off,
                type="tertiary",
                on_click=carry_out,
                args=(work, version.id, part, *args),
            )


def draw_situation_editor(version: Version) -> None:
    """Title and situation, and the tables of a case written by hand or the parameters of its model."""
    fields = fields_of(version)
    draw_refused(fields)
    with panel("situation"):
        draw_proses(fields, fields.draft, "", 0, ["title"])
        if version.draft["kind"] == CASE:
            draw_proses(fields, fields.draft, "", 0, ["situation"])
        else:
            draw_case_model(fields)
    if version.draft["kind"] == CASE:
        draw_exhibits(fields)


def draw_case_model(fields: Fields) -> None:
    """The model that makes a case, and its parameters as choices."""
    name = str(fields.draft.get("model") or "")
    if name not in CASE_NAMES:
        return
    names, params = CASE_NAMES[name], dict(fields.draft.get("params") or {})
    st.markdown(f":material/model_training: **{safe(said(names.title))}**  \n{safe(said(names.about))}")
    st.caption(t("Everybody gets a situation of their own, made in a practice world when the test begins."))
    for param, allowed in CASE_MODELS[name].params.items():
        key = f"{fields.name}-param-{param}"
        show(key, params.get(param, allowed[0]))
        st.selectbox(
            safe(said(names.params[param])),
            list(allowed),
            key=key,
            format_func=partial(value_words, name, param),
            width=260,
            on_change=keep_case_param,
            args=(fields, params, param, key),
        )


def value_words(model: str, param: str, value: Any) -> str:
    """What a value of a case model's parameter is called."""
    return said(CASE_NAMES[model].values[param, value])


def keep_case_param(fields: Fields, params: dict[str, object], name: str, key: str) -> None:
    """Keeps a parameter of a case's model."""
    fields.write("", 0, "params", "", {**params, name: st.session_state[key]})


def draw_exhibits(fields: Fields) -> None:
    """The tables of a case written by hand."""
    st.markdown(f"#### {t('Tables and charts')}")
    st.caption(t("What people work with to answer. All of it stands above every question of the case."))
    exhibits = fields.draft["exhibits"]
    for number, exhibit in enumerate(exhibits, start=1):
        part = int(exhibit[PART])
        with st.container(border=True, key=f"panel-exhibit-{part}", gap="small"):
            draw_part_head(fields, "exhibits", number, exhibit, len(exhibits))
            draw_proses(fields, exhibit, "exhibits", part, ["title"])
            draw_chart_choice(fields, exhibit, part)
            draw_cells(fields, exhibit, part)
    st.button(
        t("Add a table"),
        key="add-exhibits",
        icon=":material/add:",
        on_click=fields.act,
        args=("add", "exhibits", 0),
    )


def draw_cells(fields: Fields, exhibit: Draft, part: int) -> None:
    """The rows of a table as lines, in both languages side by side."""
    st.caption(
        t(
            "A line for each row, with | between the cells; a block of cells can be pasted from a spreadsheet. The"
            " first line holds the headings. What reads the same in both languages, like a figure, is written once."
        )
    )
    for tongue, column in zip(LANGUAGES, st.columns(2), strict=True):
        with column:
            key = f"{fields.name}-exhibits-{part}-cells-{tongue}"
            show(key, lines_in(exhibit.get("cells") or [], tongue))
            st.text_area(
                f"{t('Table')} · {LANGUAGE_NAMES[tongue]}",
                key=key,
                height="content",
                max_chars=8_000,
                on_change=keep,
                args=(fields, key, "exhibits", part, "cells", tongue),
            )


def draw_chart_choice(fields: Fields, exhibit: Draft, part: int) -> None:
    """Whether a table is also drawn."""
    key = f"{fields.name}-exhibits-{part}-chart"
    show(key, str(exhibit.get("chart") or ""))
    st.selectbox(
        t("Shown as"),
        ["", *CHART_LABELS],
        format_func=lambda chart: t(CHART_LABELS[chart]) if chart else t("A table"),
        key=key,
        width=260,
        help=t("A chart needs names in the first column and numbers in every other one; its table is folded under it."),
        on_change=keep,
        args=(fields, key, "exhibits", part, "chart", ""),
    )
