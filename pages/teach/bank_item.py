"""One question of the bank: written in both languages, tried out as an employee, reviewed, retired, in all versions."""

from __future__ import annotations

import streamlit as st

from assessments.bank import KIND_LABELS, LEVEL_LABELS
from assessments.bank_rows import Version
from assessments.competencies import name_of
from assessments.item_reads import find_case_of, get_item
from core.domain.errors import NotFound
from core.ui import page
from core.ui.cards import facts, heading
from core.ui.empty import empty
from core.ui.guard import fragment
from core.ui.i18n import join_list, language, t, translate_error
from core.ui.site import page_named
from pages.teach.questions import draw_preview, model_name, position_name
from pages.teach.versions import Face, draw_sheet, follow_begun, read_all, shown_version
from pages.teach.writing import draw_editor

LONGEST_TITLE = 90  # characters of a question that head its page

# ---- what it is about ----------------------------------------------------------------------------------------------


def draw_facts(version: Version) -> None:
    """What a version is about and for whom."""
    draft = version.draft
    facts(
        {
            t("Question type"): t(KIND_LABELS[draft["kind"]]),
            t(
                "Competency"
            ): f"{draft.get('competency', '')} {name_of(draft.get('competency', '')).in_language(language())}",
            t("Level"): t(LEVEL_LABELS[draft["level"]]) if draft.get("level") in LEVEL_LABELS else "–",
            t("Positions"): join_list(map(position_name, draft.get("positions") or [])) or "–",
            t("Source"): str(draft.get("source") or "–"),
        }
    )


# ---- the page ------------------------------------------------------------------------------------------------------


def title_of(version: Version) -> str:
    """What the page is headed with: the question itself, as far as it is said."""
    stem = (version.draft.get("stem") or {}).get(language(), "").replace("**", "")
    if len(stem) > LONGEST_TITLE:
        return stem[:LONGEST_TITLE].rsplit(" ", 1)[0] + " …"
    return stem or (t("Made by a model: {model}", model=model_name(str(version.draft.get("model") or "…")))
                    if version.draft["kind"] == "generated" else t("New question"))  # fmt: skip


@fragment()
def draw_item(item_id: str) -> None:
    """The whole page of one question."""
    follow_begun(item_id, "bank_item", "item")
    sheet, known = page.portal_read(read_all, item_id)
    version = shown_version(sheet)
    heading(
        title_of(version), f"{item_id} · {t(KIND_LABELS[version.draft['kind']])} · {t('Version {n}', n=version.number)}"
    )
    face = Face(
        editor=draw_editor,
        preview=draw_preview,
        about=draw_facts,
        new=t("The question is new."),
        retiring=t("Nobody is asked it any more; a spare of its cell takes its place. Open tests and answers stay."),
    )
    draw_sheet(sheet, known, face)


def missing_words(item_id: str) -> str:
    """What is said of a question that isn't there; nothing of one that is."""
    try:
        page.portal_read(get_item, item_id)
    except NotFound as gone:
        return translate_error(gone)
    return ""


asked = st.query_params.get("item", "")
case_id = page.portal_read(find_case_of, asked) if asked else ""
if case_id:
    st.switch_page(page_named("bank_case").path, query_params={"case": case_id, "item": asked})
missing = missing_words(asked) if asked else t("No question chosen")
if not missing:
    draw_item(asked)
else:
    heading(t("Bank question"), t("One question of the item bank"), "quiz")
    empty(
        missing,
        t("Choose one in the item bank."),
        key="bank-item",
        icon="quiz",
        go_label=t("To the item bank"),
        go_page="bank",
    )
