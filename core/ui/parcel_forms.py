"""The forms that arrange parcels: several orders of one buyer in one, or one order in two."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from core.domain.labels import label_of
from core.domain.orders import Status
from core.services.order_file import Neighbour, OrderFile
from core.services.parcelling import split_order
from core.services.planning import merge_orders
from core.ui import page
from core.ui.i18n import format_int, language, t
from core.ui.order_forms import close_after, key_of

ARRANGED = (Status.ALLOCATED, Status.RELEASED)


def mergeable(file: OrderFile) -> list[Neighbour]:
    """Orders of the same buyer that are reserved and not picked yet."""
    return [one for one in file.neighbours if one.status in ARRANGED]


def merge_form(file: OrderFile) -> None:
    """Which orders of the buyer go in one parcel with this one."""
    key = key_of(file, "merge")
    known = {one.id: one for one in mergeable(file)}
    st.markdown(f"**{t('Send them in one parcel')}**")
    st.caption(
        t("The orders keep their numbers and their money; one parcel leaves. Buyer and address have to be the same.")
    )
    chosen = st.multiselect(
        t("Together with"),
        list(known),
        default=list(known),
        format_func=lambda found: _named(known[found]),
        placeholder=t("Choose orders"),
        key=f"{key}-orders",
    )
    st.button(
        t("Merge"),
        type="primary",
        icon=":material/merge:",
        disabled=not chosen,
        key=f"{key}-yes",
        on_click=_merge,
        args=(file, key, [file.fields["id"], *chosen]),
    )


def _named(one: Neighbour) -> str:
    units = t("1 unit") if one.units == 1 else t("{n} units", n=format_int(one.units))
    return f"{one.number} · {units} · {t(label_of(one.status))}"


def _merge(file: OrderFile, key: str, order_ids: Sequence[int]) -> None:
    page.command(merge_orders, order_ids, form_key=key, done=t("The orders leave in one parcel."))
    close_after(file, key)


def split_form(file: OrderFile) -> None:
    """How many units of each article leave in a parcel of their own."""
    key = key_of(file, "split")
    st.markdown(f"**{t('Send a part in a parcel of its own')}**")
    st.caption(t("Number and money of the order stay as they are. Say what goes into the second parcel."))
    fields: dict[int, str] = {}
    for line in file.lines:
        if not line.quantity:
            continue
        name = line.name if language() == "zh" else line.name_en
        fields[line.id] = f"{key}-{line.id}"
        st.number_input(
            f"{name} · {line.sku_code}",
            min_value=0,
            max_value=line.quantity,
            value=0,
            step=1,
            key=fields[line.id],
            help=t("{n} in all", n=format_int(line.quantity)),
        )
    st.button(
        t("Split"),
        type="primary",
        icon=":material/call_split:",
        key=f"{key}-yes",
        on_click=_split,
        args=(file, key, fields),
    )


def _split(file: OrderFile, key: str, fields: dict[int, str]) -> None:
    units = {line_id: int(st.session_state.get(name) or 0) for line_id, name in fields.items()}
    page.command(
        split_order,
        file.fields["id"],
        units,
        version=file.fields["version"],
        form_key=key,
        done=t("The order leaves in two parcels."),
    )
    close_after(file, key)
