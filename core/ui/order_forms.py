"""The forms behind the desk's buttons; what was typed stays where a command is refused."""

from __future__ import annotations

from typing import Any

import streamlit as st

from core.domain.orders import REASON_LABELS, Reason
from core.domain.places import PROVINCE_BY_CODE, PROVINCES
from core.services import orders, packing
from core.services.carriers import carriers_in
from core.services.order_file import OrderFile, Parcel
from core.ui import guard, page
from core.ui.buyer_letters import correction_letter
from core.ui.i18n import format_money, language, t
from core.ui.order_sheet import FIELD_LABELS, faulty, means, province
from core.ui.safe import safe


def open_key(file: OrderFile) -> str:
    """Where the session remembers which form of an order is open."""
    return f"order-open-{file.fields['id']}"


def key_of(file: OrderFile, name: str) -> str:
    """The key of one of an order's forms; it changes once the form's command was carried out."""
    return page.form_key(f"{name}-{file.fields['id']}")


def confirm_form(file: OrderFile) -> None:
    """One note for each reason that is let pass."""
    key = key_of(file, "confirm")
    st.markdown(f"**{t('Let pass and confirm')}**")
    st.caption(t("Each note is kept with the order, for whoever asks later why it was let pass."))
    with st.form(f"form-{key}", border=False, enter_to_submit=False):
        for reason in file.reasons_now:
            st.text_input(
                t("{reason}: why may it pass?", reason=t(REASON_LABELS[reason])),
                max_chars=500,
                key=f"{key}-{reason}",
            )
        st.form_submit_button(
            t("Confirm the order"), type="primary", on_click=_confirm, args=(file, key, file.reasons_now)
        )


def _confirm(file: OrderFile, key: str, reasons: tuple[Reason, ...]) -> None:
    approved = {reason.value: st.session_state.get(f"{key}-{reason}") or "" for reason in reasons}
    page.command(
        orders.confirm_order,
        file.fields["id"],
        approved=approved,
        version=file.fields["version"],
        form_key=key,
        done=t("The order is confirmed."),
    )
    close_after(file, key)


def close_after(file: OrderFile, key: str) -> None:
    """Closes the form once its command was carried out; a refused one stays open with what was typed."""
    if page.form_key(key.rpartition(":")[0]) != key:
        st.session_state.pop(open_key(file), None)


def hold_form(file: OrderFile) -> None:
    """The reason of a hold."""
    key = key_of(file, "hold")
    st.markdown(f"**{t('Put the order on hold')}**")
    with st.form(f"form-{key}", border=False, enter_to_submit=False):
        st.text_area(t("Reason"), max_chars=500, key=f"{key}-reason", height=80)
        st.form_submit_button(t("Hold this order"), type="primary", on_click=_hold, args=(file, key))


def _hold(file: OrderFile, key: str) -> None:
    reason = st.session_state.get(f"{key}-reason") or ""
    done = t("The order is on hold.")
    version = file.fields["version"]
    page.command(orders.hold_order, file.fields["id"], reason, version=version, form_key=key, done=done)
    close_after(file, key)


def notify_form(file: OrderFile) -> None:
    """A message to the buyer."""
    key = key_of(file, "notify")
    st.markdown(f"**{t('Write to the buyer')}**")
    with st.form(f"form-{key}", border=False, enter_to_submit=False):
        st.text_area(t("Message"), max_chars=2_000, key=f"{key}-text", height=120)
        st.form_submit_button(t("Send"), type="primary", on_click=_notify, args=(file, key))


def _notify(file: OrderFile, key: str) -> None:
    text = st.session_state.get(f"{key}-text") or ""
    page.command(orders.notify_buyer, file.fields["id"], text, form_key=key, done=t("The message was sent."))
    close_after(file, key)


def pack_form(file: OrderFile, parcel: Parcel) -> None:
    """Weight, carrier and waybill of a parcel."""
    key = page.form_key(f"pack-{parcel.id}")
    st.markdown(f"**{t('Close the parcel')}**")
    carriers = {one.code: one.name_zh if language() == "zh" else one.name_en for one in page.read(carriers_in)}
    with st.form(f"form-{key}", border=False):
        first, second, third = st.columns(3)
        chosen = list(carriers).index(parcel.carrier) if parcel.carrier in carriers else None
        first.selectbox(
            t("Carrier"), list(carriers), chosen, format_func=lambda code: carriers[code], key=f"{key}-carrier"
        )
        second.text_input(
            t("Waybill number"), max_chars=40, key=f"{key}-waybill", help=t("Empty: the carrier's next number is used.")
        )
        third.number_input(t("Weight in grams"), 1, 200_000, None, key=f"{key}-weight")
        st.form_submit_button(t("Pack"), type="primary", on_click=_pack, args=(file, parcel, key))


def _pack(file: OrderFile, parcel: Parcel, key: str) -> None:
    carrier, waybill, weight = (st.session_state.get(f"{key}-{name}") for name in ("carrier", "waybill", "weight"))
    arguments = (parcel.id, weight, carrier, waybill or "")
    page.command(packing.pack_shipment, *arguments, form_key=key, done=t("The parcel is packed."))
    close_after(file, key)


