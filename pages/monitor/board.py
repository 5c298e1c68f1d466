"""The live board: what comes in, where it stands, whether it is on time, and what needs attention now."""

from __future__ import annotations

import time

import streamlit as st

from core.metrics.board import BEHIND, Places, board_mark, places, read_board
from core.metrics.filters import Filter, day_text
from core.ui import board_cards, board_figures, kpi, page
from core.ui.cards import heading
from core.ui.empty import empty
from core.ui.filter_bar import chosen_now, draw_filter
from core.ui.guard import fragment
from core.ui.i18n import format_day, format_instant, format_int, t
from core.ui.safe import safe
from core.ui.site import SITE

REFRESH_SECONDS = 5
REST_SHARE = 150  # times as long as it took to draw
LONGEST_REST_SECONDS = 14.0
_RESTS_UNTIL = "board-rests-until"


def take_all_time(first: int, last: int) -> None:
    """Shows every day that there are orders of."""
    st.query_params.from_dict(kpi.dates_of(Filter(max(first, last - kpi.LONGEST_DAYS + 1), last)))


@fragment(run_every=REFRESH_SECONDS)
def draw_pulse(drawn: tuple[int, ...]) -> None:
    """Looks every few seconds whether anything has happened; only then is the board drawn again.

    Why the rest: with orders coming in all the time a hundred open boards would draw themselves twenty times a
    second, and those who click would wait for them. A board that was slow to draw, on a busy server, rests longer.
    """
    if time.monotonic() < st.session_state.get(_RESTS_UNTIL, 0.0):
        return
    kpi.bring_up_to_date()
    if page.read(board_mark) != drawn:
        st.rerun()


def draw_nothing() -> None:
    """What a board without orders says."""
    imports = next((site for site in SITE if site.rights == ("imports.run",)), None)
    may = imports is not None and imports.open_to(page.actor())
    empty(
        t("No orders yet"),
        t("Import orders from a channel, or start the demo feed; the board fills by itself."),
        key="board",
        icon="monitoring",
        go_label=t("Import orders") if may else "",
        go_page=imports.name if may and imports is not None else None,
    )


def draw_board(known: Places) -> tuple[int, ...]:
    """The board as the address wants it; gives the mark of what it showed."""
    chosen = chosen_now(known)
    draw_filter("board", chosen, known)
    for note in chosen.notes:
        st.caption(f":material/info: {safe(note)}")
    board = page.read(read_board, chosen.filter)
    span = {
        "first": format_day(day_text(chosen.filter.from_day)),
        "last": format_day(day_text(chosen.filter.to_day)),
        "n": format_int(chosen.filter.days_count),
        "now": format_instant(board.now),
    }
    if board_cards.can_compare(board, known):
        said = t(
            "{first} to {last}, compared with the {n} days before. Cards as they stand, charts as of {now}.", **span
        )
    else:
        said = t(
            "{first} to {last}; there are no orders of all the {n} days before to compare with. Cards as they stand,"
            " charts as of {now}.",
            **span,
        )
    st.caption(safe(said))
    if board.behind_count > BEHIND:
        st.info(t("Catching up: {n} events are still to be counted.", n=format_int(board.behind_count)))
    if not board.figures["orders"].n and known.first_day is not None and known.last_day is not None:
        st.button(
            t(
                "No order came in then. Show all from {first} to {last}",
                first=format_day(day_text(known.first_day)),
                last=format_day(day_text(known.last_day)),
            ),
            on_click=take_all_time,
            args=(known.first_day, known.last_day),
            key="board-all-time",
            icon=":material/date_range:",
        )
    board_cards.draw_attention(board, known)
    board_cards.draw_pipeline(board, known)
    board_cards.draw_kpis(board, known)
    board_figures.draw_daily(board, known)
    board_figures.draw_delivery(board, known)
    board_figures.draw_open(board, known)
    board_figures.draw_stock_and_money(board, known)
    return board.mark


def rest(began: float) -> None:
    """Lets the board, drawn since `began`, be for a while."""
    now = time.monotonic()
    st.session_state[_RESTS_UNTIL] = now + min(REST_SHARE * (now - began), LONGEST_REST_SECONDS)


began_at = time.monotonic()
heading(t("Live board"), t("Orders, stock and promises as they stand now"), "monitoring")
kpi.bring_up_to_date()
places_now = page.read(places)
if places_now.is_empty:
    draw_nothing()
    draw_pulse(page.read(board_mark))
else:
    drawn_mark = draw_board(places_now)
    rest(began_at)
    draw_pulse(drawn_mark)
