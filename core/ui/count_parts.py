"""The parts of a stocktake's page: entry line by line, sheets, and the analysis of differences."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from html import escape
from zoneinfo import ZoneInfo

import streamlit as st

from core.channels.count_sheets import to_workbook
from core.channels.files import InFile
from core.context import Context
from core.documents.count_sheet import count_sheet
from core.documents.voice import Voice
from core.domain.counting import CAUSE_LABELS, Cause
from core.domain.errors import OrderlyError, RuleViolation
from core.domain.labels import label_of
from core.portal.colleagues import names_behind
from core.services import count_entries, counting
from core.services.count_reads import CountLine, StocktakeFile
from core.services.count_sheets import SheetPreview, enter_sheet, get_count_sheet, preview_sheet
from core.ui import page
from core.ui.cards import panel
from core.ui.i18n import format_day, format_instant, format_int, format_money, in_language, language, t, translate_error
from core.ui.import_problems import problem_columns, problem_rows
from core.ui.rich import grid
from core.ui.safe import safe
from core.ui.tables import table
from core.ui.voices import voice

UNITS, GO_TO, SHEET_AT, SAID = "count-units", "count-go-to", "count-sheet-at", "count-words"
PDF, XLSX = "application/pdf", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def names_of(actors: Iterable[str]) -> dict[str, str]:
    """Who is behind the actors of a stocktake, as this reader knows them."""
    names = page.portal_read(names_behind, {actor for actor in actors if actor})
    return {"engine": t("Automatic")} | names | {f"person:{page.person().person_id}": t("You")}


def value_words(cents: int) -> str:
    """A signed value; nothing reads as nothing."""
    return ("+" if cents > 0 else "") + format_money(cents) if cents else "0"


def signed(units: int) -> str:
    """A difference with its sign."""
    return ("+" if units > 0 else "") + format_int(units)


def article(line: CountLine) -> str:
    """An article by code and name."""
    return f"{line.sku_code} {line.name_zh if language() == 'zh' else line.name_en}"


def lot_words(line: CountLine, timezone: str) -> str:
    """A lot by its number and what is written on it."""
    since = t("Lot {lot}, in since {day}", lot=line.lot_id, day=_day(line.received_at, timezone))
    return since + (f" · {t('expires {day}', day=format_day(line.expires_on))}" if line.expires_on else "")


def _day(at: int, timezone: str) -> str:
    return format_day(datetime.fromtimestamp(at, ZoneInfo(timezone)).date())


# ---- line by line -------------------------------------------------------------------------------------------------


def draw_entry(file: StocktakeFile) -> None:
    """The place that is counted now, and one field: type the units, press Enter, and the next place is there."""
    due = [line for line in file.lines if line.is_due]
    if not due:
        st.success(t("Everything is counted. End the count to see what differs."), icon=":material/task_alt:")
        return
    wanted = st.session_state.get(f"count-line-{file.row.id}")
    line = next((one for one in due if one.id == wanted), due[0])
    key = page.form_key(f"count-{file.row.id}")
    with panel("entry"):
        st.html(_place(file, line, len(due)))
        with st.form("count-form", border=False):
            field, button = st.columns([3, 2], gap="small", vertical_alignment="bottom")
            field.text_input(t("Units counted here"), key=UNITS, max_chars=12, placeholder=t("Number, then Enter"))
            button.form_submit_button(
                t("Save, next place"),
                type="primary",
                icon=":material/keyboard_return:",
                on_click=_count,
                args=(file, line, key),
                width="stretch",
            )
        with st.container(key="count-said"):
            for words in st.session_state.pop(SAID, ()):
                st.error(safe(words), icon=":material/block:")
        st.text_input(
            t("Go to another place"),
            key=GO_TO,
            max_chars=60,
            icon=":material/barcode_scanner:",
            placeholder=t("Scan or type a bin, an article or a line number"),
            on_change=_go_to,
            args=(file,),
        )


def _place(file: StocktakeFile, line: CountLine, left: int) -> str:
    """Where to look and for what, large enough to read while walking."""
    n = len(file.lines)
    top = t("Line {position} of {n} · {left} to go", position=line.position, n=n, left=format_int(left))
    book = "" if line.book is None else f"<small>{escape(t('Book when counting began: {n}', n=line.book))}</small>"
    again = f"<em>{escape(t('Count it again'))}</em>" if line.rounds else ""
    where = f"<b>{escape(line.bin_code)}</b>" if line.bin_code else ""
    return (
        f'<div class="od-place"><small>{escape(top)}</small>{where}<span>{escape(article(line))}</span>'
        f"<small>{escape(lot_words(line, file.timezone))}</small>{book}{again}</div>"
    )


def _count(file: StocktakeFile, line: CountLine, key: str) -> None:
    page.command(count_entries.enter_typed, file.row.id, line.id, page.field(UNITS), form_key=key)
    # Said beside the field: anything new above it would take the cursor out of it.
    st.session_state[SAID] = [words for _, words in page.take_flashes()]
    st.session_state[UNITS] = ""
    if page.form_key(f"count-{file.row.id}") != key:
        following = next((one.id for one in file.lines if one.is_due and one.position > line.position), None)
        st.session_state[f"count-line-{file.row.id}"] = following


def _go_to(file: StocktakeFile) -> None:
    """Opens the first place that waits and is called so; says when there is none."""
    words = (st.session_state.get(GO_TO) or "").strip()
    st.session_state[GO_TO] = ""
    for line in file.lines:
        names = {line.bin_code, line.sku_code, line.barcode, str(line.position)} - {""}
        if line.is_due and words.casefold() in {name.casefold() for name in names}:
            st.session_state[f"count-line-{file.row.id}"] = line.id
            return
    if words:
        page.flash(t("Nothing called {words} waits for a count here.", words=safe(words)), "note")


def draw_found(file: StocktakeFile) -> None:
    """Goods that lie where the book knows of none."""
    key = page.form_key(f"found-{file.row.id}")
    names = ([("bin", t("Bin"))] if file.has_bins else []) + [
        ("article", t("Article number or bar code")),
        ("lot", t("Lot (empty: the latest)")),
        ("units", t("Units")),
    ]
    with (
        st.expander(t("Found something that isn't on the list?"), icon=":material/add_box:"),
        st.form(f"form-{key}", border=False, enter_to_submit=False),
    ):
        for cell, (name, label) in zip(st.columns(len(names), gap="small"), names, strict=True):
            cell.text_input(label, key=f"{key}-{name}", max_chars=60)
        st.form_submit_button(t("Add to the count"), on_click=_found, args=(file, key))


def _found(file: StocktakeFile, key: str) -> None:
    typed = [st.session_state.get(f"{key}-{name}") or "" for name in ("bin", "article", "lot", "units")]
    page.command(count_entries.found_typed, file.row.id, *typed, form_key=key, done=t("It is on the list now."))


# ---- sheets -------------------------------------------------------------------------------------------------------


def _pdf(ctx: Context, stocktake_id: int, speaks: Voice) -> bytes:
    # It is made when somebody asks for it, by a thread that nobody has told a language.
    with in_language(speaks.language):
        return count_sheet(get_count_sheet(ctx, stocktake_id), speaks)


def _xlsx(ctx: Context, stocktake_id: int) -> bytes:
    return to_workbook(get_count_sheet(ctx, stocktake_id))


def draw_sheets(file: StocktakeFile) -> None:
    """Sheets to print or to fill in, and the way back for a filled-in one."""
    if any(line.is_due for line in file.lines):
        with st.container(horizontal=True, gap="small"):
            st.download_button(
                t("Count sheet to print (PDF)"),
                data=page.reading(_pdf, file.row.id, voice()),
                file_name=f"{file.row.number}.pdf",
                mime=PDF,
                icon=":material/print:",
                on_click="ignore",
            )
            st.download_button(
                t("Count sheet to fill in (Excel)"),
                data=page.reading(_xlsx, file.row.id),
                file_name=f"{file.row.number}.xlsx",
                mime=XLSX,
                icon=":material/table_view:",
                on_click="ignore",
            )
    turn = st.session_state.get("count-uploads", 0)
    uploaded = st.file_uploader(t("A count sheet that was filled in"), type=["xlsx", "csv"], key=f"count-file-{turn}")
    if uploaded is None:
        st.caption(t("Fill in the last column only. Cells that stay empty aren't counted."))
        return
    upload = InFile(uploaded.name, uploaded.getvalue())
    try:
        found = page.read(preview_sheet, file.row.id, upload)
    except OrderlyError as error:
        st.error(safe(translate_error(error)), icon=":material/error:")
        return
    _draw_preview(file, upload, found)


def _draw_preview(file: StocktakeFile, upload: InFile, found: SheetPreview) -> None:
    parts = [
        t("{n} counts to take in", n=format_int(len(found.counts))),
        t("{n} empty", n=format_int(found.blank)),
        t("{n} entered already", n=format_int(found.same)),
        t("{n} that can't be taken", n=format_int(len(found.problems))),
    ]
    st.markdown(safe(" · ".join(parts)))
    if found.problems:
        columns = [column for column in problem_columns() if column.key in ("line", "column", "found", "wanted")]
        table(problem_rows(list(found.problems)), columns, key="count-problems", height="content")
    if not found.counts:
        return
    zone = ZoneInfo(file.timezone)
    now = datetime.fromtimestamp(file.now, zone).replace(tzinfo=None, second=0)
    day, clock, button = st.columns([1, 1, 2], gap="small", vertical_alignment="bottom")
    day.date_input(t("Counted on"), value=now.date(), max_value=now.date(), key=f"{SHEET_AT}-day")
    clock.time_input(t("at"), value=now.time(), step=60, key=f"{SHEET_AT}-clock")
    button.button(
        t("Take in {n} counts", n=format_int(len(found.counts))),
        type="primary",
        icon=":material/upload_file:",
        on_click=_enter_sheet,
        args=(file, upload, now, page.form_key(f"sheet-{file.row.id}")),
        width="stretch",
    )
    st.caption(t("When it was counted matters: units that were moved after that are no difference."))


def _enter_sheet(file: StocktakeFile, upload: InFile, now: datetime, key: str) -> None:
    kept = st.session_state
    chosen = datetime.combine(kept[f"{SHEET_AT}-day"], kept[f"{SHEET_AT}-clock"])
    # The minute in which the sheet is handed over is now, to the second.
    at = None if chosen >= now else int(chosen.replace(tzinfo=ZoneInfo(file.timezone)).timestamp()) + 59
    page.command(enter_sheet, file.row.id, upload, at, form_key=key, done=t("The counts are in."))
    if page.form_key(f"sheet-{file.row.id}") != key:
        kept["count-uploads"] = kept.get("count-uploads", 0) + 1


# ---- differences --------------------------------------------------------------------------------------------------


def draw_causes(file: StocktakeFile) -> None:
    """What the differences come to, by cause."""
    rows = [
        [
            t(label_of(one.cause)) if one.cause else t("No reason yet"),
            format_int(one.lines),
            signed(one.units_up),
            signed(-one.units_down),
            value_words(one.value_cents),
        ]
        for one in file.causes
    ]
    columns = [t("Reason"), t("Lines"), t("Units too many"), t("Units missing"), t("Value of differences")]
    st.markdown(grid(columns, rows))


def draw_reasons(file: StocktakeFile) -> None:
    """Says why lines differ, or has them counted again; several at once."""
    off = [line for line in file.lines if line.difference]
    key = page.form_key(f"reasons-{file.row.id}")
    by_id = {line.id: line for line in off}
    open_lines = [line.id for line in off if line.reason is None]
    with st.form(f"form-{key}", enter_to_submit=False):
        st.multiselect(
            t("Lines that differ"),
            list(by_id),
            default=open_lines[:1],
            format_func=lambda number: _line_words(by_id[number]),
            placeholder=t("Choose lines"),
            key=f"{key}-lines",
        )
        cause, note = st.columns([1, 2], gap="small")
        cause.selectbox(
            t("Why it differs"),
            [one.value for one in Cause],
            format_func=lambda code: t(CAUSE_LABELS[Cause(code)]),
            key=f"{key}-cause",
        )
        note.text_input(t("Note"), max_chars=500, key=f"{key}-note")
        with st.container(horizontal=True, gap="small"):
            st.form_submit_button(
                t("Keep the reason"), type="primary", icon=":material/rule:", on_click=_explain, args=(file, key)
            )
            st.form_submit_button(
                t("Have them counted again"), icon=":material/replay:", on_click=_recount, args=(file, key)
            )


def _line_words(line: CountLine) -> str:
    parts = [str(line.position), line.bin_code, line.sku_code, signed(line.difference or 0)]
    return " · ".join(part for part in parts if part) + (" ✓" if line.reason else "")


def _explain(file: StocktakeFile, key: str) -> None:
    kept = st.session_state
    page.command(
        counting.explain_differences,
        file.row.id,
        tuple(kept.get(f"{key}-lines") or ()),
        kept.get(f"{key}-cause") or "",
        kept.get(f"{key}-note") or "",
        form_key=key,
        done=t("The reason is kept."),
    )


def _recount(file: StocktakeFile, key: str) -> None:
    lines = tuple(st.session_state.get(f"{key}-lines") or ())
    done = t("These lines are to be counted again.")
    page.command(counting.ask_recount, file.row.id, lines, version=file.version, form_key=key, done=done)


def refused_words(refusal: RuleViolation | None) -> str:
    """Why a button can't be pressed, in the reader's words."""
    return translate_error(refusal) if refusal is not None else ""


def counted_words(line: CountLine, names: dict[str, str], timezone: str) -> str:
    """Who counted a line, and when."""
    if line.counted_at is None or line.counted_by is None:
        return ""
    return f"{names.get(line.counted_by, line.counted_by)}, {format_instant(line.counted_at, timezone)}"
