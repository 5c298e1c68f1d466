"""The books: whether everything adds up, what stock is worth, what goods cost, and which periods are closed."""

from __future__ import annotations

from datetime import date, timedelta

import streamlit as st

from core.domain.facts import local_day
from core.domain.labels import label_of
from core.domain.stock import Account
from core.metrics.filters import day_text
from core.services import book_closing, book_reads
from core.services.book_reads import Look
from core.services.books import CHECK_LABELS, Imbalance
from core.ui import books_job, page
from core.ui.book_files import costs_file, findings_file, layers_file
from core.ui.book_words import Names, check_name, leads_to, names_for, subject_words, value_words
from core.ui.cards import heading, panel, section
from core.ui.count_parts import names_of
from core.ui.empty import empty
from core.ui.guard import fragment
from core.ui.i18n import format_day, format_instant, format_int, format_money, t
from core.ui.rich import grid
from core.ui.safe import safe
from core.ui.site import page_named
from core.ui.tables import Column, table

AGED_SECONDS = 60  # after which a visit has the books looked through again, where something has happened
CURRENCY = "CNY"


def download(label: str, name: str, work: object, *args: object, disabled: bool = False) -> None:
    """A file that is made when it is asked for."""
    st.download_button(
        label,
        data=page.reading(work, *args),  # type: ignore[arg-type]
        file_name=f"orderly-{name}.csv",
        mime="text/csv",
        icon=":material/download:",
        disabled=disabled,
        on_click="ignore",
        key=f"download-{name}",
    )


def has_aged(look: Look | None) -> bool:
    """Whether it is a while ago that the books were looked through, and something has happened since."""
    if look is None:
        return True
    now = page.read(lambda ctx: ctx.now)
    return now - look.at >= AGED_SECONDS and page.read(book_reads.events_since, look) > 0


def bring_up_to_date(look: Look | None) -> Look | None:
    """Begins a look where the last one has aged, and says how far one is; gives the last that is done."""
    going = books_job.going_on()
    if going is None and has_aged(look):
        books_job.start()
        going, look = books_job.going_on(), page.read(book_reads.last_look)
    if going is None:
        return look
    if going.is_over:
        st.error(t("The books could not be looked through; the log says why."), icon=":material/error:")
    else:
        draw_going()
    return look


@fragment(run_every=1)
def draw_going() -> None:
    """How far the look is that goes on; the page is drawn anew when it is done."""
    going = books_job.going_on(to_the_end=True)
    if going is None or going.is_over:
        st.rerun()
        return
    said = t("Looking the books through: part {n} of {all}", n=going.done + 1, all=going.parts)
    st.progress(going.done / going.parts, text=safe(said))


def draw_verdict(look: Look, names: dict[str, str]) -> None:
    """Green, or how much is off; when it was looked through, by whom, and how long it took."""
    zone = page.read(lambda ctx: ctx.world.timezone)
    if look.is_straight:
        st.success(t("Everything adds up."), icon=":material/verified:")
    else:
        st.error(t("{n} things are off.", n=format_int(look.off_count)), icon=":material/rule:")
    st.caption(
        safe(
            t(
                "Looked through on {when} by {who}, up to event {event}, in {ms} ms. {n} events since.",
                when=format_instant(look.at, zone, seconds=True),
                who=names.get(look.actor, look.actor),
                event=format_int(look.event_id),
                ms=format_int(look.took_ms),
                n=format_int(page.read(book_reads.events_since, look)),
            )
        )
    )


def draw_tools(look: Look | None) -> None:
    """Look again, and the files."""
    with st.container(horizontal=True, gap="small", key="books-tools"):
        st.button(
            t("Look through now"), on_click=books_job.start, icon=":material/refresh:", type="primary", key="look-now"
        )
        if look is not None:
            download(t("Findings"), "book-findings", findings_file, look, disabled=look.is_straight)
            download(t("Stock by layers"), "stock-layers", layers_file)
            download(t("Cost of goods"), "cost-of-goods", costs_file, look, disabled=not look.costs)


