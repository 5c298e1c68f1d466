"""Imports: hand over a channel's files, look at what would come in, take it in, and see what was kept aside."""

from __future__ import annotations

import streamlit as st

from core.channels import CHANNELS, Channel, mapped
from core.channels import channel as channel_of
from core.channels.export import to_csv
from core.channels.files import InFile
from core.channels.incoming import IncomingOrder
from core.channels.mapping import DECIMAL_LABELS, FIELD_LABELS, NEEDED_FIELDS, TIME_FORM_LABELS, ColumnMapping, guess
from core.channels.problems import SEVERITY_LABELS, Problem
from core.domain.errors import ContentError, OrderlyError
from core.domain.orders import STATUS_LABELS, Status
from core.portal import import_mappings
from core.services import import_reads, imports
from core.services.import_reads import KeptProblem, PastImport
from core.services.imports import Preview, Source
from core.ui import import_job, page
from core.ui.cards import card_row, heading, metric_card, section
from core.ui.empty import empty
from core.ui.i18n import format_instant, format_int, format_money, format_rate, language, t, translate_error
from core.ui.safe import safe
from core.ui.tables import Column, table

ZONES = (
    "Asia/Shanghai",
    "UTC",
    "Europe/Berlin",
    "Europe/London",
    "America/New_York",
    "America/Sao_Paulo",
    "Asia/Tokyo",
)
SHOWN = import_job.SHOWN
STATE_LABELS = {
    "running": "Under way",
    "done": "Done",
    "refused": "Refused",
    "cut_off": "Cut off: import the same files again to take in the rest",
}


def name_of(channel: Channel) -> str:
    """A channel in the reader's language."""
    return channel.name_zh if language() == "zh" else channel.name_en


def found_text(problem: Problem | KeptProblem) -> str:
    """What stands in the file, or that nothing does."""
    return problem.found or t("(empty)")


def wanted_text(problem: Problem | KeptProblem) -> str:
    """What was wanted, in the reader's language."""
    return t(problem.template if isinstance(problem, Problem) else problem.wanted, **dict(problem.params))


def problem_rows(problems: list[Problem] | list[KeptProblem]) -> list[dict[str, object]]:
    """Problems as rows of a table."""
    return [
        {
            "file": p.file,
            "line": p.line,
            "column": p.column,
            "found": found_text(p),
            "wanted": wanted_text(p),
            "order": p.order_number,
            "severity": t(SEVERITY_LABELS[p.severity]),
            "raw": p.raw,
        }
        for p in problems
    ]


def problem_columns() -> list[Column]:
    """How problems are shown."""
    return [
        Column("severity", t("What became of it"), width="small"),
        Column("file", t("File"), width="small"),
        Column("line", t("Line"), "number", width="small"),
        Column("column", t("Column"), width="small"),
        Column("found", t("Found")),
        Column("wanted", t("Wanted"), width="large"),
        Column("order", t("Order")),
        Column("raw", t("The row as it came"), width="large"),
    ]


def as_csv(problems: list[Problem] | list[KeptProblem]) -> bytes:
    """Problems as a file for a spreadsheet, with nothing in it that could calculate."""
    columns = problem_columns()
    rows = problem_rows(problems)
    return to_csv([column.title for column in columns], [[row[column.key] for column in columns] for row in rows])


def figures(items: list[tuple[str, int, str, str]]) -> None:
    """Counts with what they mean. Shape: (label, count, definition, tone)."""
    for place, (label, count, definition, tone) in zip(card_row(len(items)), items, strict=True):
        with place:
            metric_card(label, format_int(count), definition=definition, key=label, tone=tone)  # type: ignore[arg-type]


# ---- handing files over ---------------------------------------------------------------------------------------


def choose() -> tuple[Channel, tuple[InFile, ...]]:
    """Which channel, and its files."""
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
        key=f"import-files-{code}",
    )
    several = uploaded if isinstance(uploaded, list) else [uploaded] if uploaded else []
    return channel, tuple(InFile(file.name, file.getvalue()) for file in several)


def set_mapping(mapping: ColumnMapping, header: tuple[str, ...]) -> None:
    """Puts a mapping into the widgets; columns that the file lacks stay unchosen."""
    for name in FIELD_LABELS:
        column = mapping.columns.get(name, "")
        st.session_state[f"map-{name}"] = column if column in header else ""
    st.session_state["map-timezone"] = mapping.timezone if mapping.timezone in ZONES else ZONES[0]
    st.session_state["map-time_form"] = mapping.time_form
    st.session_state["map-decimal"] = mapping.decimal
    st.session_state["map-currency"] = mapping.currency
    st.session_state["map-country"] = mapping.country


def use_kept(kept: dict[int, str], header: tuple[str, ...]) -> None:
    """A callback: puts the chosen kept mapping into the widgets."""
    chosen = st.session_state.get("map-kept")
    if chosen in kept:
        set_mapping(ColumnMapping.from_json(kept[chosen]), header)


def mapping_from_widgets() -> ColumnMapping:
    """The mapping that the widgets show."""
    state = st.session_state
    columns = {name: state.get(f"map-{name}", "") or "" for name in FIELD_LABELS}
    settings = (state.get(f"map-{name}", "") for name in ("timezone", "time_form", "decimal", "currency", "country"))
    return ColumnMapping({name: column for name, column in columns.items() if column}, *settings)


