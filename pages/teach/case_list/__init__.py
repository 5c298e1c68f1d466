"""The list of cases on the page of the item bank, and the way to a new one."""

from __future__ import annotations

import streamlit as st

from assessments import case_editing
from assessments.bank_rows import STATE_LABELS
from assessments.case_models import CASE_MODELS
from assessments.case_models.names import CASE_NAMES
from assessments.item_drafts import ITEMS
from assessments.item_reads import Entry
from core.ui import page
from core.ui.empty import empty
from core.ui.i18n import format_instant, language, t
from core.ui.safe import safe
from core.ui.site import page_named
from core.ui.tables import Column, table
from pages.teach.questions import model_name, said

# ---- beginning -----------------------------------------------------------------------------------------------------


def draw_begin_case(names: dict[str, str]) -> None:
    """The way to a new case: by hand, or from a model; `names` are the topics."""
    models = {"": t("Written by hand"), **{name: said(CASE_NAMES[name].title) for name in CASE_MODELS}}
    with st.popover(t("New case"), icon=":material/add:", key="case-new"):
        st.selectbox(t("Topic"), list(names), format_func=names.__getitem__, key="new-case-topic")
        chosen = st.selectbox(t("Situation"), list(models), format_func=models.__getitem__, key="new-case-model")
        st.caption(
            safe(said(CASE_NAMES[chosen].about))
            if chosen
            else t("One situation with tables or charts of your own, and several questions about it.")
        )
        st.button(
            t("Begin writing"),
            key="new-case-begin",
            type="primary",
            on_click=page.portal_command,
            args=(case_editing.begin_case, page.field("new-case-topic"), page.field("new-case-model")),
            kwargs={"form_key": page.form_key("new-case")},
        )


# ---- the list ------------------------------------------------------------------------------------------------------


def open_case(case_id: str) -> None:
    """Goes to a case."""
    st.switch_page(page_named("bank_case").path, query_params={"case": case_id})


def state_words(entry: Entry) -> str:
    """Where a question stands: in use or not, and what is being written or reviewed."""
    words = [t(STATE_LABELS[entry.state])] if entry.state else []
    if entry.open_state:
        words.append(t(STATE_LABELS[entry.open_state]))
    return " · ".join(words)


def draw_case_list(cases: tuple[Entry, ...], names: dict[str, str]) -> None:
    """All cases, of one topic if that is wanted; `names` are the topics."""
    st.selectbox(
        t("Topic"), ["", *names], format_func=lambda topic: names.get(topic, t("All")), key="cases-topic", width=240
    )
    shown = [case for case in cases if st.session_state["cases-topic"] in ("", case.topic)]
    if not shown:
        empty(
            t("No case on this topic"),
            t("Begin one: a situation with tables, and several questions about it."),
            key="bank-no-case",
            icon="cases",
        )
        return
    st.caption(t("One situation with tables or charts, and several questions about it. Click one to open it."))
    rows = [
        {
            "id": case.item_id,
            "title": case.stem_in(language()) or t("New case"),
            "count": len(case.draft.get(ITEMS, ())),
            "state": state_words(case),
            "made": model_name(str(case.draft["model"])) if case.draft.get("model") else t("Written by hand"),
            "topic": names.get(case.topic, case.topic),
            "version": case.number,
            "changed": f"{format_instant(case.at)} · {case.writer}" if case.at else "",
        }
        for case in shown
    ]
    columns = [
        Column("id", t("Id"), width="small", pinned=True),
        Column("title", t("Title"), width="large"),
        Column("count", t("Questions"), "number", width="small"),
        Column("state", t("State")),
        Column("made", t("Situation")),
        Column("topic", t("Topic")),
        Column("version", t("Version"), "number", width="small"),
        Column("changed", t("Last change")),
    ]
    chosen = table(rows, columns, key="bank-cases", id_key="id", height=560 if len(rows) > 14 else "content")
    if chosen is not None:
        open_case(str(chosen))
