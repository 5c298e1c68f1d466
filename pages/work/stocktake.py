"""One stocktake: count it, see what differs and why, and let the difference onto the book."""

from __future__ import annotations

from typing import Any

import streamlit as st

from core.domain.classes import Abc
from core.domain.counting import CountStatus
from core.domain.labels import label_of
from core.services import count_posting, counting
from core.services.count_reads import CountLine, StocktakeFile, get_stocktake
from core.services.stock_policies import counting_policy
from core.ui import count_parts, page
from core.ui.cards import Tone, card_row, chips, facts, heading, metric_card, section
from core.ui.count_parts import article, counted_words, lot_words, names_of, refused_words, signed, value_words
from core.ui.empty import empty
from core.ui.i18n import format_instant, format_int, format_rate, language, t
from core.ui.safe import safe
from core.ui.site import page_named
from core.ui.tables import Column, table
from pages.work import settle

TONES: dict[CountStatus, Tone] = {
    CountStatus.PLANNED: "info",
    CountStatus.COUNTING: "warn",
    CountStatus.RECOUNT: "warn",
    CountStatus.COUNTED: "info",
    CountStatus.APPROVED: "info",
    CountStatus.POSTED: "good",
    CountStatus.CANCELLED: "quiet",
}
VIEW_LABELS = {"due": "To be counted", "off": "Differences", "all": "All lines"}


def draw_head(file: StocktakeFile, names: dict[str, str]) -> None:
    """What is counted where, how far it is, and who did what."""
    row = file.row
    lead = " · ".join([t(label_of(row.kind)), row.warehouse_zh if language() == "zh" else row.warehouse_en])
    heading(row.number, lead, "inventory")
    marks: dict[str, Tone] = {t(label_of(row.status)): TONES[row.status]}
    if row.is_blind:
        marks[t("blind")] = "quiet"
    chips(marks)
    scope = " · ".join([*file.zones, *file.categories, *file.skus[:8]]) + (" …" if len(file.skus) > 8 else "")
    planner = names.get(row.planned_by, row.planned_by)
    shown = {
        t("Scope"): scope or t("Everything"),
        t("Planned by"): f"{planner}, {format_instant(row.planned_at, file.timezone)}",
    }
    if file.started_at is not None:
        shown[t("Begun")] = format_instant(file.started_at, file.timezone)
    if file.approved_by is not None and file.approved_at is not None:
        who = names.get(file.approved_by, file.approved_by)
        shown[t("Approved by")] = f"{who}, {format_instant(file.approved_at, file.timezone)}"
    if row.note:
        shown[t("Note")] = row.note
    facts(shown)


def draw_actions(file: StocktakeFile) -> None:
    """What this person may do with the stocktake as it stands; what can't be done says why."""
    wanted = {
        CountStatus.PLANNED: ("start",),
        CountStatus.COUNTING: ("finish",),
        CountStatus.RECOUNT: ("finish",),
        CountStatus.COUNTED: ("approve",),
        CountStatus.APPROVED: ("post",),
    }.get(file.row.status, ())
    works: dict[str, tuple[Any, str, str, str]] = {
        "start": (counting.start_count, t("Begin counting"), "play_arrow", t("The book is kept as it stands now.")),
        "finish": (counting.finish_count, t("End the count"), "flag", t("The round is over.")),
        "approve": (counting.approve_stocktake, t("Approve"), "verified", t("The differences are approved.")),
        "post": (count_posting.post_stocktake, t("Post on the book"), "publish", t("The book says what was counted.")),
    }
    with st.container(horizontal=True, key="count-actions", gap="small"):
        for name in wanted:
            if name not in file.refusals:
                continue
            work, label, icon, done = works[name]
            refused = refused_words(file.refusals[name])
            st.button(
                label,
                type="secondary" if refused else "primary",
                icon=f":material/{icon}:",
                disabled=bool(refused),
                help=safe(refused) if refused else None,
                on_click=page.command,
                args=(work, file.row.id),
                kwargs={
                    "version": file.version,
                    "form_key": page.form_key(f"{name}-{file.row.id}"),
                    "done": done,
                },
                key=f"do-{name}",
            )
        if "cancel" in file.refusals and file.refusals["cancel"] is None:
            draw_cancel(file)
    blocking = next((file.refusals[name] for name in wanted if file.refusals.get(name)), None)
    if blocking is not None and file.row.status is CountStatus.COUNTED:
        st.caption(f":material/info: {safe(refused_words(blocking))}")


