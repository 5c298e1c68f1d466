"""Questions in and out: what a file holds before it is kept as drafts, and questions in use as a file to take along."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from assessments.bank import KIND_LABELS, LEVEL_LABELS, LEVELS
from assessments.bank_exchange import keep_items, read_items, write_items
from assessments.banked_items import topics
from assessments.competencies import COMPETENCIES, name_of
from assessments.interchange.formats import FORMAT_LABELS, FORMATS, READABLE, recognised
from assessments.interchange.parsed import INTERCHANGE_SEVERITY_LABELS, Parsed, Problem, Severity, Written
from assessments.interchange.workbook_writing import template
from assessments.item_drafts import CASE
from assessments.item_imports import TAKEN_LABELS, Taken
from core.channels.export import to_csv
from core.domain.errors import OrderlyError
from core.domain.rights import POSITION_LABELS, Position
from core.ui import page
from core.ui.cards import Tone, card_row, heading, metric_card, section
from core.ui.empty import empty
from core.ui.i18n import format_int, language, t, translate_error
from core.ui.noted_files import noted
from core.ui.site import page_named
from core.ui.tables import Column, table

SUFFIXES = ["txt", "gift", "xml", "xlsx", "csv"]
LANGUAGE_LABELS = {"en": "English", "zh": "Chinese"}
READ, MADE, KEPT, UPLOADS = "_exchange_read", "_exchange_made", "_exchange_kept", "_exchange_uploads"
FORM = "bank-exchange"
MOST_SHOWN = 500
# What a problem means for a question on its way out.
WRITTEN_LABELS = {
    Severity.STOPPED: "Not in the file",
    Severity.LEFT_OUT: "Not in the file",
    Severity.TO_MEND: "In the file, but not all of it",
    Severity.KEPT_ASIDE: "In the file, but not all of it",
}


def topic_names() -> dict[str, str]:
    """The topics by what the reader calls them."""
    return {topic: title.in_language(language()) for topic, title in topics().items()}


def competency_name(code: str) -> str:
    """A competency with its code; all of them where none is chosen."""
    return f"{code} {name_of(code).in_language(language())}" if code else t("As the file says")


# ---- problems ------------------------------------------------------------------------------------------------------


def problem_rows(problems: tuple[Problem, ...], labels: Mapping[Severity, str]) -> list[dict[str, object]]:
    """Problems as rows of a table."""
    return [
        {
            "severity": t(labels[one.severity]),
            "line": one.line,
            "item": (one.item or "").replace("\n", " "),
            "problem": translate_error(one.as_error()),
            "found": one.found,
        }
        for one in problems
    ]


def problem_columns(*, with_lines: bool) -> list[Column]:
    """How problems are shown."""
    line = [Column("line", t("Line"), "number", width=60, digits=0)] if with_lines else []
    return [
        *line,
        Column("severity", t("What became of it"), width=140),
        Column("item", t("Id or name"), width=130),
        Column("problem", t("Problem"), width=540),
        Column("found", t("Found"), width=190),
    ]


def show_problems(problems: tuple[Problem, ...], key: str, *, reading: bool) -> None:
    """Every problem with its place, and all of them to take along."""
    columns = problem_columns(with_lines=reading)
    labels = INTERCHANGE_SEVERITY_LABELS if reading else WRITTEN_LABELS
    rows = problem_rows(problems[:MOST_SHOWN], labels)
    if len(problems) > MOST_SHOWN:
        st.caption(t("The first {n} are shown; the download has all of them.", n=format_int(MOST_SHOWN)))
    table(rows, columns, key=f"{key}-problems", height=420 if len(rows) > 10 else "content")
    st.download_button(
        t("Download the problems"),
        data=lambda: to_csv(
            [one.title for one in columns],
            [[row[one.key] for one in columns] for row in problem_rows(problems, labels)],
        ),
        file_name="problems.csv",
        mime="text/csv",
        icon=":material/table_view:",
        on_click="ignore",
        key=f"{key}-download-problems",
    )


# ---- in ------------------------------------------------------------------------------------------------------------


def draw_in() -> None:
    """The way in: a file, what is in it, and keeping it as drafts."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.caption(t("GIFT, Moodle XML, Aiken, or our own workbook. Nothing is kept by looking."))
        st.download_button(
            t("An empty workbook with examples"),
            data=template,
            file_name="questions.xlsx",
            mime=FORMATS["workbook"].mime,
            icon=":material/table_view:",
            on_click="ignore",
            key="exchange-template",
        )
    uploaded = st.file_uploader(
        t("File"), type=SUFFIXES, max_upload_size=20, key=f"exchange-file-{st.session_state.get(UPLOADS, 0)}"
    )
    if uploaded is None:
        show_kept()
        return
    data = uploaded.getvalue()
    code, spoken = choose(data, uploaded.name, uploaded.file_id)
    found = look_into(data, uploaded.name, uploaded.file_id, code, spoken)
    if isinstance(found, OrderlyError):
        st.error(translate_error(found), icon=":material/error:")
        return
    show_found(found, uploaded.name)


