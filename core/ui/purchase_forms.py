"""Purchases on the page: a new one in the making, and what may be done with one that is placed."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import streamlit as st

from core.context import Actor, Context
from core.documents.purchase_order import purchase_order
from core.services import purchasing
from core.services.purchase_reads import PurchaseChoices, PurchaseFile, Supplier, purchase_paper
from core.services.purchasing import Wanted
from core.ui import page
from core.ui.cards import panel
from core.ui.goods import carried_out, either, number_field, typed_number, warehouse_words
from core.ui.i18n import format_int, format_money, in_language, language, t, translate_error
from core.ui.safe import safe
from core.ui.voices import voice

NEW = "purchase-new"


def open_new() -> None:
    """Opens the form of a new purchase; a button's callback."""
    st.query_params.pop("id", None)
    st.query_params["new"] = "1"


def close_new() -> None:
    """Goes back to the list; a button's callback."""
    st.query_params.pop("new", None)


def draw_new(choices: PurchaseChoices) -> None:
    """A purchase in the making: from whom, to where, until when, and what."""
    by_id = {one.id: one for one in choices.suppliers}
    with panel("new-purchase"):
        left, middle, right = st.columns([3, 2, 2], gap="small")
        left.selectbox(
            t("Supplier"),
            list(by_id),
            format_func=lambda number: either(by_id[number].name_en, by_id[number].name_zh),
            key="new-supplier",
            on_change=_forget_articles,
        )
        seller = by_id[st.session_state["new-supplier"]]
        middle.selectbox(
            t("To warehouse"),
            list(choices.warehouses),
            format_func=lambda number: warehouse_words(choices.warehouses[number]),
            key="new-warehouse",
        )
        today = date.fromisoformat(choices.today)
        right.date_input(
            t("Expected on"),
            value=today + timedelta(days=seller.lead_days),
            min_value=today,
            key=f"new-day-{seller.id}",
            help=safe(t("{name} delivers within {n} days.", name=_name(seller), n=seller.lead_days)),
        )
        _draw_articles(choices, seller)


def _name(seller: Supplier) -> str:
    return either(seller.name_en, seller.name_zh)


def _forget_articles() -> None:
    st.session_state.pop("new-articles", None)


def _draw_articles(choices: PurchaseChoices, seller: Supplier) -> None:
    """What the supplier sells to choose from, a line for each choice, and the button."""
    sold = list(seller.offers) or list(choices.articles)
    st.multiselect(
        t("Articles"),
        sold,
        format_func=lambda number: _article(choices, number),
        placeholder=t("Number or name"),
        key="new-articles",
    )
    chosen: list[int] = st.session_state.get("new-articles") or []
    total = 0
    for number in chosen:
        cost, least = seller.offers.get(number, (0, 1))
        name, units, price = st.columns([4, 2, 2], gap="small", vertical_alignment="bottom")
        name.markdown(safe(_article(choices, number)))
        number_field(units, t("Units"), least, f"new-units-{number}", help=safe(t("Sold from {n} units.", n=least)))
        price.number_input(
            t("Unit cost"), value=cost / 100, min_value=0.0, step=0.1, format="%.2f", key=f"new-cost-{number}"
        )
        total += typed_number(f"new-units-{number}") * _cents(number)
    st.text_input(t("Note for the supplier and the door"), max_chars=500, key="new-note")
    key = page.form_key(NEW)
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.button(
            t("Place the order"),
            type="primary",
            icon=":material/send:",
            key="place-purchase",
            disabled=not chosen,
            help=None if chosen else t("Choose at least one article."),
            on_click=_place,
            args=(key, seller.id, tuple(chosen)),
        )
        st.button(t("Back to the list"), key="close-new", on_click=close_new)
        if total > 0:
            st.markdown(f"**{safe(t('{amount} in all', amount=format_money(total)))}**", width="content")