def draw_cancel(file: StocktakeFile) -> None:
    """Calling it off, with its reason."""
    key = page.form_key(f"cancel-{file.row.id}")
    with st.popover(t("Call off"), icon=":material/cancel:"), st.form(f"form-{key}", border=False):
        st.text_input(t("Reason"), max_chars=500, key=f"{key}-reason")
        st.form_submit_button(
            t("Call the stocktake off"),
            on_click=page.command,
            args=(counting.cancel_stocktake, file.row.id, page.field(f"{key}-reason")),
            kwargs={"version": file.version, "form_key": key, "done": t("The stocktake is called off.")},
        )


def draw_figures(file: StocktakeFile) -> None:
    """How well the book knew the shelf."""
    if not file.sees_book or not file.accuracy.lines:
        return
    found = file.accuracy
    off = found.lines - found.lines_right
    value = sum(line.value_cents or 0 for line in file.lines)
    right, units, differences, worth = card_row(4)
    with right:
        definition = t("Places counted whose count equals the book.")
        share = format_rate(found.record_rate) if found.record_rate is not None else "–"
        metric_card(t("Stock accuracy"), share, definition=definition, key="accuracy", tone="info")
    with units:
        definition = t("One less all differences, missing or too many, over the units in the book.")
        share = format_rate(found.unit_rate) if found.unit_rate is not None else "–"
        metric_card(t("Accuracy by units"), share, definition=definition, key="units")
    with differences:
        definition = t("Of {n} lines counted; the others equal the book exactly.", n=format_int(found.lines))
        metric_card(t("Differences"), format_int(off), definition=definition, key="off", tone="warn" if off else "good")
    with worth:
        definition = t("Units that differ by what they cost; missing ones count below zero.")
        metric_card(
            t("Value of differences"),
            value_words(value),
            definition=definition,
            key="worth",
            tone="bad" if value < 0 else "plain",
        )


def as_cells(line: CountLine, file: StocktakeFile, names: dict[str, str]) -> dict[str, Any]:
    """One line as the list shows it."""
    return {
        "id": line.id,
        "position": line.position,
        "bin": line.bin_code,
        "article": article(line),
        "lot": lot_words(line, file.timezone),
        "abc": line.abc.value,
        "book": line.book,
        "expected": line.expected,
        "counted": line.counted,
        "off": "" if line.difference is None else signed(line.difference) if line.difference else "0",
        "moved": None if line.expected is None or line.book is None else line.expected - line.book,
        "value": "" if not line.value_cents else value_words(line.value_cents),
        "reason": (t(label_of(line.reason)) if line.reason else "") + (f" ({line.note})" if line.note else ""),
        "rounds": line.rounds,
        "who": counted_words(line, names, file.timezone),
    }


def columns_of(file: StocktakeFile, view: str) -> list[Column]:
    """What the list shows; nothing of the book while it is hidden."""
    first = [Column("position", t("Line"), "number", width=60, pinned=True)]
    if file.has_bins:
        first.append(Column("bin", t("Bin"), width=100))
    first += [Column("article", t("Article"), width=260), Column("counted", t("Counted"), "number", width=80)]
    if view == "due":
        return [*first[:-1], Column("lot", t("Lot"), width=230), Column("abc", t("Class"), width=60)]
    book = [
        Column("off", t("Difference"), width=90),
        Column("reason", t("Reason"), width=220),
        Column("value", t("Value"), width=110),
        Column("expected", t("Book when counted"), "number", width=130),
        Column("moved", t("Moved since the start"), "number", width=150),
    ]
    rest = [
        Column("rounds", t("Counts"), "number", width=70),
        Column("who", t("Counted by"), width=220),
        Column("lot", t("Lot"), width=230),
        Column("abc", t("Class"), width=60),
    ]
    return first + (book if file.sees_book else []) + rest


