"""Carries a batch of confirmations out behind the page: begun by a click, seen while it runs, finished by itself.

Why: a rerun or a closed tab cuts a script at its next `st.*`; what was begun for five hundred orders is to end.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import streamlit as st

from core.domain.errors import OrderlyError
from core.services.bulk_confirmation import Outcome, confirm_orders, open_batch
from core.ui import page

FORM = "confirm-many"
SHOWN = "confirm-batch"  # in session_state: the batch that the page shows
_CHUNK = 50  # orders a transaction: others get their turn in between, and the bar moves


@dataclass(slots=True)
class Batch:
    """A batch under way. `refusal` is why it ended early, if it did."""

    world: str
    total: int
    outcomes: list[Outcome] = field(default_factory=list)
    refusal: OrderlyError | None = None
    ended: bool = False


def start(order_ids: Sequence[int], approved: Mapping[str, str], form_key: str) -> None:
    """A button's callback: begins a batch in a thread of its own."""
    page.command(open_batch, list(order_ids), dict(approved), form_key=form_key)
    wanted = page.result(FORM)
    if wanted is None:
        return
    batch = Batch(page.current_world().id, len(wanted))
    st.session_state[SHOWN] = batch
    work = page.writing(confirm_orders)
    threading.Thread(
        target=_carry_out, args=(batch, work, wanted, dict(approved)), name="confirm-many", daemon=True
    ).start()


def forget() -> None:
    """A button's callback: makes room for the next batch."""
    st.session_state.pop(SHOWN, None)


def current() -> Batch | None:
    """The batch of this session in the world the person is in, if there is one."""
    batch: Batch | None = st.session_state.get(SHOWN)
    return batch if batch is not None and batch.world == page.current_world().id else None


def _carry_out(
    batch: Batch, work: Callable[..., tuple[Outcome, ...]], order_ids: Sequence[int], approved: Mapping[str, str]
) -> None:
    try:
        for begin in range(0, len(order_ids), _CHUNK):
            batch.outcomes.extend(work(order_ids[begin : begin + _CHUNK], approved=approved))
    except OrderlyError as refusal:
        batch.refusal = refusal
    except page.SignedOut:  # the page says so, too
        pass
    finally:
        batch.ended = True
