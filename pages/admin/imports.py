"""Imports: hand over a channel's files, look at what would come in, take it in, and see what was kept aside."""

from __future__ import annotations

import streamlit as st

from core.channels import CHANNELS, Channel
from core.channels import channel as channel_of
from core.channels.files import InFile
from core.channels.incoming import IncomingOrder
from core.domain.errors import ContentError, OrderlyError
from core.domain.orders import STATUS_LABELS, Status
from core.services import import_reads, imports
from core.services.import_reads import KeptProblem, PastImport
from core.services.imports import Preview, Source
from core.ui import import_job, page
from core.ui.cards import Tone, card_row, heading, metric_card, section
from core.ui.empty import empty
from core.ui.i18n import format_instant, format_int, format_money, format_rate, language, t, translate_error
from core.ui.import_mapping import choose_mapping
from core.ui.import_problems import as_csv, problem_columns, problem_rows
from core.ui.safe import safe
from core.ui.tables import Column, table

SHOWN = import_job.SHOWN
STATE_LABELS = {
    "running": "Under way",
    "done": "Done",
    "refused": "Not taken in",
    "cut_off": "Cut off: import the same files again to take in the rest",
}


def name_of(channel: Channel) -> str:
    """A channel in the reader's language."""
    return channel.name_zh if language() == "zh" else channel.name_en


def figures(taken: str, meaning: str, orders: int, unchanged: int, problems: int, warnings: int, *, key: str) -> None:
    """What an import does or did, as four figures with what they mean."""
    cards: tuple[tuple[str, str, int, Tone], ...] = (
        (taken, meaning, orders, "good"),
        (t("Here already"), t("Equal to what was imported before"), unchanged, "plain"),
        (t("Kept aside"), t("Problems; their rows stay out"), problems, "bad"),
        (t("Warnings"), t("Taken in, but worth a look"), warnings, "warn"),
    )
    for place, (label, definition, count, tone) in zip(card_row(len(cards)), cards, strict=True):
        with place:
            shown = tone if count else "plain"
            metric_card(label, format_int(count), definition=definition, key=f"{key}-{tone}", tone=shown)


# ---- handing files over ---------------------------------------------------------------------------------------


def choose() -> tuple[Channel, tuple[InFile, ...], tuple[str, ...]]:
    """Which channel, its files, and what tells these uploads from others."""
    codes = [channel.code for channel in CHANNELS]
    code = st.selectbox(
        t("Channel"), codes, format_func=lambda found: name_of(channel_of(found)), key="import-channel", width=320
    )
    channel = channel_of(code)
    st.caption(t(channel.wants))
    uploaded = st.file_uploader(
        t("Files") if channel.several_files else t("File"),
        type=[suffix.removeprefix(".") for suffix in channel.suffixes],
        accept_multiple_files=channel.several_files,
        key=f"import-files-{code}-{st.session_state.get(import_job.UPLOADS, 0)}",
    )
    several = uploaded if isinstance(uploaded, list) else [uploaded] if uploaded else []
    files = tuple(InFile(file.name, file.getvalue()) for file in several)
    return channel, files, (code, *(file.file_id for file in several))


def hand_over() -> None:
    """The way in: files, a look beforehand, and the import."""
    section(t("Import orders"))
    channel, files, uploads = choose()
    if not files:
        return
    mapping = choose_mapping(files[0]) if channel.needs_mapping else None
    if channel.needs_mapping and mapping is None:
        return
    source = Source(channel.code, files, mapping)
    mark = (uploads, mapping.to_json() if mapping else "")
    looked = st.session_state.get(import_job.LOOKED)
    if st.button(t("Look first"), icon=":material/preview:"):
        looked = (mark, look_first(source))
        st.session_state[import_job.LOOKED] = looked
    if not looked or looked[0] != mark:
        st.caption(t("Nothing is written by looking. The import can be begun afterwards."))
        return
    if isinstance(looked[1], OrderlyError):
        st.error(translate_error(looked[1]), icon=":material/error:")
        return
    show_preview(looked[1], source)


def look_first(source: Source) -> Preview | OrderlyError:
    """What an import would do, or why the files are refused."""
    with st.spinner(t("Reading …")):
        try:
            return page.read(imports.preview, source)
        except ContentError as error:
            return error


def show_preview(found: Preview, source: Source) -> None:
    """What would come in, what would be kept aside, and the button that begins."""
    counts = (found.orders_count, found.unchanged_count, found.problem_count, found.warning_count)
    figures(t("To be taken in"), t("Orders that aren't here yet"), *counts, key="preview")
    if found.orders_count or found.problem_count:
        st.button(
            t("Import {n} orders", n=format_int(found.orders_count)),
            type="primary",
            icon=":material/download:",
            on_click=import_job.start,
            args=(source, page.form_key(import_job.FORM)),
        )
    else:
        st.info(t("Everything in these files is here already. There is nothing to import."), icon=":material/done_all:")
    if found.orders:
        section(t("The first orders"), t("As they would come in"))
        show_orders(found.orders)
    if found.problems:
        section(t("Problems"), t("Each with its place; the rows stay aside until the file is corrected."))
        table(problem_rows(found.problems), problem_columns(), key="preview-problems")
        st.download_button(
            t("Download the problems"),
            data=lambda: as_csv(found.problems),
            file_name="problems.csv",
            mime="text/csv",
            icon=":material/table_view:",
            on_click="ignore",
        )