def draw_lines(file: StocktakeFile, names: dict[str, str]) -> None:
    """The lines of the view that was chosen."""
    views = ["off", "all"] if not file.takes_counts else ["due", "off", "all"] if file.sees_book else ["due", "all"]
    lines = {
        "due": [line for line in file.lines if line.is_due],
        "off": [line for line in file.lines if line.difference],
        "all": list(file.lines),
    }
    if st.session_state.get("count-view") not in views:
        st.session_state["count-view"] = views[0]
    view = st.segmented_control(
        t("Which lines"),
        views,
        required=True,
        format_func=lambda name: f"{t(VIEW_LABELS[name])} · {format_int(len(lines[name]))}",
        key="count-view",
        label_visibility="collapsed",
    )
    shown = lines[view or views[0]]
    if not shown:
        said = t("Every count equals the book.") if view == "off" else t("No line waits for a count.")
        st.caption(f":material/task_alt: {safe(said)}")
        return
    cells = [as_cells(line, file, names) for line in shown]
    height: Any = "content" if len(cells) <= 14 else 560
    chosen = table(cells, columns_of(file, view or ""), key=f"count-lines-{view}", id_key="id", height=height)
    picked = f"count-line-{file.row.id}"
    if view == "due" and chosen is not None and st.session_state.get("_picked") != chosen:
        st.session_state[picked] = st.session_state["_picked"] = chosen
        st.rerun()


def draw(stocktake_id: int) -> None:
    """The whole sheet."""
    file = page.read(get_stocktake, stocktake_id)
    actors = {file.row.planned_by, file.approved_by or "", *(line.counted_by or "" for line in file.lines)}
    names = names_of(actors)
    draw_head(file, names)
    draw_actions(file)
    if file.row.status is CountStatus.PLANNED:
        st.info(t("Nothing is counted yet. What the book says is kept the moment counting begins."))
        return
    draw_figures(file)
    if file.takes_counts and page.actor().may("stock.count"):
        left, right = st.columns([1, 1], gap="medium")
        with left:
            count_parts.draw_entry(file)
        with right:
            section(t("Count sheets"))
            count_parts.draw_sheets(file)
            count_parts.draw_found(file)
    if file.causes:
        section(t("What differs, and why"))
        count_parts.draw_causes(file)
        if file.row.status is CountStatus.COUNTED and page.actor().may("stock.count"):
            count_parts.draw_reasons(file)
    section(t("Lines"))
    draw_lines(file, names)
    if file.sees_book and file.lines:
        limits = ", ".join(_tolerance_words(abc) for abc in Abc)
        st.caption(safe(t("Beyond these a line is counted again: {limits}.", limits=limits)))


def _tolerance_words(abc: Abc) -> str:
    limit = counting_policy().tolerance[abc]
    return t("{abc}: {n} units or {rate}", abc=abc.value, n=limit.units, rate=format_rate(limit.rate, 0))


settle()
st.page_link(page_named("stocktakes").path, label=t("Stocktakes"), icon=":material/arrow_back:")
asked = st.query_params.get("id", "")
if asked.isdecimal() and len(asked) < 18:
    draw(int(asked))
else:
    empty(
        t("No stocktake chosen"),
        t("Choose one from the list."),
        key="no-stocktake",
        icon="inventory",
        go_label=t("Stocktakes"),
        go_page="stocktakes",
    )
