"""Questions of the bank on the page: in words, tried out as an employee, and written."""

from __future__ import annotations

from functools import partial
from typing import Any

import streamlit as st

from assessments import item_editing as editing
from assessments.bank import LEVEL_LABELS, LEVELS
from assessments.bank_rows import Version
from assessments.competencies import COMPETENCIES
from assessments.competencies import name_of as competency_name_of
from assessments.item_drafts import (
    FIELD_LABELS,
    FIELDS,
    GROUP_LABELS,
    OF,
    PART,
    Place,
    Spot,
    changes_between,
    gaps_in,
    value_words,
    values_in,
)
from assessments.item_models import MODELS
from assessments.item_preview import preview_of, trial_sheet
from assessments.item_quality import HINT_LABELS, Hint
from assessments.marking import VERDICT_LABELS, Mark, Response, mark
from assessments.prose import Prose
from assessments.questions import Choice, Question
from core.domain.errors import OrderlyError
from core.domain.rights import POSITION_LABELS, Position
from core.ui import page
from core.ui.cards import panel
from core.ui.i18n import (
    LANGUAGE_NAMES,
    LANGUAGES,
    format_rate,
    in_language,
    join_list,
    language,
    t,
    translate_error,
)
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
from core.ui.rich import emphasised
from core.ui.safe import safe
from pages.learn import TRIAL, draw_question, name_of

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


def said(prose: Prose) -> str:
    """Prose in the reader's language."""
    return prose.in_language(language())


def spot_words(spot: Spot | None) -> str:
    """A place of a question in words: which part, which field, which language."""
    if spot is None:
        return ""
    words = [t(GROUP_LABELS[spot.group], n=spot.number)] if spot.group and spot.number else []
    words.append(t(FIELD_LABELS.get(spot.field, "Text")))
    if spot.language:
        words.append(LANGUAGE_NAMES[spot.language])
    return " · ".join(words)


def hint_words(hint: Hint) -> str:
    """One hint with its place."""
    params = dict(hint.params)
    if "positions" in params:
        params["positions"] = join_list(map(position_name, hint.params["positions"]))
    said = safe(t(HINT_LABELS[hint.rule], **params))
    where = spot_words(hint.spot)
    return f"{said} :gray[{safe(where)}]" if where else said


def saved(work: Any, *args: Any) -> bool:
    """One small write; a refusal is said in the run that follows."""
    try:
        page.portal_write(work, *args)
    except page.SignedOut:
        return False  # the run that follows says so
    except OrderlyError as error:
        page.flash(translate_error(error), "error")
        return False
    return True


def command(label: str, name: str, work: Any, *args: Any, icon: str, done: str = "", **looks: Any) -> None:
    """A button for one command."""
    st.button(
        label,
        key=name,
        icon=f":material/{icon}:",
        on_click=page.portal_command,
        args=(work, *args),
        kwargs={"form_key": page.form_key(name), "done": done},
        **looks,
    )


def position_name(code: str) -> str:
    """What a position is called; a code that an import brought and nobody knows stands for itself."""
    return t(POSITION_LABELS[Position(code)]) if code in {one.value for one in Position} else code


def in_words(spot: Spot, value: str) -> str:
    """A value of a question as the reader says it: codes of levels and positions by their names."""
    if spot.field == "level" and value in LEVEL_LABELS:
        return t(LEVEL_LABELS[value])
    if spot.field == "positions" and value:
        return join_list(map(position_name, value.split(", ")))
    return value


def draw_changes(before: Version, after: Version) -> None:
    """What differs between two versions, in words."""
    changes = changes_between(before.draft, after.draft)
    if not changes:
        st.caption(t("The text is the same."))
    for change in changes:
        old = f":red[{safe(in_words(change.spot, change.before))}]" if change.before else f":gray[{t('nothing')}]"
        new = f":green[{safe(in_words(change.spot, change.after))}]" if change.after else f":gray[{t('nothing')}]"
        st.markdown(f"**{safe(spot_words(change.spot))}**  \n{old} → {new}")


def finding_lines(question: Question, marked: Mark) -> list[str]:
    """What a mark says of every part of an answer, with its reason, as lines of markdown."""
    findings = list(marked.findings)
    if isinstance(question.content, Choice):
        by_name = dict(zip((option.name for option in question.content.options), findings, strict=True))
        findings = [by_name[name] for name in question.shown]
    lines = []
    for finding in findings:
        icon = ":green[:material/check:]" if finding.right else ":red[:material/close:]"
        chosen = f" :violet-badge[{safe(t('chosen'))}]" if finding.chosen and finding.wanted is None else ""
        wanted = f" → **{safe(said(finding.wanted))}**" if finding.wanted is not None else ""
        given = f" :gray[({safe(said(finding.given))})]" if finding.given is not None and not finding.right else ""
        text = "" if finding.text == finding.wanted else safe(said(finding.text))
        lines.append(f"- {icon} {text}{wanted}{given}{chosen}  ")
        lines.append(f"  :gray[{emphasised(said(finding.reason))}]")
    return lines


def draw_marks(question: Question, response: Response) -> None:
    """What an answer is worth and why; before one is given, what would be right, folded away."""
    marked = mark(question, response)
    lines = "\n".join(finding_lines(question, marked))
    if response is None:
        with st.expander(t("Key and reasons"), key="key-and-reasons"):
            st.markdown(lines)
    elif marked.fraction is None:
        st.markdown(f"**{t('Marked by hand')}**")
    else:
        st.markdown(f"**{t(VERDICT_LABELS[marked.verdict])} · {safe(format_rate(marked.fraction, 0))}**")
        st.markdown(lines)


