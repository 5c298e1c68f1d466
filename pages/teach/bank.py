"""The item bank: every question with its state, what waits for a review, and where the bank is thin."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import streamlit as st

from assessments.bank import KIND_LABELS, KINDS, LEVEL_LABELS, LEVELS
from assessments.bank_rows import DISCARDED, DRAFT, HOUSE, RETIRED, REVIEW, SENT_BACK, STATE_LABELS
from assessments.banked_items import topics
from assessments.case_drafts import is_case
from assessments.competencies import COMPETENCIES, name_of
from assessments.item_drafts import Draft
from assessments.item_editing import begin_item
from assessments.item_reads import (
    CellCount,
    Entry,
    Wanted,
    coverage_of,
    item_of_version,
    items_and_cases,
    narrowed,
    waiting_for,
)
from core.context import Context
from core.domain.rights import POSITION_LABELS, Position
from core.ui import page
from core.ui.cards import card_row, heading, metric_card, section
from core.ui.empty import empty
from core.ui.i18n import format_day_at, format_int, language, t
from core.ui.pager import Pager, to_first
from core.ui.safe import safe
from core.ui.site import page_named
from core.ui.tables import Column, table
from pages.teach.case_list import draw_begin_case, draw_case_list, open_case, state_words
from pages.teach.questions import ask_name, model_name

PER_PAGE = 250
QUESTIONS, CASES, COVERAGE = "questions", "cases", "coverage"
VIEW_LABELS = {QUESTIONS: "Questions", CASES: "Cases", COVERAGE: "Coverage"}
STATES = (HOUSE, DRAFT, REVIEW, SENT_BACK, RETIRED, DISCARDED)
NOTHING = Wanted()


# ---- what is read --------------------------------------------------------------------------------------------------


def read_bank(ctx: Context) -> tuple[tuple[Entry, ...], tuple[Entry, ...], tuple[Entry, ...], tuple[CellCount, ...]]:
    """Everything the page shows, in one read: items, cases, those that wait for this person, the coverage."""
    items, cases = items_and_cases(ctx)
    return items, cases, waiting_for(ctx, (*cases, *items)), coverage_of(ctx, items)


def topic_names() -> dict[str, str]:
    """The topics by what the reader calls them."""
    return {topic: title.in_language(language()) for topic, title in topics().items()}


def competency_name(code: str) -> str:
    """A competency with its code, as it is spoken of."""
    return f"{code} {name_of(code).in_language(language())}"


# ---- narrowing -----------------------------------------------------------------------------------------------------


def wanted_now() -> Wanted:
    """What the list is narrowed to; it is remembered while one looks at a question."""
    kept = st.session_state.get("_bank_wanted", NOTHING)
    return kept if isinstance(kept, Wanted) else NOTHING


def take_wanted() -> None:
    """Remembers what the widgets of the filter say."""
    state = st.session_state
    names = ("topic", "competency", "position", "level", "kind", "state", "words")
    to_first("bank")
    state["_bank_wanted"] = Wanted(**{name: state.get(f"bank-{name}") or "" for name in names})


def forget_wanted() -> None:
    """Shows all questions again."""
    to_first("bank")
    st.session_state["_bank_wanted"] = NOTHING


def look_at_cell(cell: CellCount) -> None:
    """Shows the questions of a cell."""
    st.session_state["_bank_wanted"] = Wanted(competency=cell.competency, level=cell.level)
    st.session_state["bank-view"] = QUESTIONS


def choice_name(options: dict[str, str], code: str) -> str:
    """What a choice of the filter is called."""
    return options.get(code, code) if code else t("All")


def draw_filter(wanted: Wanted) -> None:
    """The widgets that narrow the list."""
    state = st.session_state
    choices = (
        ("topic", t("Topic"), topic_names(), 150),
        ("competency", t("Competency"), {code: competency_name(code) for code in COMPETENCIES}, 140),
        ("position", t("Position"), {one.value: t(POSITION_LABELS[one]) for one in Position}, 140),
        ("level", t("Level"), {level: t(LEVEL_LABELS[level]) for level in LEVELS}, 105),
        ("kind", t("Question type"), {kind: t(label) for kind, label in KIND_LABELS.items()}, 140),
        ("state", t("State"), {one: t(STATE_LABELS[one]) for one in STATES}, 120),
    )
    with st.container(key="bank-filter", horizontal=True, vertical_alignment="bottom", gap="small"):
        state["bank-words"] = wanted.words
        st.text_input(
            t("Search"),
            key="bank-words",
            icon=":material/search:",
            placeholder=t("Words or id"),
            max_chars=100,
            on_change=take_wanted,
            width=170,
        )
        for name, label, options, width in choices:
            state[f"bank-{name}"] = getattr(wanted, name)
            st.selectbox(
                label,
                ["", *options],
                format_func=partial(choice_name, options),
                key=f"bank-{name}",
                on_change=take_wanted,
                width=width,
            )
        if wanted != NOTHING:
            st.button(t("Show all"), key="bank-all", icon=":material/filter_alt_off:", on_click=forget_wanted)


# ---- the parts of the page -----------------------------------------------------------------------------------------


def open_item(item_id: str) -> None:
    """Goes to a question."""
    st.switch_page(page_named("bank_item").path, query_params={"item": item_id})


def made_words(draft: Draft, models: dict[str, str]) -> str:
    """What makes a question that has no text of its own; `models` are those of the cases by id."""
    if draft.get("ask"):
        return ask_name(models.get(str(draft.get("case")), ""), str(draft["ask"]))
    return t("Made by a model: {model}", model=model_name(str(draft.get("model") or "–")))


def row_of(entry: Entry, models: dict[str, str]) -> dict[str, object]:
    """One question's line."""
    draft = entry.draft
    kind, level = str(draft.get("kind", "")), str(draft.get("level", ""))
    stem = entry.stem_in(language()).replace("**", "")
    if not stem:
        stem = made_words(draft, models) if kind == "generated" else t("New case" if is_case(draft) else "New question")
    return {
        "id": entry.item_id,
        "stem": stem,
        "competency": str(draft.get("competency", "")),
        "level": t(LEVEL_LABELS[level]) if level in LEVEL_LABELS else "",
        "kind": t("Case") if is_case(draft) else t(KIND_LABELS[kind]) if kind in KIND_LABELS else kind,
        "case": entry.case_id,
        "positions": " ".join(draft.get("positions") or ()),
        "state": state_words(entry),
        "version": entry.number,
        "changed": format_day_at(entry.at) if entry.at else "",
    }


