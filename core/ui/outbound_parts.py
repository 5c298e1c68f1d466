"""Parts that the pages of the way out share: how urgent a parcel is, what it is called, where it goes."""

from __future__ import annotations

import streamlit as st

from core.context import Context
from core.domain.labels import label_of
from core.services.carriers import carriers_in
from core.services.outbound_reads import OutboundTask
from core.ui import page
from core.ui.i18n import format_duration, format_int, language, t
from core.ui.order_sheet import province
from core.ui.safe import safe

SOON_S = 4 * 3_600


def clock_of(ctx: Context) -> tuple[int, str]:
    """What time it is in the world, and by which calendar."""
    return ctx.now, ctx.world.timezone


def urgency(task: OutboundTask, now: int) -> str:
    """How much time is left to hand a parcel over, as a coloured badge that also says it in words."""
    if task.held:
        return f":orange-badge[:material/pause: {safe(t('On hold'))}]"
    if task.ship_by_at is None:
        return f":gray-badge[{safe(t('no deadline'))}]"
    left = task.ship_by_at - now
    if left < 0:
        return f":red-badge[:material/warning: {safe(t('{time} late', time=format_duration(-left)))}]"
    said = safe(t("{time} left", time=format_duration(left)))
    return f":orange-badge[{said}]" if left < SOON_S else f":gray-badge[{said}]"


def contents(task: OutboundTask) -> str:
    """What is in a parcel and where it goes, in one line."""
    parts = [
        t("1 unit") if task.units == 1 else t("{n} units", n=format_int(task.units)),
        t("1 article") if task.lines == 1 else t("{n} articles", n=format_int(task.lines)),
        f"{province(task.region)} {task.city}",
        t("Order {number}", number=task.orders[0])
        if len(task.orders) == 1
        else t("{n} orders in one parcel", n=format_int(len(task.orders))),
    ]
    if task.carrier:
        parts.append(carrier_name(task.carrier))
    return safe(" · ".join(parts))


def carrier_names() -> dict[str, str]:
    """The carriers that work for this world, by code."""
    return {one.code: one.name_zh if language() == "zh" else one.name_en for one in page.read(carriers_in)}


def carrier_name(code: str) -> str:
    """A carrier as people call it."""
    return carrier_names().get(code, code)


def badge(task: OutboundTask) -> str:
    """Where a parcel stands."""
    return f":blue-badge[{safe(t(label_of(task.status)))}]"


def remember(text: str, good: bool, key: str = "outbound-said") -> None:
    """Keeps what was just said beside the field that was used, newest first."""
    said: list[tuple[bool, str]] = st.session_state.setdefault(key, [])
    said.insert(0, (good, text))
    del said[6:]


def show_remembered(key: str = "outbound-said") -> None:
    """Shows it: the last thing large, in green or red, what came before small."""
    said: list[tuple[bool, str]] = st.session_state.get(key, [])
    for number, (good, text) in enumerate(said):
        if number == 0:
            (st.success if good else st.error)(safe(text), icon=":material/check:" if good else ":material/block:")
        else:
            st.caption((":material/check: " if good else ":material/block: ") + safe(text))