def draw_whole(version: Version) -> None:
    """Everything that a version says, field by field."""
    said_fields = [
        (spot_words(spot), in_words(spot, value_words(value))) for spot, _, value in values_in(version.draft)
    ]
    st.markdown("\n".join(f"- :gray[{safe(place)}] {safe(words)}" for place, words in said_fields if words))


def another(item_id: str) -> None:
    """Draws the question again, as another person would get it."""
    st.session_state["_drawing"] = st.session_state.get("_drawing", 0) + 1
    st.session_state.pop(name_of("tried", TRIAL, item_id), None)


def draw_preview(version: Version) -> None:
    """The question as the employee sees it, in either language, to be answered and marked."""
    trial = f"{version.item_id}.{version.id}"
    with st.container(key="bank-preview"), panel("preview"):
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.markdown(f"**{t('As the employee sees it')}**", width="stretch")
            st.session_state.setdefault("preview-language", language())
            st.segmented_control(
                t("Language"),
                LANGUAGES,
                format_func=LANGUAGE_NAMES.__getitem__,
                key="preview-language",
                required=True,
                label_visibility="collapsed",
            )
        preview = preview_of(version.draft, trial, version.topic, version.number, st.session_state.get("_drawing", 0))
        if preview.refusal is not None and not gaps_in(version.draft):
            st.caption(f":red[{safe(translate_error(preview.refusal))}]")
        if preview.question is None:
            st.caption(t("The question appears here as soon as there is something to show."))
            return
        st.button(
            t("As another person gets it"),
            key="another",
            icon=":material/refresh:",
            type="tertiary",
            help=t("In another order, with other figures"),
            on_click=another,
            args=(trial,),
        )
        with in_language(st.session_state["preview-language"]):
            sheet = trial_sheet(preview.question, TRIAL, st.session_state.get(name_of("tried", TRIAL, trial)))
            with st.container(key="question"):
                draw_question(sheet)
            if preview.refusal is None:
                draw_marks(preview.question, sheet.response)
        if preview.refusal is not None:
            st.caption(t("It can be marked here once it is complete."))


# ---- writing a question ----------------------------------------------------------------------------------------------


def write(version_id: int, group: str, part: int, field: str, tongue: str, value: Any) -> bool:
    """Keeps a field as it was typed; says whether it was saved."""
    return saved(editing.write_value, version_id, Place(field, tongue, group, part), value)


def act(version_id: int, name: str, group: str, part: int) -> None:
    """Adds, takes out or moves a part, or makes it the key."""
    match name:
        case "add":
            saved(editing.add_part, version_id, group, part)
        case "remove":
            saved(editing.remove_part, version_id, group, part)
        case "up" | "down":
            saved(editing.move_part, version_id, group, part, -1 if name == "up" else 1)
        case "key":
            saved(editing.choose_key, version_id, part)


def fields_of(version: Version) -> Fields:
    """The widgets' view of a draft."""
    return Fields(
        name=f"draft-{version.id}",
        draft=version.draft,
        kinds=FIELDS[version.draft["kind"]],
        label=lambda field: t(FIELD_LABELS[field]),
        part_label=lambda group, number: t(GROUP_LABELS[group], n=number),
        write=partial(write, version.id),
        act=partial(act, version.id),
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
    fields, kind = fields_of(version), version.draft["kind"]
    draw_refused(fields)
    if version.undo is not None:
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
    draw_head(fields)
    own = fields.kinds[""]
    with panel("stem"):
        if kind == "generated":
            draw_model(fields)
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
                draw_sharing(version)


def draw_sharing(version: Version) -> None:
    """The way to fractions that add up."""
    right = tuple(int(option[PART]) for option in version.draft["options"] if (option.get("fraction") or 0) > 0)
    st.button(
        t("Share the mark evenly"),
        key="share",
        icon=":material/balance:",
        type="tertiary",
        help=t("Every option worth more than 0 gets the same share; the others together cost as much."),
        on_click=share,
        args=(version.id, right),
    )


def put_back(version_id: int) -> None:
    """Puts the part back that was taken out last."""
    saved(editing.put_back, version_id)


def share(version_id: int, right: tuple[int, ...]) -> None:
    """Shares the mark of a question among these options."""
    saved(editing.share_fractions, version_id, right)


def draw_model(fields: Fields) -> None:
    """Which model makes the question, and its parameters."""
    draft = fields.draft
    if draft.get("case"):
        words = t("This question belongs to the case “{case}” and asks “{ask}”.", case=draft["case"], ask=draft["ask"])
        st.info(safe(words), icon=":material/cases:")
        return
    draw_choice(
        fields,
        "model",
        {name: name for name in sorted(MODELS)},
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
                safe(name),
                list(allowed),
                key=key,
                format_func=str,
                width=200,
                on_change=keep_param,
                args=(fields, params, name, key),
            )


def keep_param(fields: Fields, params: dict[str, Any], name: str, key: str) -> None:
    """Keeps a parameter of a model."""
    fields.write("", 0, "params", "", {**params, name: st.session_state[key]})
