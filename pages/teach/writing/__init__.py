"""Writing a question on the page: every field in both languages, saved as soon as it is left."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

import streamlit as st

from assessments import item_editing as editing
from assessments.bank import LEVEL_LABELS, LEVELS
from assessments.bank_rows import Version
from assessments.case_drafts import item_in
from assessments.competencies import COMPETENCIES
from assessments.competencies import name_of as competency_name_of
from assessments.item_drafts import ASKED, FIELD_LABELS, FIELDS, GROUP_LABELS, OF, PART, Place
from assessments.item_models import MODELS
from assessments.item_models.names import MODEL_NAMES, param_name, value_name
from core.domain.rights import POSITION_LABELS, Position
from core.ui.cards import panel
from core.ui.i18n import language, t
from core.ui.item_fields import (
    Fields,
    draw_choice,
    draw_group,
    draw_number,
    draw_proses,
    draw_refused,
    draw_rubric,
    draw_several,
    draw_word,
)
from core.ui.safe import safe
from pages.teach.questions import ask_name, said, saved

GROUP_TITLE_LABELS = {
    "options": "Options",
    "near": "Near answers",
    "accept": "Accepted answers",
    "pairs": "Pairs",
    "distractors": "Right sides that belong to none",
    "steps": "Steps",
    "hints": "Hints",
}
GROUP_ADD_LABELS = {
    "options": "Add an option",
    "near": "Add a near answer",
    "accept": "Add an accepted answer",
    "pairs": "Add a pair",
    "distractors": "Add a right side",
    "steps": "Add a step",
    "hints": "Add a hint",
}
GROUP_LEAD_LABELS = {
    "near": "Typical mistakes, what they are worth, and why they are mistakes.",
    "accept": "The first with full worth is shown as the right one.",
    "steps": "In their right order; people get them shuffled.",
    "hints": "Given one after the other, where a test allows further tries.",
}


def write(version_id: int, item: int, group: str, part: int, field: str, tongue: str, value: Any) -> bool:
    """Keeps a field as it was typed; says whether it was saved."""
    return saved(editing.write_value, version_id, Place(field, tongue, group, part, item), value)


def act(version_id: int, item: int, name: str, group: str, part: int) -> None:
    """Adds, takes out or moves a part, or makes it the key."""
    match name:
        case "add":
            saved(partial(editing.add_part, item=item), version_id, group, part)
        case "remove":
            saved(partial(editing.remove_part, item=item), version_id, group, part)
        case "up" | "down":
            saved(partial(editing.move_part, item=item), version_id, group, part, -1 if name == "up" else 1)
        case "key":
            saved(partial(editing.choose_key, item=item), version_id, part)


def fields_of(version: Version, item: int = 0) -> Fields:
    """The widgets' view of a draft; `item` is the number of an item of a case."""
    draft = item_in(version.draft, item) if item else version.draft
    return Fields(
        name=f"draft-{version.id}-{item}" if item else f"draft-{version.id}",
        draft=draft,
        kinds=FIELDS[draft["kind"]],
        label=lambda field: t(FIELD_LABELS[field]),
        part_label=lambda group, number: t(GROUP_LABELS[group], n=number),
        write=partial(write, version.id, item),
        act=partial(act, version.id, item),
    )


def draw_head(fields: Fields) -> None:
    """What the question is about and for whom."""
    with panel("head"):
        names = {code: f"{code} {competency_name_of(code).in_language(language())}" for code in COMPETENCIES}
        draw_choice(fields, "competency", names)
        with st.container(horizontal=True, gap="small", vertical_alignment="bottom"):
            draw_choice(fields, "level", {level: t(LEVEL_LABELS[level]) for level in LEVELS}, width=140)
            with st.container(width=220):
                draw_word(fields, fields.draft, "", 0, "source", t("The section of the handbook, like “Handbook 3.2”"))
            with st.container(width=130):
                weight = {"weight": fields.draft.get("weight") or 1.0}
                draw_number(fields, weight, "", 0, "weight", t("Marks beside those of other questions; usually 1."))
        draw_several(fields, "positions", {one.value: t(POSITION_LABELS[one]) for one in Position})