def choose(data: bytes, name: str, file_id: str) -> tuple[str, str]:
    """The format and the language of a file: recognised, and asked."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        code = st.selectbox(
            t("Format"),
            READABLE,
            index=READABLE.index(recognised(data, name)),
            format_func=lambda one: t(FORMAT_LABELS[one]),
            key=f"exchange-format-{file_id}",
            help=t("Recognised by what is in the file; choose another if that is wrong."),
            width=220,
        )
        if FORMATS[code].bilingual:
            return code, language()
        spoken = st.selectbox(
            t("Language of the questions"),
            list(LANGUAGE_LABELS),
            index=list(LANGUAGE_LABELS).index(language()),
            format_func=lambda one: t(LANGUAGE_LABELS[one]),
            key=f"exchange-language-{file_id}",
            width=220,
        )
    return code, spoken


def look_into(data: bytes, name: str, file_id: str, code: str, spoken: str) -> Parsed | OrderlyError:
    """What a file holds, or why it is refused; read once, however often the page is drawn."""
    mark = (file_id, code, spoken)
    kept = st.session_state.get(READ)
    if kept and kept[0] == mark:
        found: Parsed | OrderlyError = kept[1]
        return found
    with st.spinner(t("Reading …")):
        try:
            found = page.portal_read(read_items, data, name, code, spoken)
        except OrderlyError as error:
            found = error
    st.session_state[READ] = (mark, found)
    return found


def show_found(found: Parsed, name: str) -> None:
    """The items of a file beside its problems, and the way to keep them."""
    counts = {severity: sum(one.severity is severity for one in found.problems) for severity in Severity}
    left_out = counts[Severity.LEFT_OUT] + counts[Severity.STOPPED]
    cards: tuple[tuple[str, str, int, Tone], ...] = (
        (t("Can be kept"), t("Questions that could be read"), len(found.items), "good"),
        (t("Not taken over"), t("Problems that keep a question out"), left_out, "bad"),
        (t("To be mended"), t("Kept, but refused by a review until they are mended"), counts[Severity.TO_MEND], "warn"),
        (t("Remarks"), t("Kept, with something that has no place here"), counts[Severity.KEPT_ASIDE], "plain"),
    )
    for place, (label, definition, count, tone) in zip(card_row(len(cards)), cards, strict=True):
        with place:
            shown = tone if count else "plain"
            metric_card(label, format_int(count), definition=definition, key=f"exchange-{label}", tone=shown)
    if found.items:
        section(t("Questions of the file"))
        show_items(found)
        draw_keep(found, name)
    elif not found.problems:
        text = t("Choose another format, or look at the file in the program it comes from.")
        empty(t("There is no question in this file"), text, key="exchange-none", icon="search_off")
    if found.problems:
        section(t("Problems"), t("Each with its line; everything else can be kept."))
        show_problems(found.problems, "exchange-in", reading=True)


def show_items(found: Parsed) -> None:
    """What was read, item by item."""
    rows = []
    for draft in found.items:
        stem, case = draft.table.get("stem") or draft.table["title"], draft.table["kind"] == CASE
        parts = [len(value) for name, value in draft.table.items() if isinstance(value, list) and name in _PARTS]
        rows.append(
            {
                "line": draft.line,
                "name": draft.name.replace("\n", " "),
                "kind": t("Case") if case else t(KIND_LABELS[draft.table["kind"]]),
                "stem": stem.get(language()) or next(iter(stem.values()), ""),
                "parts": sum(parts),
            }
        )
    columns = [
        Column("line", t("Line"), "number", width="small"),
        Column("name", t("Id or name"), width="medium"),
        Column("kind", t("Kind of question")),
        Column("stem", t("What is asked"), width="large"),
        Column("parts", t("Parts"), "number", width="small", help=t("Options, pairs, steps, or a case's questions")),
    ]
    table(rows, columns, key="exchange-items", height=420 if len(rows) > 10 else "content")


_PARTS = frozenset({"options", "accept", "near", "pairs", "distractors", "steps", "rubric", "items"})


def draw_keep(found: Parsed, name: str) -> None:
    """Where the questions belong, what holds for those that don't say it, and the button that keeps them."""
    with st.container(border=True, key="exchange-keep"):
        st.caption(t("What the file doesn't say of a question is taken from here; it can be changed in each draft."))
        with st.container(horizontal=True, vertical_alignment="bottom"):
            names = topic_names()
            st.selectbox(t("Topic"), list(names), format_func=names.__getitem__, key="exchange-topic", width=240)
            codes = ["", *COMPETENCIES]
            st.selectbox(t("Competency"), codes, format_func=competency_name, key="exchange-competency", width=300)
            st.selectbox(
                t("Level"),
                ["", *LEVELS],
                format_func=lambda one: t(LEVEL_LABELS[one]) if one else t("As the file says"),
                key="exchange-level",
                width=180,
            )
        st.multiselect(
            t("Positions"),
            [one.value for one in Position],
            format_func=lambda one: t(POSITION_LABELS[Position(one)]),
            key="exchange-positions",
            placeholder=t("As the file says"),
        )
        st.text_input(t("Source"), key="exchange-source", max_chars=200, placeholder=t("As the file says"))
        fields = [page.field(f"exchange-{one}", "") for one in ("competency", "level", "positions", "source")]
        st.button(
            t("Keep {n} questions as drafts", n=format_int(len(found.items))),
            type="primary",
            icon=":material/library_add:",
            on_click=page.portal_command,
            args=(keep_items, found.items, page.field("exchange-topic"), name, *fields),
            kwargs={"form_key": page.form_key(FORM)},
            key="exchange-do-keep",
        )


