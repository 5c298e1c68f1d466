"""The warehouse's tasks: what was offered, what waits to be picked, the most urgent first."""

from __future__ import annotations

from typing import Any

import streamlit as st

from core.domain.shipments import ShipmentStatus
from core.services import picking, shipping
from core.services.outbound_reads import MOST_TASKS, House, OutboundTask, tasks_in
from core.ui import page
from core.ui.cards import section
from core.ui.empty import empty
from core.ui.i18n import format_int, t
from core.ui.outbound_parts import clock_of, contents, urgency
from core.ui.safe import safe


def draw_tasks(house: House) -> None:
    """Offers to answer, and the list to take work from."""
    now, _ = page.read(clock_of)
    offered = [task for task in page.read(tasks_in, house.id, [ShipmentStatus.PLANNED]) if task.answer == "offered"]
    if offered:
        _draw_offers(offered, now)
    waiting = page.read(tasks_in, house.id, [ShipmentStatus.RELEASED])
    if not waiting:
        text = t("Nothing is released to this warehouse. What the order desk releases appears here.")
        empty(t("No parcel waits to be picked"), text, key="tasks", icon="task_alt")
        return
    _draw_waiting(waiting, house.counts.get(ShipmentStatus.RELEASED.value, 0), now)


def _draw_offers(offered: list[OutboundTask], now: int) -> None:
    section(t("Offered to this warehouse"), t("A plan wants these parcels from here. Take them, or say why not."))
    for task in offered:
        with st.container(border=True, key=f"offer-{task.id}", gap="small"):
            st.markdown(f"**{safe(task.number)}** {urgency(task, now)}  \n{contents(task)}")
            with st.container(horizontal=True, gap="small", vertical_alignment="bottom"):
                st.button(
                    t("Take the task"),
                    type="primary",
                    icon=":material/check:",
                    key=f"take-{task.id}",
                    disabled=task.held,
                    on_click=page.command,
                    args=(shipping.accept_task, task.id),
                    kwargs={
                        "form_key": page.form_key(f"take-{task.id}"),
                        "done": t("The warehouse has taken the task."),
                    },
                )
                with st.popover(t("Refuse"), icon=":material/close:"):
                    st.text_input(t("Why not?"), max_chars=500, key=f"why-{task.id}")
                    st.button(
                        t("Refuse the task"),
                        key=f"refuse-{task.id}",
                        on_click=page.command,
                        args=(shipping.refuse_task, task.id, page.field(f"why-{task.id}")),
                        kwargs={
                            "form_key": page.form_key(f"refuse-{task.id}"),
                            "done": t("The order went back to planning."),
                        },
                    )


def _draw_waiting(waiting: tuple[OutboundTask, ...], count: int, now: int) -> None:
    section(t("To be picked"), t("The most urgent first. Tick several and pick them on one walk."))
    if count > MOST_TASKS:
        st.caption(safe(t("The {shown} most urgent of {all} are shown.", shown=MOST_TASKS, all=format_int(count))))
    free = [task for task in waiting if not task.held]
    with st.container(horizontal=True, gap="small", key="quick-picks"):
        for number in (1, 5, 10, 20):
            if number <= len(free):
                one = t("Start with the most urgent")
                st.button(
                    one if number == 1 else t("Take the first {n}", n=number),
                    key=f"first-{number}",
                    type="primary" if number == min(5, len(free)) or (len(free) < 5 and number == 1) else "secondary",
                    on_click=_take,
                    args=([task.id for task in free[:number]],),
                )
    with st.form("waiting"):
        st.form_submit_button(
            t("Pick what is ticked"),
            icon=":material/shopping_basket:",
            on_click=_take_ticked,
            args=([task.id for task in free],),
        )
        for task in waiting:
            label = f"**{safe(task.number)}** {urgency(task, now)}  \n{contents(task)}"
            st.checkbox(label, key=f"tick-{task.id}", disabled=task.held)


def _take_ticked(ids: list[int]) -> None:
    _take([number for number in ids if st.session_state.get(f"tick-{number}")])


def _take(ids: list[int]) -> None:
    """Takes parcels in hand and goes on to their walk."""
    key = page.form_key("take-batch")
    page.command(picking.take_batch, ids, form_key=key)
    batch: Any = page.result("take-batch")
    if batch is not None:
        st.session_state["outbound-view"] = "walk"
        st.session_state["outbound-walk"] = batch
        for number in ids:
            st.session_state.pop(f"tick-{number}", None)
