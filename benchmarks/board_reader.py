"""Somebody who reads the live board: changes one of its filters, as a click on it does."""

from __future__ import annotations

import random

from benchmarks.load_client import LoadClientError, Run, Visitor

FILTERS = ("board-period", "board-channel", "board-warehouse", "board-region")


async def change_filter(visitor: Visitor, dice: random.Random) -> Run:
    """Sets a filter that is open to another value; the whole board is drawn for it."""
    page = visitor.page
    open_ones = [widget for widget in page.all_of("choice") if widget.key in FILTERS]
    widget = dice.choice(open_ones)
    now = page.values[widget.id].string_value if widget.id in page.values else ""
    # The last period asks for two dates first, which is no click.
    options = widget.options[:-1] if widget.key == FILTERS[0] else widget.options
    run = await visitor.choose(dice.choice([text for text in options if text != now]), key=widget.key)
    if run is None or run.fragment:
        raise LoadClientError("The board did not answer with a run of the whole page")
    return run