def draw_editor(version: Version) -> None:
    """Every field of a draft; each is saved when it is left."""
    draw_undo(version)
    draw_item_editor(version)


def draw_undo(version: Version) -> None:
    """The way back to what was taken out last."""
    if version.undo is None:
        return
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="undo"):
        st.caption(t("A part was taken out."), width="content")
        st.button(
            t("Put it back"),
            key="put-back",
            icon=":material/undo:",
            type="tertiary",
            on_click=put_back,
            args=(version.id,),
        )


def draw_item_editor(version: Version, item: int = 0) -> None:
    """The fields of a question, or of one of the questions of a case."""
    fields = fields_of(version, item)
    kind = fields.draft["kind"]
    draw_refused(fields)
    draw_head(fields)
    own = fields.kinds[""]
    with panel("stem"):
        if kind == "generated":
            draw_model(fields)
        elif kind == ASKED:
            draw_asked(fields.draft, str(version.draft.get("model") or ""))
        else:
            draw_proses(fields, fields.draft, "", 0, ["stem"])
        if kind == "numeric":
            with st.container(horizontal=True, gap="small"):
                for name in ("answer", "tolerance"):
                    with st.container(width=200):
                        draw_number(fields, fields.draft, "", 0, name)
            draw_proses(fields, fields.draft, "", 0, ["unit"])
        if "reason" in own:
            draw_proses(fields, fields.draft, "", 0, ["reason"])
    if kind == "open_text":
        draw_rubric(fields, OF)
    for group, title in GROUP_TITLE_LABELS.items():
        if group in fields.kinds:
            lead = GROUP_LEAD_LABELS.get(group)
            draw_group(fields, group, t(title), t(GROUP_ADD_LABELS[group]), t(lead) if lead else "")
            if kind == "multiple" and group == "options":
                draw_sharing(version.id, fields.draft, item)


def draw_asked(draft: Mapping[str, Any], model: str) -> None:
    """Which of the questions of its model an item of a case asks."""
    st.markdown(f":material/cases: **{safe(ask_name(model, str(draft.get('ask') or '')))}**")
    st.caption(t("The model of the case makes the question, its key and its reasons, for every person anew."))


def draw_sharing(version_id: int, draft: Mapping[str, Any], item: int) -> None:
    """The way to fractions that add up."""
    right = tuple(int(option[PART]) for option in draft["options"] if (option.get("fraction") or 0) > 0)
    st.button(
        t("Share the mark evenly"),
        key="share",
        icon=":material/balance:",
        type="tertiary",
        help=t("Every option worth more than 0 gets the same share; the others together cost as much."),
        on_click=share,
        args=(version_id, right, item),
    )


def put_back(version_id: int) -> None:
    """Puts the part back that was taken out last."""
    saved(editing.put_back, version_id)


def share(version_id: int, right: tuple[int, ...], item: int) -> None:
    """Shares the mark of a question among these options."""
    saved(partial(editing.share_fractions, item=item), version_id, right)


def draw_model(fields: Fields) -> None:
    """Which model makes the question, and its parameters."""
    draft = fields.draft
    names = {name: said(MODEL_NAMES[name]) for name in MODELS}
    draw_choice(
        fields,
        "model",
        dict(sorted(names.items(), key=lambda pair: pair[1])),
        tip=t("The model reads a practice world and makes question, key and reasons."),
    )
    model = MODELS.get(str(draft.get("model") or ""))
    if model is None:
        return
    params = dict(draft.get("params") or {})
    with st.container(horizontal=True, gap="small"):
        for name, allowed in model.params.items():
            key = f"{fields.name}-param-{model.name}-{name}"
            st.session_state[key] = params.get(name, allowed[0])
            st.selectbox(
                safe(said(param_name(name))),
                list(allowed),
                key=key,
                format_func=partial(value_words, model.name, name),
                width=260,
                on_change=keep_param,
                args=(fields, params, name, key),
            )


def value_words(model: str, name: str, value: Any) -> str:
    """What a value of a model's parameter is called."""
    return said(value_name(model, name, value))


def keep_param(fields: Fields, params: dict[str, Any], name: str, key: str) -> None:
    """Keeps a parameter of a model."""
    fields.write("", 0, "params", "", {**params, name: st.session_state[key]})