def show_orders(orders: list[IncomingOrder]) -> None:
    """Orders as they would come in."""
    rows = [
        {
            "number": order.number,
            "at": format_instant(order.placed_at),
            "status": t(STATUS_LABELS[Status(order.status)]),
            "buyer": order.buyer_name or order.buyer_code,
            "place": " ".join(filter(None, (order.region, order.city))),
            "items": sum(line.quantity for line in order.lines),
            "worth": format_money(order.worth_cents, order.currency),
        }
        for order in orders
    ]
    columns = [
        Column("number", t("Order"), pinned=True),
        Column("at", t("Ordered at")),
        Column("status", t("Status")),
        Column("buyer", t("Buyer")),
        Column("place", t("Ship to")),
        Column("items", t("Units"), "number", width="small"),
        Column("worth", t("Amount")),
    ]
    table(rows, columns, key="preview-orders")


# ---- what was imported ----------------------------------------------------------------------------------------


def all_problems(batch_id: int) -> list[KeptProblem]:
    """Every problem of an import, for downloading."""
    found: list[KeptProblem] = []
    while part := page.read(import_reads.problems_in, batch_id, skip=len(found), most=5_000):
        found += part
    return found


def show_import(past: PastImport) -> None:
    """One import: how far it is, or what it did and what it kept aside."""
    channel = channel_of(past.channel)
    section(t("Import {n}", n=past.id), f"{name_of(channel)} · {format_instant(past.at)} · {past.files}")
    if past.state == "running":
        st.progress(
            min(past.share, 1.0),
            t(
                "{share} read, {count} orders taken in",
                share=format_rate(past.share, 0),
                count=format_int(past.imported_count),
            ),
        )
        st.caption(t("It goes on when you leave this page."))
        return
    if past.refusal is not None:
        st.error(translate_error(past.refusal), icon=":material/error:")
    elif past.state == "cut_off":
        st.warning(t(STATE_LABELS["cut_off"]), icon=":material/power_off:")
    counts = (past.imported_count, past.unchanged_count, past.problem_count, past.warning_count)
    figures(t("Taken in"), t("New orders"), *counts, key="import")
    if not past.problem_count + past.warning_count:
        return
    problems = page.read(import_reads.problems_in, past.id)
    table(problem_rows(problems), problem_columns(), key=f"problems-{past.id}")
    if past.problem_count + past.warning_count > len(problems):
        st.caption(t("The first {n} are shown; the download has all of them.", n=format_int(len(problems))))
    st.download_button(
        t("Download the problems"),
        data=lambda: as_csv(all_problems(past.id)),
        file_name=f"import-{past.id}-problems.csv",
        mime="text/csv",
        icon=":material/table_view:",
        on_click="ignore",
        key=f"download-{past.id}",
    )


@st.fragment(run_every=1.0)
def follow(batch_id: int) -> None:
    """Shows a running import, again every second; the whole page once it has ended."""
    past = page.read(import_reads.get_import, batch_id)
    if past.state != "running":
        st.rerun()
    show_import(past)


def show_past() -> None:
    """The imports there were; a click opens one."""
    section(t("Past imports"))
    past = page.read(import_reads.imports_in)
    if not past:
        text = t("Orders from Olist, Shopify, Taobao and Tmall, or from a file of your own, come in here.")
        empty(t("Nothing was imported yet"), text, key="imports", icon="move_to_inbox")
        return
    rows = [
        {
            "id": found.id,
            "at": format_instant(found.at),
            "channel": name_of(channel_of(found.channel)),
            "files": found.files,
            "imported": found.imported_count,
            "unchanged": found.unchanged_count,
            "problems": found.problem_count,
            "warnings": found.warning_count,
            "state": t(STATE_LABELS[found.state]),
        }
        for found in past
    ]
    columns = [
        Column("at", t("Begun")),
        Column("channel", t("Channel")),
        Column("files", t("Files"), width="medium"),
        Column("imported", t("Taken in"), "number", width="small"),
        Column("unchanged", t("Here already"), "number", width="small"),
        Column("problems", t("Kept aside"), "number", width="small"),
        Column("warnings", t("Warnings"), "number", width="small"),
        Column("state", t("State")),
    ]
    chosen = table(rows, columns, key="past-imports", id_key="id")
    if chosen is not None and chosen != st.session_state.get(SHOWN):
        st.session_state[SHOWN] = chosen
        st.rerun()
    st.caption(safe(t("Click an import to see what it kept aside.")))


heading(
    t("Imports"),
    t("Orders from other channels, with everything that couldn't be taken in kept aside."),
    "move_to_inbox",
)
if page.actor().may("imports.run"):
    hand_over()
if (shown := st.session_state.get(SHOWN)) is not None:
    current = page.read(import_reads.get_import, shown)
    if current.state == "running":
        follow(shown)
    else:
        show_import(current)
show_past()