def _article(choices: PurchaseChoices, number: int) -> str:
    code, english, chinese = choices.articles[number]
    return f"{code} · {either(english, chinese)}"


def _cents(number: int) -> int:
    return round(float(st.session_state.get(f"new-cost-{number}") or 0) * 100)


def _place(key: str, supplier_id: int, articles: tuple[int, ...]) -> None:
    kept = st.session_state
    day = kept.get(f"new-day-{supplier_id}")
    lines = [Wanted(number, typed_number(f"new-units-{number}"), _cents(number)) for number in articles]
    page.command(
        purchasing.place_purchase,
        supplier_id,
        kept.get("new-warehouse"),
        day.isoformat() if day else "",
        lines,
        kept.get("new-note") or "",
        form_key=key,
        done=t("The purchase order is placed. Print it, or send it on."),
    )
    placed = page.result(NEW)
    if carried_out(key) and placed:
        close_new()
        for name in ("new-articles", "new-note"):
            kept.pop(name, None)
        st.query_params["id"] = str(placed)


def _paper(ctx: Context, purchase_id: int, spoken: str) -> bytes:
    with in_language(spoken):
        return purchase_order(purchase_paper(ctx, purchase_id), voice())


def draw_print(file: PurchaseFile) -> None:
    """The purchase order as a PDF."""
    st.download_button(
        t("Print (PDF)"),
        data=page.reading(_paper, file.row.id, language()),
        file_name=f"{file.row.number}.pdf",
        mime="application/pdf",
        icon=":material/print:",
        on_click="ignore",
        key="print-purchase",
    )


def draw_changes(file: PurchaseFile, actor: Actor) -> None:
    """What purchasing may change: the day, the rest that isn't waited for, the whole order."""
    if not actor.may("purchasing.work"):
        return
    _draw_day(file)
    if file.refusals["drop_rest"] is None:
        rest = t("{n} units are still waited for.", n=format_int(file.row.rest))
        _draw_note(
            file,
            "drop",
            t("Don't wait for the rest"),
            rest,
            purchasing.drop_rest,
            t("The rest isn't waited for any more."),
        )
    cancelling = file.refusals["cancel"]
    if cancelling is None:
        about = t("Nothing of it has come yet. This can't be undone.")
        _draw_note(
            file, "cancel", t("Cancel the purchase"), about, purchasing.cancel_purchase, t("The purchase is cancelled.")
        )
    elif file.refusals["drop_rest"] is None:
        st.caption(safe(translate_error(cancelling)))


def _draw_day(file: PurchaseFile) -> None:
    if file.refusals["reschedule"] is not None:
        return
    name = f"day-{file.row.id}-{file.version}"
    key = page.form_key(name)
    with st.expander(t("Expect it on another day"), icon=":material/event:"):
        today = date.fromisoformat(file.today)
        shown = max(today, date.fromisoformat(file.row.expected_on))
        st.date_input(t("New day"), value=shown, min_value=today, key=name)
        st.button(t("Change the day"), key=f"{name}-yes", on_click=_reschedule, args=(file, name, key))


def _reschedule(file: PurchaseFile, name: str, key: str) -> None:
    day = st.session_state.get(name)
    page.command(
        purchasing.reschedule_purchase,
        file.row.id,
        day.isoformat() if day else "",
        version=file.version,
        form_key=key,
        done=t("The new day is noted."),
    )


def _draw_note(file: PurchaseFile, what: str, label: str, about: str, command: Any, done: str) -> None:
    name = f"{what}-{file.row.id}-{file.version}"
    with st.expander(label, icon=":material/block:"):
        st.caption(safe(about))
        st.text_input(t("Why"), max_chars=500, key=f"{name}-why")
        st.button(
            label,
            key=f"{name}-yes",
            on_click=page.command,
            args=(command, file.row.id, page.field(f"{name}-why")),
            kwargs={"version": file.version, "form_key": page.form_key(name), "done": done},
        )
