"""One case of the bank: a situation with several questions, written, tried out, reviewed, retired, in all versions."""

from __future__ import annotations

import streamlit as st

from assessments.bank_rows import Version
from assessments.case_drafts import is_case
from assessments.item_drafts import ITEMS
from assessments.item_reads import get_item
from assessments.prose import LANGUAGES
from core.domain.errors import NotFound
from core.ui import page
from core.ui.cards import heading
from core.ui.empty import empty
from core.ui.guard import fragment
from core.ui.i18n import language, t
from pages.teach.cases import choose_item, draw_case_editor, draw_case_facts, draw_case_preview
from pages.teach.versions import Face, draw_sheet, follow_begun, read_all, shown_version

# ---- the page ------------------------------------------------------------------------------------------------------


def title_of(version: Version) -> str:
    """What the page is headed with: the case's title, in the reader's language or else in the other one."""
    title = version.draft["title"]
    return str(title.get(language()) or next((title[one] for one in LANGUAGES if title.get(one)), t("New case")))


@fragment()
def draw_whole_case(case_id: str) -> None:
    """The whole page of one case."""
    follow_begun(case_id, "bank_case", "case")
    sheet, known = page.portal_read(read_all, case_id)
    version = shown_version(sheet)
    wanted = st.query_params.get("item", "")
    if st.session_state.get("_case_shown") != (case_id, wanted):
        st.session_state["_case_shown"] = (case_id, wanted)
        choose_item(version, wanted)
    count = t("{n} questions", n=len(version.draft[ITEMS]))
    heading(title_of(version), f"{case_id} · {count} · {t('Version {n}', n=version.number)}", "cases")
    face = Face(
        editor=draw_case_editor,
        preview=draw_case_preview,
        about=draw_case_facts,
        new=t("The case is new."),
        retiring=t(
            "Nobody is asked it any more; another case of as many questions takes its place. Open tests and answers"
            " stay."
        ),
    )
    draw_sheet(sheet, known, face)


def is_there(case_id: str) -> bool:
    """Whether there is such a case."""
    try:
        return is_case(page.portal_read(get_item, case_id).versions[0].draft)
    except NotFound:
        return False


asked = st.query_params.get("case", "")
if asked and is_there(asked):
    draw_whole_case(asked)
else:
    heading(t("Case"), t("One situation of the item bank with its questions"), "cases")
    empty(
        t("There is no such case.") if asked else t("No case chosen"),
        t("Choose one in the item bank."),
        key="bank-case",
        icon="cases",
        go_label=t("To the item bank"),
        go_page="bank",
    )