def show_kept() -> None:
    """What became of the questions that were kept last, or how to begin."""
    kept: tuple[Taken, ...] | None = st.session_state.get(KEPT)
    if kept is None:
        return
    section(
        t("What became of the questions"),
        t("Drafts are completed and reviewed like any other question. Click one to open it."),
    )
    rows = [
        {
            "name": one.name.replace("\n", " "),
            "outcome": t(TAKEN_LABELS[one.outcome]),
            "id": one.item_id,
            "missing": one.missing,
            "error": translate_error(one.error) if one.error else "",
        }
        for one in kept
    ]
    columns = [
        Column("name", t("Id or name"), width="medium"),
        Column("outcome", t("What became of it")),
        Column("id", t("Id"), width="small"),
        Column("missing", t("Still to fill in"), "number"),
        Column("error", t("Problem"), width="large"),
    ]
    chosen = table(rows, columns, key="exchange-kept", id_key="id", height=420 if len(rows) > 10 else "content")
    if chosen:
        st.switch_page(page_named("bank_item").path, query_params={"item": str(chosen)})


def take_result() -> None:
    """Shows the outcome of keeping, and an empty place for the next file."""
    outcome = page.result(FORM)
    if outcome is not None:
        st.session_state[KEPT] = outcome
        st.session_state[UPLOADS] = st.session_state.get(UPLOADS, 0) + 1
        st.session_state.pop(READ, None)