def keep_mapping(name: str, mapping: ColumnMapping, form_key: str) -> None:
    """A callback: keeps the mapping under its name."""
    page.portal_command(
        import_mappings.save_mapping,
        page.field(name),
        mapping.to_json(),
        form_key=form_key,
        done=t("The mapping was kept."),
    )


def choose_mapping(file: InFile) -> ColumnMapping | None:
    """Which column says what; None while something is missing."""
    try:
        header = mapped.header_of(file)
    except ContentError as error:
        st.error(translate_error(error), icon=":material/error:")
        return None
    known = st.session_state.get("map-file")
    if known != (file.name, file.size, header):
        st.session_state["map-file"] = (file.name, file.size, header)
        set_mapping(guess(header), header)
    section(t("Which column says what"), t("Filled in from the names of the columns as far as they tell; check it."))
    kept = {found.id: found for found in page.portal_read(import_mappings.mappings_in)}
    if kept:
        st.selectbox(
            t("Use a kept mapping"),
            [0, *kept],
            format_func=lambda found: kept[found].name if found else t("(none)"),
            key="map-kept",
            on_change=use_kept,
            args=({number: found.mapping for number, found in kept.items()}, header),
            width=320,
        )
    places = st.columns(3)
    for number, (name, label) in enumerate(FIELD_LABELS.items()):
        title = t(label) + (" *" if name in NEEDED_FIELDS else "")
        places[number % 3].selectbox(title, ["", *header], key=f"map-{name}", format_func=lambda c: c or "–")
    with st.expander(t("How times and amounts are written"), icon=":material/tune:", expanded=True):
        left, middle, right = st.columns(3)
        left.selectbox(
            t("Times"), list(TIME_FORM_LABELS), format_func=lambda f: t(TIME_FORM_LABELS[f]), key="map-time_form"
        )
        middle.selectbox(t("Time zone of times without one"), ZONES, key="map-timezone")
        right.selectbox(
            t("Decimal mark"), list(DECIMAL_LABELS), format_func=lambda f: t(DECIMAL_LABELS[f]), key="map-decimal"
        )
        currencies = sorted(imports.terms_at(0).currencies)
        left.selectbox(t("Currency, where no column says it"), currencies, key="map-currency")
        middle.text_input(t("Country, where no column says it"), max_chars=60, key="map-country")
    mapping = mapping_from_widgets()
    try:
        mapping.check()
    except ContentError as error:
        st.warning(translate_error(error), icon=":material/rule:")
        return None
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.text_input(t("Keep this mapping as"), max_chars=80, key="map-name", width=320)
        st.button(
            t("Keep"),
            icon=":material/bookmark_add:",
            on_click=keep_mapping,
            args=("map-name", mapping, page.form_key("keep-mapping")),
        )
    return mapping


def hand_over() -> None:
    """The way in: files, a look beforehand, and the import."""
    section(t("Import orders"))
    channel, files = choose()
    if not files:
        return
    mapping = choose_mapping(files[0]) if channel.needs_mapping else None
    if channel.needs_mapping and mapping is None:
        return
    source = Source(channel.code, files, mapping)
    mark = (channel.code, tuple((file.name, file.sha256()) for file in files), mapping.to_json() if mapping else "")
    looked = st.session_state.get("import-looked")
    if st.button(
        t("Look first"), icon=":material/preview:", type="secondary" if looked and looked[0] == mark else "primary"
    ):
        looked = (mark, look_first(source))
        st.session_state["import-looked"] = looked
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
    figures(
        [
            (t("To be taken in"), found.orders_count, t("Orders that aren't here yet"), "good" if found.orders_count else "plain"),
            (t("Here already"), found.unchanged_count, t("Equal to what was imported before"), "plain"),
            (t("Kept aside"), found.problem_count, t("Rows with a problem"), "bad" if found.problem_count else "plain"),
            (t("Warnings"), found.warning_count, t("Taken in, but worth a look"), "warn" if found.warning_count else "plain"),
        ]
    )  # fmt: skip
    st.button(
        t("Import {n} orders", n=format_int(found.orders_count)),
        type="primary",
        icon=":material/download:",
        disabled=not found.orders_count and not found.problem_count,
        on_click=import_job.start,
        args=(source, page.form_key(import_job.FORM)),
    )
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
            "worth": format_money(
                order.total_cents if order.total_cents is not None else order.items_cents + order.freight_cents,
                order.currency,
            ),
        }
        for order in orders
    ]
    columns = [
        Column("number", t("Order"), pinned=True),
        Column("at", t("Ordered at")),
        Column("status", t("Status")),
        Column("buyer", t("Buyer")),
        Column("place", t("Place")),
        Column("items", t("Units"), "number", width="small"),
        Column("worth", t("Amount")),
    ]
    table(rows, columns, key="preview-orders")


# ---- what was imported ----------------------------------------------------------------------------------------


def all_problems(batch_id: int) -> list[KeptProblem]:
    """Every problem of an import, for downloading."""
    found: list[KeptProblem] = []
    while part := page.read(import_reads.problems_in, batch_id, after_id=found[-1].id if found else 0, most=5_000):
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
    figures(
        [
            (t("Taken in"), past.imported_count, t("New orders"), "good" if past.imported_count else "plain"),
            (t("Here already"), past.unchanged_count, t("Equal to what was imported before"), "plain"),
            (t("Kept aside"), past.problem_count, t("Rows with a problem"), "bad" if past.problem_count else "plain"),
            (t("Warnings"), past.warning_count, t("Taken in, but worth a look"), "warn" if past.warning_count else "plain"),
        ]
    )  # fmt: skip
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