def draw_list(shown: Sequence[Entry], key: str, models: dict[str, str]) -> None:
    """Questions as rows; a click opens one."""
    rows = [row_of(entry, models) for entry in shown]
    changed, cases = (any(row[name] for row in rows) for name in ("changed", "case"))
    columns = [
        Column("id", t("Id"), width=80, pinned=True),
        Column("stem", t("Question text"), width=330 - 80 * changed - 40 * cases),
        Column("state", t("State"), width=80 + 40 * changed),
        Column("competency", t("Competency"), width=95),
        Column("level", t("Level"), width=85),
        Column("kind", t("Question type"), width=130),
        Column(
            "positions",
            t("Positions"),
            width=85,
            help=t("O order clerk, W warehouse keeper, S customer service, P operations, F finance"),
        ),
        *([Column("case", t("Case"), width=80)] if cases else []),
        Column("version", t("Version"), "number", width=70, digits=0),
        *([Column("changed", t("Last change"), width=115)] if changed else []),
    ]
    chosen = table(
        rows,
        columns,
        key=key,
        id_key="id",
        height=560 if len(shown) > 14 else "content",
    )
    if chosen is not None:
        (open_case if any(is_case(one.draft) for one in shown if one.item_id == chosen) else open_item)(str(chosen))


def draw_questions(entries: tuple[Entry, ...], models: dict[str, str]) -> None:
    """The list with its filter."""
    wanted = wanted_now()
    draw_filter(wanted)
    shown = narrowed(entries, wanted)
    if not shown:
        empty(
            t("No question fits"),
            t("Take a part of the filter back, or write the question that is missing."),
            key="bank-nothing",
            icon="search_off",
            go_label=t("Show all"),
            on_go=forget_wanted,
        )
        return
    st.caption(
        t("{n} of {count} questions. Click one to open it.", n=format_int(len(shown)), count=format_int(len(entries)))
    )
    pager = Pager("bank", len(shown), PER_PAGE)
    draw_list(pager.part(shown), f"bank-list-{pager.number}", models)
    pager.draw()