def draw_checks(look: Look) -> None:
    """Each check by its name, green or with what is off."""
    counts = dict.fromkeys(CHECK_LABELS, 0) | {one.check: 0 for one in look.findings}
    for one in look.findings:
        counts[one.check] += 1
    with panel("books-checks"):
        section(t("Checks"))
        sides = st.columns(2, gap="medium")
        half = -(-len(counts) // 2)
        lines = [
            f"{f':red[:material/cancel: **{count}**]' if count else ':green[:material/check_circle:]'}"
            f" {safe(check_name(check))}"
            for check, count in counts.items()
        ]
        for side, part in zip(sides, (lines[:half], lines[half:]), strict=True):
            with side:
                st.markdown("  \n".join(part))


def draw_findings(look: Look) -> None:
    """What is off, row by row; a click opens the order or the article."""
    names = page.read(names_for, look.findings)
    with panel("books-findings"):
        section(t("What is off"), t("A click opens the order or the article it is about."))
        if look.off_count > len(look.findings):
            shown, every = format_int(len(look.findings)), format_int(look.off_count)
            st.caption(safe(t("The first {shown} of {all} are kept.", shown=shown, all=every)))
        rows = [finding_row(number, one, names) for number, one in enumerate(look.findings)]
        columns = [
            Column("subject", t("What"), width="medium"),
            Column("found", t("Found")),
            Column("wanted", t("Expected")),
            Column("check", t("Check"), width="large"),
        ]
        chosen = table(rows, columns, key="book-findings", id_key="id", height=320)
        if chosen is not None and (way := leads_to(look.findings[int(chosen)], names)) is not None:
            st.switch_page(page_named(way[0]).path, query_params=way[1])


def finding_row(number: int, one: Imbalance, names: Names) -> dict[str, object]:
    """One finding's line."""
    return {
        "id": number,
        "subject": subject_words(one.subject, names),
        "found": value_words(one.check, one.found),
        "wanted": value_words(one.check, one.wanted),
        "check": check_name(one.check),
    }


def draw_values(look: Look) -> None:
    """What lies where, and what it is worth by the cost of its lots."""
    warehouses = page.read(book_reads.warehouse_names)
    names = Names(warehouses=warehouses)
    with panel("books-values", stretch=True):
        section(t("Stock on hand"), t("Units by warehouse and account, worth what their lots cost"))
        order = {account.value: number for number, account in enumerate(Account)}
        rows = [
            {
                "warehouse": names.warehouse(one.warehouse_id),
                "account": t(label_of(Account(one.account))),
                "units": one.units,
                "value": one.value_cents / 100,
            }
            for one in sorted(look.values, key=lambda one: (one.warehouse_id, order[one.account]))
        ]
        if not rows:
            st.caption(t("There is no stock."))
            return
        units, value = (sum(getattr(one, name) for one in look.values) for name in ("units", "value_cents"))
        together = t("Together {n} units worth {value}", n=format_int(units), value=format_money(value, CURRENCY))
        st.markdown(f"**{safe(together)}**")
        columns = [
            Column("warehouse", t("Warehouse")),
            Column("account", t("Account")),
            Column("units", t("Units"), "number"),
            Column("value", t("Value"), "money"),
        ]
        table(rows, columns, key="book-values", height="content")


def draw_costs(look: Look) -> None:
    """What the goods cost that went out, by month."""
    with panel("books-costs", stretch=True):
        section(t("Cost of goods"), t("What the goods handed over in a month had cost, lot by lot as they were issued"))
        if not look.costs:
            st.caption(t("No goods went out yet."))
            return
        rows = [
            [
                one.month,
                format_money(one.sold_cents, CURRENCY),
                format_money(one.returned_cents, CURRENCY),
                format_money(one.sold_cents - one.returned_cents, CURRENCY),
            ]
            for one in look.costs[:12]
        ]
        st.markdown(grid((t("Month"), t("Went out"), t("Came back"), t("Net")), rows))


def close_now() -> None:
    """The form's callback: closes the period that its day names."""
    day = st.session_state.get("books-until")
    if isinstance(day, date):
        said = t("The books are closed up to {day}.", day=format_day(day))
        page.command(
            book_closing.close_period, day.isoformat(), form_key=st.session_state["books-close-key"], done=said
        )


def draw_closings(names: dict[str, str]) -> None:
    """The closed periods, and the form that closes another."""
    closed = page.read(book_reads.closings)
    zone, today = page.read(lambda ctx: (ctx.world.timezone, local_day(ctx.now, ctx.world.timezone)))
    with panel("books-closings"):
        section(t("Closed periods"), t("Nothing is posted into a closed period; a mistake in it is corrected later."))
        if closed:
            rows = [
                [format_instant(one.until_at, zone), format_instant(one.at, zone), names.get(one.actor, one.actor)]
                for one in closed
            ]
            st.markdown(grid((t("Up to"), t("Closed on"), t("By")), rows))
        else:
            st.caption(t("No period was closed yet."))
        if not page.actor().may("books.close"):
            st.caption(t("A finance clerk closes periods."))
            return
        st.session_state["books-close-key"] = page.form_key("close-books")
        yesterday = date.fromisoformat(day_text(today)) - timedelta(days=1)
        with st.form("close-books", border=False), st.container(horizontal=True, vertical_alignment="bottom"):
            st.date_input(t("Close up to and including"), yesterday, max_value=yesterday, key="books-until", width=220)
            st.form_submit_button(t("Close the period"), on_click=close_now, icon=":material/lock:")
        st.caption(
            t("Closing needs books that were looked through after that day, with nothing off. It can't be undone.")
        )


heading(t("The books"), t("Whether everything adds up, and what stock is worth"), "account_balance")
last = bring_up_to_date(page.read(book_reads.last_look))
people = names_of({*(one.actor for one in page.read(book_reads.closings)), *([last.actor] if last else [])})
if last is not None:
    draw_verdict(last, people)
draw_tools(last)
if last is None:
    empty(t("Not looked through yet"), t("As soon as the look is done, it stands here."), key="books", icon="rule")
else:
    if not last.is_straight:
        draw_findings(last)
    draw_checks(last)
    left, right = st.columns(2, gap="small")
    with left:
        draw_values(last)
    with right:
        draw_costs(last)
draw_closings(people)
