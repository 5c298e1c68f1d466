"""Questions of the bank on the page: in words, and tried out as an employee."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import streamlit as st

from assessments.bank import LEVEL_LABELS
from assessments.bank_rows import Version
from assessments.case_models.names import CASE_NAMES
from assessments.draft_values import changes_between, gaps_in, value_words, values_in
from assessments.item_drafts import FIELD_LABELS, GROUP_LABELS, ITEMS, Spot
from assessments.item_models.names import MODEL_NAMES
from assessments.item_preview import Preview, preview_of, trial_sheet
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
from core.ui.rich import emphasised
from core.ui.safe import safe
from pages.learn import TRIAL, draw_question, name_of

CHART_LABELS = {"bars": "Bars", "line": "Line"}


def said(prose: Prose) -> str:
    """Prose in the reader's language."""
    return prose.in_language(language())


def spot_words(spot: Spot | None) -> str:
    """A place of a question in words: which part, which field, which language."""
    if spot is None:
        return ""
    words = [t(GROUP_LABELS[ITEMS], n=spot.item)] if spot.item else []
    words += [t(GROUP_LABELS[spot.group], n=spot.number)] if spot.group and spot.number else []
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


def in_words(spot: Spot, value: str, model: str = "") -> str:
    """A value of a question as the reader says it: codes of levels, positions and models by their names."""
    if spot.field == "model":
        return model_name(value)
    if spot.field == "ask":
        return ask_name(model, value)
    if spot.field == "chart":
        return t(CHART_LABELS[value]) if value in CHART_LABELS else value
    if spot.field == "level" and value in LEVEL_LABELS:
        return t(LEVEL_LABELS[value])
    if spot.field == "positions" and value:
        return join_list(map(position_name, value.split(", ")))
    return value


def draw_changes(before: Version, after: Version) -> None:
    """What differs between two versions, in words."""
    changes = changes_between(before.draft, after.draft)
    model = str(after.draft.get("model", ""))
    if not changes:
        st.caption(t("The text is the same."))
    for change in changes:
        old = (
            f":red[{safe(in_words(change.spot, change.before, model))}]" if change.before else f":gray[{t('nothing')}]"
        )
        new = (
            f":green[{safe(in_words(change.spot, change.after, model))}]" if change.after else f":gray[{t('nothing')}]"
        )
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
    model = str(version.draft.get("model", ""))
    said_fields = [
        (spot_words(spot), in_words(spot, value_words(value), model)) for spot, _, value in values_in(version.draft)
    ]
    st.markdown("\n".join(f"- :gray[{safe(place)}] {safe(words)}" for place, words in said_fields if words))


def model_name(code: str) -> str:
    """What a model of questions or of cases is called."""
    found = MODEL_NAMES.get(code) or (CASE_NAMES[code].title if code in CASE_NAMES else None)
    return said(found) if found is not None else code


def ask_name(model: str, ask: str) -> str:
    """What one of the questions of a case's model asks, in words."""
    name = CASE_NAMES.get(model)
    return said(name.asks[ask]) if name is not None and ask in name.asks else ask


def another(item_id: str) -> None:
    """Draws the question again, as another person would get it."""
    st.session_state["_drawing"] = st.session_state.get("_drawing", 0) + 1
    st.session_state.pop(name_of("tried", TRIAL, item_id), None)


def draw_preview_head(title: str) -> None:
    """What a preview shows, and the language it speaks."""
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.markdown(f"**{safe(title)}**", width="stretch")
        st.session_state.setdefault("preview-language", language())
        st.segmented_control(
            t("Language"),
            LANGUAGES,
            format_func=LANGUAGE_NAMES.__getitem__,
            key="preview-language",
            required=True,
            label_visibility="collapsed",
        )


def draw_another(trial: str) -> None:
    """The way to what another person would get."""
    st.button(
        t("As another person gets it"),
        key="another",
        icon=":material/refresh:",
        type="tertiary",
        help=t("In another order, with other figures"),
        on_click=another,
        args=(trial,),
    )


def draw_tried(preview: Preview, trial: str) -> None:
    """A question to be answered here, and what the answer is worth."""
    if preview.question is None:
        st.caption(t("The question appears here as soon as there is something to show."))
        return
    with in_language(st.session_state["preview-language"]):
        question = replace(preview.question, item_id=trial)
        sheet = trial_sheet(question, TRIAL, st.session_state.get(name_of("tried", TRIAL, trial)))
        with st.container(key="question"):
            draw_question(sheet)
        if preview.refusal is None:
            draw_marks(question, sheet.response)
    if preview.refusal is not None:
        st.caption(t("It can be marked here once it is complete."))


def draw_preview(version: Version) -> None:
    """The question as the employee sees it, in either language, to be answered and marked."""
    trial = f"{version.item_id}.{version.id}"
    with st.container(key="bank-preview"), panel("preview"):
        draw_preview_head(t("As the employee sees it"))
        preview = preview_of(version.draft, trial, version.number, st.session_state.get("_drawing", 0))
        if preview.refusal is not None and not gaps_in(version.draft):
            st.caption(f":red[{safe(translate_error(preview.refusal))}]")
        if preview.question is not None:
            draw_another(trial)
        draw_tried(preview, trial)