def draw_coverage(cells: tuple[CellCount, ...]) -> None:
    """Where the bank is thick and where it is thin, beside what the tests need."""
    lacking = [cell for cell in cells if cell.lacking_count]
    if lacking:
        st.warning(t("The bank can't fill both forms of every test yet."), icon=":material/grid_off:")
        for cell in lacking:
            words = t(
                "{competency}, {level}: {n} lacking for “{test}”",
                competency=competency_name(cell.competency),
                level=t(LEVEL_LABELS[cell.level]),
                n=cell.lacking_count,
                test=cell.test,
            )
            st.button(
                safe(words),
                key=f"cell-{cell.competency}-{cell.level}",
                type="tertiary",
                icon=":material/arrow_forward:",
                on_click=look_at_cell,
                args=(cell,),
            )
    else:
        st.success(t("The bank fills both forms of every test."), icon=":material/task_alt:")
    counts = {(cell.competency, cell.level): cell for cell in cells}
    codes = sorted({*COMPETENCIES, *(cell.competency for cell in cells if cell.competency)})
    rows = []
    for code in codes:
        row: dict[str, object] = {"competency": competency_name(code)}
        for level in LEVELS:
            found = counts.get((code, level))
            row[level] = found.items_count if found else 0
        row["all"] = sum(cell.items_count for cell in cells if cell.competency == code)
        rows.append(row)
    columns = [Column("competency", t("Competency"), width="large", pinned=True)]
    columns += [Column(level, t(LEVEL_LABELS[level]), "number") for level in LEVELS]
    columns.append(Column("all", t("All"), "number"))
    st.caption(t("Questions in use by competency and level."))
    table(rows, columns, key="bank-coverage", height="content")


def draw_waiting(waiting: tuple[Entry, ...]) -> None:
    """What somebody else wrote and this person may decide on."""
    section(t("Waiting for your review"), t("Somebody else wrote these; they are asked once you have approved them."))
    draw_list(waiting, "bank-waiting", {})


def draw_begin() -> None:
    """The way to a new question."""
    names = topic_names()
    with st.popover(t("New question"), icon=":material/add:", type="primary", key="bank-new"):
        st.selectbox(t("Topic"), list(names), format_func=names.__getitem__, key="new-topic")
        st.selectbox(t("Question type"), KINDS, format_func=lambda kind: t(KIND_LABELS[kind]), key="new-kind")
        st.button(
            t("Begin writing"),
            key="new-begin",
            type="primary",
            on_click=page.portal_command,
            args=(begin_item, page.field("new-topic"), page.field("new-kind")),
            kwargs={"form_key": page.form_key("new-item")},
        )
        st.caption(t("To change a question, or to begin with a copy of it, open it."))


def draw_figures(entries: tuple[Entry, ...], cases: tuple[Entry, ...], waiting: tuple[Entry, ...]) -> None:
    """The bank in four figures."""
    made = sum(entry.in_use and entry.draft.get("kind") == "generated" for entry in entries)
    cards = (
        ("use", t("In use"), sum(entry.in_use for entry in entries), t("Questions that tests may ask.")),
        ("made", t("Made by models"), made, t("Of these, questions with figures of their own for every person.")),
        (
            "drafts",
            t("Drafts"),
            sum(entry.open_state in (DRAFT, SENT_BACK) for entry in (*entries, *cases) if not entry.case_id),
            t("Being written or sent back; nobody is asked them yet."),
        ),
        ("review", t("For your review"), len(waiting), t("Written by somebody else and waiting for you.")),
    )
    for place, (key, label, value, definition) in zip(card_row(len(cards)), cards, strict=True):
        with place:
            metric_card(label, format_int(value), definition=definition, key=key)


begun = page.result("new-item")
if begun is not None:
    open_item(page.portal_read(item_of_version, begun))
begun = page.result("new-case")
if begun is not None:
    open_case(page.portal_read(item_of_version, begun))
everything, cases_now, for_me, cells_now = page.portal_read(read_bank)
with st.container(horizontal=True, vertical_alignment="bottom"):
    heading(
        t("Item bank"),
        t("What tests ask: written here, reviewed by a second person, kept in versions"),
        "library_books",
    )
    if page.portal_actor().may("bank.write"):
        draw_begin_case(topic_names())
        draw_begin()
draw_figures(everything, cases_now, for_me)
if for_me:
    draw_waiting(for_me)
st.session_state.setdefault("bank-view", QUESTIONS)
st.segmented_control(
    t("View"),
    list(VIEW_LABELS),
    format_func=lambda view: t(VIEW_LABELS[view]),
    key="bank-view",
    required=True,
    label_visibility="collapsed",
)
match st.session_state["bank-view"]:
    case "coverage":
        draw_coverage(cells_now)
    case "cases":
        draw_case_list(cases_now, topic_names())
    case _:
        draw_questions(everything, {case.item_id: str(case.draft.get("model") or "") for case in cases_now})