# ---- out -----------------------------------------------------------------------------------------------------------


def draw_out() -> None:
    """The way out: which questions, in which format, and what it can't hold."""
    st.caption(t("Questions in use, with their key and reasons. Keep the file where employees don't see it."))
    names = topic_names()
    with st.container(horizontal=True, vertical_alignment="bottom"):
        topic = st.selectbox(
            t("Topic"), ["", *names], format_func=lambda one: names.get(one, t("All")), key="out-topic", width=240
        )
        competency = st.selectbox(
            t("Competency"),
            ["", *COMPETENCIES],
            format_func=lambda one: competency_name(one) if one else t("All"),
            key="out-competency",
            width=300,
        )
        kind = st.selectbox(
            t("Kind of question"),
            ["", *KIND_LABELS],
            format_func=lambda one: t(KIND_LABELS[one]) if one else t("All"),
            key="out-kind",
            width=220,
        )
    with st.container(horizontal=True, vertical_alignment="bottom"):
        code = st.selectbox(
            t("Format"), list(FORMATS), format_func=lambda one: t(FORMAT_LABELS[one]), key="out-format", width=240
        )
        spoken = st.selectbox(
            t("Language of the questions"),
            list(LANGUAGE_LABELS),
            index=list(LANGUAGE_LABELS).index(language()),
            format_func=lambda one: t("Both") if FORMATS[code].bilingual else t(LANGUAGE_LABELS[one]),
            key="out-language",
            disabled=FORMATS[code].bilingual,
            width=220,
        )
        drawings = st.toggle(
            t("Generated questions, drawn once"),
            key="out-drawings",
            width="content",
            help=t("They are made anew for every person; a file can hold one drawing of each."),
        )
    mark = (topic, competency, kind, code, spoken, drawings)
    if st.button(t("Make the file"), type="primary", icon=":material/output:", key="out-make"):
        with st.spinner(t("Writing …")):
            file = page.reading(write_items, *mark[:-1], drawings=drawings, portal=True)
            made = noted(file, "questions", topic)()
        st.session_state[MADE] = (mark, made)
    kept = st.session_state.get(MADE)
    if kept and kept[0] == mark:
        show_made(kept[1], code, spoken)


def show_made(made: Written, code: str, spoken: str) -> None:
    """The file to take along, and what it can't hold."""
    if not made.items_count:
        text = t("Choose other questions or another format.")
        empty(t("This file would hold no question"), text, key="exchange-empty", icon="search_off")
    else:
        own = FORMATS[code]
        st.download_button(
            t("Download {n} questions", n=format_int(made.items_count)),
            data=made.content,
            file_name=f"questions{'' if own.bilingual else f'-{spoken}'}{own.suffix}",
            mime=own.mime,
            icon=":material/download:",
            on_click="ignore",
            key="out-download",
        )
    if made.problems:
        section(t("What this format can't hold"))
        show_problems(made.problems, "exchange-out", reading=False)


take_result()
heading(
    t("Questions in and out"),
    t("Take questions over from files, and hand them on to other systems"),
    "import_export",
)
IN, OUT = "in", "out"
st.session_state.setdefault("exchange-way", IN)
st.segmented_control(
    t("Direction"),
    [IN, OUT],
    format_func=lambda way: t("From a file") if way == IN else t("Into a file"),
    key="exchange-way",
    required=True,
    label_visibility="collapsed",
)
(draw_in if st.session_state["exchange-way"] == IN else draw_out)()