def amend_form(file: OrderFile) -> None:
    """The order's data, prefilled, and the message that goes to the buyer with the correction."""
    key, f = key_of(file, "amend"), file.fields
    st.markdown(f"**{t('Correct the order and tell the buyer')}**")
    st.caption(t("Change only what is wrong. The review runs again by itself."))
    values: dict[str, str] = {}
    for pair in (("buyer_name", "buyer_phone"), ("region", "city"), ("district", "street"), ("postcode", "note")):
        for name, place in zip(pair, st.columns(2, gap="small"), strict=True):
            values[name] = _field(file, key, name, place, values)
    letter = correction_letter(f, values)
    drafted, text = f"{key}-drafted", f"{key}-message"
    if st.session_state.get(text) in (None, st.session_state.get(drafted)):  # until somebody writes their own
        st.session_state[text] = letter
    st.session_state[drafted] = letter
    st.text_area(t("Message to the buyer"), max_chars=2_000, key=text, height=150)
    st.button(
        t("Save and send"),
        type="primary",
        icon=":material/send:",
        key=f"{key}-send",
        on_click=_amend,
        args=(file, key, tuple(values)),
    )


def _label(file: OrderFile, name: str) -> str:
    mark = ":material/error: " if name in faulty(file) else ""
    return mark + t(FIELD_LABELS[name])


def _field(file: OrderFile, key: str, name: str, place: Any, values: dict[str, str]) -> str:
    match name:
        case "region":
            return _region(file, key, place)
        case "city":
            return _city(file, key, values["region"], place)
        case _:
            return _text(file, key, name, place)


def _text(file: OrderFile, key: str, name: str, place: Any) -> str:
    value: str = place.text_input(_label(file, name), file.fields[name], max_chars=500, key=f"{key}-{name}")
    return value


def _region(file: OrderFile, key: str, place: Any) -> str:
    now = file.fields["region"]
    if file.fields["country"] != "CN":
        return _text(file, key, "region", place)
    codes = [one.code for one in PROVINCES]
    if now not in PROVINCE_BY_CODE:
        codes.insert(0, now)
    value: str = place.selectbox(
        _label(file, "region"), codes, index=codes.index(now), format_func=province, key=f"{key}-region"
    )
    return value


def _city(file: OrderFile, key: str, region: str, place: Any) -> str:
    """The larger cities of the chosen province to choose from, or any other to type in."""
    now = file.fields["city"]
    known = PROVINCE_BY_CODE.get(region)
    if known is None:
        return _text(file, key, "city", place)
    english = {zh: f"{zh} {en}" for zh, en in known.cities}
    options = list(dict.fromkeys([now, *english]))
    value: str | None = place.selectbox(
        _label(file, "city"),
        options,
        format_func=lambda city: city if language() == "zh" else english.get(city, city),
        accept_new_options=True,
        key=f"{key}-city",
    )
    return value or ""


def _amend(file: OrderFile, key: str, names: tuple[str, ...]) -> None:
    changes = {name: str(st.session_state.get(f"{key}-{name}") or "") for name in names}
    page.command(
        orders.amend_order,
        file.fields["id"],
        changes,
        st.session_state.get(f"{key}-message") or "",
        version=file.fields["version"],
        form_key=key,
        done=t("The order was corrected and the buyer was told."),
    )
    close_after(file, key)


def cancel_dialog(file: OrderFile) -> None:
    @st.dialog(t("Cancel the order?"), icon=":material/warning:")
    def ask() -> None:
        with guard.guarded():
            _ask_cancelling(file)

    ask()


def _ask_cancelling(file: OrderFile) -> None:
    """What cancelling does, and the reason the buyer will read."""
    if page.result(f"cancel-{file.fields['id']}") is not None:
        st.rerun()
    guard.show_flashes()
    f = file.fields
    st.markdown(safe(t("Order {number} of {buyer}", number=f["number"], buyer=f["buyer_name"])))
    st.markdown("\n".join(f"- {safe(line)}" for line in consequences(file)))
    key = key_of(file, "cancel")
    st.text_area(t("Reason (the buyer reads it)"), max_chars=500, key=f"{key}-reason", height=80)
    with st.container(horizontal=True):
        st.button(
            t("Cancel the order"),
            type="primary",
            key=f"{key}-yes",
            on_click=page.command,
            args=(orders.cancel_order, f["id"], page.field(f"{key}-reason")),
            kwargs={"version": f["version"], "form_key": key, "done": t("The order was cancelled.")},
        )
        if st.button(t("Keep it"), key=f"{key}-no"):
            st.rerun()


def consequences(file: OrderFile) -> list[str]:
    """What cancelling an order would do, in sentences."""
    held: dict[str, int] = {}
    for one in file.lots:
        held[one.sku_code] = held.get(one.sku_code, 0) + one.quantity
    found = [
        t("1 unit of {sku} becomes free again.", sku=sku)
        if units == 1
        else t("{n} units of {sku} become free again.", n=units, sku=sku)
        for sku, units in held.items()
    ]
    if not held:
        found.append(t("No stock is reserved, so none becomes free."))
    back: dict[str, int] = {}
    for posting in file.money:
        sign = {"paid": 1, "refunded": -1}.get(posting.kind, 0)
        back[posting.means] = back.get(posting.means, 0) + sign * posting.amount_cents
    currency = file.fields["currency"]
    paid = [
        t("{amount} goes back by {means}.", amount=format_money(cents, currency), means=means(code))
        for code, cents in back.items()
        if cents > 0
    ]
    found += paid or [t("Nothing was paid, so nothing goes back.")]
    found += [t("The buyer gets a message with your reason."), t("This can't be undone.")]
    return found
