"""The form behind “Cancel a part”: which article, how many, what it does, and the reason the buyer reads."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from core.domain.errors import OrderlyError
from core.services.order_file import LineView, OrderFile
from core.services.order_lines import Reduction, cancel_line, would_cancel
from core.ui import page
from core.ui.i18n import format_int, format_money, language, t, translate_error
from core.ui.order_forms import close_after, key_of
from core.ui.order_sheet import means
from core.ui.safe import safe


def cancel_line_form(file: OrderFile) -> None:
    """Says what cancelling does before anybody does it."""
    key = key_of(file, "part")
    lines = {line.id: line for line in file.lines if line.quantity}
    st.markdown(f"**{t('Cancel a part of the order')}**")
    article, units = st.columns([3, 1], gap="small")
    line_id = article.selectbox(
        t("Article"), list(lines), format_func=lambda found: _named(lines[found]), key=f"{key}-line"
    )
    quantity = units.number_input(
        t("Units to cancel"), min_value=1, max_value=lines[line_id].quantity, value=1, step=1, key=f"{key}-{line_id}"
    )
    try:
        found = page.read(would_cancel, file.fields["id"], line_id, int(quantity))
    except OrderlyError as refused:
        st.warning(translate_error(refused), icon=":material/block:")
        return
    st.markdown("\n".join(f"- {safe(line)}" for line in _consequences(file, found)))
    st.text_input(t("Reason (the buyer reads it)"), max_chars=500, key=f"{key}-reason")
    st.button(
        t("Cancel {n} units", n=format_int(int(quantity))) if quantity > 1 else t("Cancel 1 unit"),
        type="primary",
        icon=":material/remove_shopping_cart:",
        key=f"{key}-yes",
        on_click=_cancel,
        args=(file, key, line_id, int(quantity)),
    )


def _named(line: LineView) -> str:
    name = line.name if language() == "zh" else line.name_en
    return f"{name} · {line.sku_code} × {format_int(line.quantity)}"


def _consequences(file: OrderFile, found: Reduction | None) -> list[str]:
    """What cancelling would do, in sentences."""
    if found is None:
        return [t("These are the last units: the whole order is cancelled."), t("This can't be undone.")]
    currency = file.fields["currency"]
    told = [_freed(found.freed)]
    told += _refunds(found.refunds, currency) or [t("Nothing goes back: what was paid isn't more than the rest costs.")]
    told.append(t("The order then comes to {amount}.", amount=format_money(found.total_cents, currency)))
    return [*told, t("The buyer gets a message with your reason."), t("This can't be undone.")]


def _freed(units: int) -> str:
    if not units:
        return t("No stock is reserved, so none becomes free.")
    return t("1 unit becomes free again.") if units == 1 else t("{n} units become free again.", n=format_int(units))


def _refunds(refunds: Mapping[str, int], currency: str) -> list[str]:
    return [
        t("{amount} goes back by {means}.", amount=format_money(cents, currency), means=means(code))
        for code, cents in refunds.items()
    ]


def _cancel(file: OrderFile, key: str, line_id: int, quantity: int) -> None:
    page.command(
        cancel_line,
        file.fields["id"],
        line_id,
        quantity,
        st.session_state.get(f"{key}-reason") or "",
        version=file.fields["version"],
        form_key=key,
        done=t("The part was cancelled and the buyer was told."),
    )
    close_after(file, key)
