"""Choosing which column of a file says what: filled in by guessing, corrected by hand, kept for the next time."""

from __future__ import annotations

import streamlit as st

from core.channels import mapped
from core.channels.files import InFile
from core.channels.mapping import DECIMAL_LABELS, FIELD_LABELS, NEEDED_FIELDS, TIME_FORM_LABELS, ColumnMapping, guess
from core.domain.errors import ContentError
from core.portal import import_mappings
from core.services import imports
from core.ui import page
from core.ui.cards import section
from core.ui.i18n import t, translate_error

# The widgets of what holds for the whole file, in the order of the mapping's fields.
_SETTINGS = ("timezone", "time_form", "decimal", "default_currency", "default_country")
ZONES = (
    "Asia/Shanghai",
    "UTC",
    "Europe/Berlin",
    "Europe/London",
    "America/New_York",
    "America/Sao_Paulo",
    "Asia/Tokyo",
)


GROUP_LABELS = {"order": "Order", "items": "Items", "money": "Amounts", "buyer": "Buyer and address"}
_GROUPS = {
    "order": ("number", "placed_at", "status", "paid_at", "shipped_at", "delivered_at", "promised_at", "note"),
    "items": ("sku", "item", "quantity", "unit_price", "line_total"),
    "money": ("order_total", "paid", "shipping", "discount", "currency"),
    "buyer": (
        *("buyer_name", "buyer_phone", "buyer_email", "country", "region", "city", "district", "street", "postcode"),
    ),
}


def set_mapping(mapping: ColumnMapping, header: tuple[str, ...]) -> None:
    """Puts a mapping into the widgets; columns that the file lacks stay unchosen."""
    for name in FIELD_LABELS:
        column = mapping.columns.get(name, "")
        st.session_state[f"map-{name}"] = column if column in header else ""
    st.session_state["map-timezone"] = mapping.timezone if mapping.timezone in ZONES else ZONES[0]
    st.session_state["map-time_form"] = mapping.time_form
    st.session_state["map-decimal"] = mapping.decimal
    st.session_state["map-default_currency"] = mapping.currency
    st.session_state["map-default_country"] = mapping.country


def use_kept(kept: dict[int, str], header: tuple[str, ...]) -> None:
    """A callback: puts the chosen kept mapping into the widgets."""
    chosen = st.session_state.get("map-kept")
    if chosen in kept:
        set_mapping(ColumnMapping.from_json(kept[chosen]), header)


def mapping_from_widgets() -> ColumnMapping:
    """The mapping that the widgets show."""
    state = st.session_state
    columns = {name: state.get(f"map-{name}", "") or "" for name in FIELD_LABELS}
    settings = (state.get(f"map-{name}", "") for name in _SETTINGS)
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


def forget(mapping_id: int, form_key: str) -> None:
    """A callback: forgets a kept mapping; what the widgets show stays."""
    page.portal_command(
        import_mappings.delete_mapping, mapping_id, form_key=form_key, done=t("The mapping was forgotten.")
    )
    st.session_state["map-kept"] = 0


def choose_kept(kept: dict[int, import_mappings.KeptMapping], header: tuple[str, ...]) -> None:
    """The kept mappings: take one, or forget it."""
    chosen = st.selectbox(
        t("Use a kept mapping"),
        [0, *kept],
        format_func=lambda found: kept[found].name if found else t("(none)"),
        key="map-kept",
        on_change=use_kept,
        args=({number: found.mapping for number, found in kept.items()}, header),
        width=320,
    )
    if chosen:
        st.button(
            t("Forget it"),
            icon=":material/delete:",
            on_click=forget,
            args=(chosen, page.form_key("forget-mapping")),
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
        with st.container(horizontal=True, vertical_alignment="bottom"):
            choose_kept(kept, header)
    for group, names in _GROUPS.items():
        chosen = any(st.session_state.get(f"map-{name}") for name in names)
        with st.expander(t(GROUP_LABELS[group]), expanded=chosen or group == "order"):
            for start in range(0, len(names), 3):  # row by row, so that a phone keeps the order
                for place, name in zip(st.columns(3), names[start : start + 3], strict=False):
                    title = t(FIELD_LABELS[name]) + (" *" if name in NEEDED_FIELDS else "")
                    place.selectbox(title, ["", *header], key=f"map-{name}", format_func=lambda c: c or "–")
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
        left.selectbox(t("Currency, where no column says it"), currencies, key="map-default_currency")
        middle.text_input(t("Country, where no column says it"), max_chars=60, key="map-default_country")
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
