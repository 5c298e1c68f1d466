"""An order's sheet: head, reasons, lines, money, stock, messages and history, as HTML."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum
from html import escape
from types import MappingProxyType
from typing import Any

from core.domain.labels import fact_of, label_of
from core.domain.orders import REASON_LABELS, Fact, Reason, Status
from core.domain.places import PROVINCE_BY_CODE
from core.domain.review import APPROVABLE
from core.domain.stock import Account
from core.services.order_file import FactView, LineView, OrderFile
from core.services.parameters import review_policy
from core.ui.cards import Tone
from core.ui.i18n import format_duration, format_instant, format_int, format_money, join_list, language, t
from core.ui.labels import carrier_title
from core.ui.safe import plain

STATUS_TONES: Mapping[Status, Tone] = MappingProxyType(
    {
        Status.RECEIVED: "info",
        Status.EXCEPTION: "bad",
        Status.CONFIRMED: "info",
        Status.BACKORDERED: "warn",
        Status.PARTLY_ALLOCATED: "warn",
        Status.ALLOCATED: "info",
        Status.RELEASED: "info",
        Status.PICKING: "info",
        Status.PACKED: "info",
        Status.PARTLY_SHIPPED: "warn",
        Status.SHIPPED: "good",
        Status.PARTLY_DELIVERED: "warn",
        Status.DELIVERED: "good",
        Status.COMPLETED: "good",
        Status.CANCELLED: "quiet",
        Status.EXPIRED: "quiet",
    }
)
FIELD_LABELS = MappingProxyType(
    {
        "buyer_name": "Recipient",
        "buyer_phone": "Phone",
        "region": "Province",
        "city": "City",
        "district": "District",
        "street": "Street and number",
        "postcode": "Postcode",
        "note": "Buyer's note",
    }
)
MEANS_LABELS = MappingProxyType(
    {
        "alipay": "Alipay",
        "wechat_pay": "WeChat Pay",
        "unionpay": "UnionPay",
        "credit_card": "Credit card",
        "gift_card": "Gift card",
    }
)
MONEY_LABELS = MappingProxyType(
    {"paid": "Payment", "refunded": "Refund", "earned": "Earned at hand-over", "moved": "Other movement"}
)
SUBJECT_LABELS = MappingProxyType(
    {
        "Your order was corrected": "Your order was corrected",
        "Your order was cancelled": "Your order was cancelled",
        "A part of your order was cancelled": "A part of your order was cancelled",
        "About your order": "About your order",
    }
)


def said(text: object) -> str:
    """Anybody's text for HTML: shown literally, whatever is in it."""
    return escape(plain(text))


def means(code: str) -> str:
    """A means of payment in words; one that is new shows its code."""
    return t(MEANS_LABELS[code]) if code in MEANS_LABELS else code


def province(code: str) -> str:
    """A province by its name, where the code is one of China's."""
    found = PROVINCE_BY_CODE.get(code)
    return code if found is None else found.name_zh if language() == "zh" else f"{found.name_en} {found.name_zh}"


def chip(text: str, tone: str) -> str:
    """A small label."""
    return f'<span class="od-chip {tone}">{said(text)}</span>'


def table(heads: Sequence[str], rows: Iterable[Sequence[str]], kind: str = "") -> str:
    """A table whose cells are HTML already; a head that ends in `>` stands to the right."""
    right = [head.endswith(">") for head in heads]
    top = "".join(
        f"<th{' class=r' if at_right else ''}>{said(head.rstrip('>'))}</th>"
        for head, at_right in zip(heads, right, strict=True)
    )
    body = "".join(
        "<tr>"
        + "".join(f"<td{' class=r' if at_right else ''}>{cell}</td>" for cell, at_right in zip(row, right, strict=True))
        + "</tr>"
        for row in rows
    )
    return f'<table class="od-table {kind}"><thead><tr>{top}</tr></thead><tbody>{body}</tbody></table>'


def card(title: str, body: str, lead: str = "") -> str:
    """A part of the sheet under its title."""
    said_lead = f'<p class="od-lead">{said(lead)}</p>' if lead else ""
    return f'<section class="od-card"><h3>{said(title)}</h3>{said_lead}{body}</section>'


def head(file: OrderFile, channel: str, timezone: str, now: int) -> str:
    """The order's number, where it stands, what it is worth and until when it has to leave."""
    f = file.fields
    chips = chip(t(label_of(file.status)), STATUS_TONES[file.status])
    if f["hold_reason"] is not None:
        chips += chip(t("On hold"), "warn")
    due = ""
    if f["is_open"] and f["ship_by_at"] and not f["handed_over_at"]:
        left = f["ship_by_at"] - now
        words = (
            t("{time} left", time=format_duration(left)) if left >= 0 else t("{time} late", time=format_duration(-left))
        )
        due = chip(words, "bad" if left < 0 else "warn" if left < 4 * 3_600 else "quiet")
    facts = {
        t("Received at"): said(format_instant(f["received_at"], timezone)),
        t("Channel"): said(channel),
        t("Warehouse"): said(f["warehouse_code"]),
        t("Total"): said(format_money(f["total_cents"], f["currency"])),
        t("Ship by"): said(format_instant(f["ship_by_at"], timezone) if f["ship_by_at"] else "–") + due,
    }
    shown = "".join(f"<div><dt>{said(name)}</dt><dd>{value}</dd></div>" for name, value in facts.items())
    return (
        f'<div class="od-head"><div class="od-title"><span>{said(t("Order"))}</span>'
        f"<b>{said(f['number'])}</b>{chips}</div><dl>{shown}</dl></div>"
    )


def stopped(file: OrderFile) -> str:
    """What stands in the way: each reason with what was found, and the hold with its words."""
    parts = []
    if file.fields["hold_reason"] is not None:
        parts.append(
            f'<div class="od-why warn"><b>{said(t("On hold"))}</b><p>{said(file.fields["hold_reason"])}</p></div>'
        )
    for reason in file.reasons:
        way = (
            chip(t("may pass with a note"), "info")
            if reason in APPROVABLE
            else chip(t("has to be corrected or resolved"), "bad")
        )
        found = "".join(f"<p>{said(line)}</p>" for line in explanation(file, reason))
        parts.append(f'<div class="od-why"><b>{said(t(REASON_LABELS[reason]))}</b>{way}{found}</div>')
    return "".join(parts)


def explanation(file: OrderFile, reason: Reason) -> list[str]:
    """What exactly the review found, in sentences."""
    f = file.fields
    money = lambda cents: format_money(cents, f["currency"])  # noqa: E731
    match reason:
        case _ if reason not in file.reasons_now:
            return [t("The review no longer finds this. Check again to clear it.")]
        case Reason.ADDRESS:
            return [_fault(file, field) for field in file.faults]
        case Reason.PHONE:
            return [t("{phone} can't be a phone number there.", phone=f["buyer_phone"])]
        case Reason.PRICE:
            return [_price_words(line, f["currency"]) for line in file.lines if line.price_off]
        case Reason.QUANTITY:
            most = review_policy().most_units
            wanted = {line.sku_code: 0 for line in file.lines}
            for line in file.lines:
                wanted[line.sku_code] += line.quantity
            return [
                t("{sku}: {n} units in one order, more than {most}.", sku=sku, n=format_int(n), most=most)
                for sku, n in wanted.items()
                if n > most
            ]
        case Reason.DUPLICATE:
            count = file.duplicates_count
            one = t("An open order of the same buyer has the same goods.")
            return [one if count == 1 else t("{n} open orders of the same buyer have the same goods.", n=count)]
        case Reason.STOCK:
            return [
                t(
                    "{sku}: {wanted} wanted, {available} available in {warehouse}.",
                    sku=line.sku_code or line.name,
                    wanted=line.quantity,
                    available=line.available,
                    warehouse=f["warehouse_code"],
                )
                for line in file.lines
                if line.available < line.quantity
            ]
        case Reason.PAYMENT:
            return [t("{paid} of {total} received.", paid=money(f["paid_cents"]), total=money(f["total_cents"]))]
        case Reason.FRAUD:
            return [t("This phone number is blocked: {reason}", reason=file.blocked_reason)]
    return []


def _fault(file: OrderFile, field: str) -> str:
    f = file.fields
    place = province(f["region"])
    match field:
        case "region":
            return t("“{province}” isn't a province of China.", province=f["region"])
        case "city" if f["city"].strip():
            return t(
                "City and province contradict each other: {city} doesn't lie in {province}.",
                city=f["city"],
                province=place,
            )
        case "city":
            return t("The city is missing.")
        case "postcode":
            return t("Postcode {postcode} doesn't belong to {province}.", postcode=f["postcode"], province=place)
        case "street":
            return t("The street has no house number, or is too short to be one: “{street}”.", street=f["street"])
        case _:
            return t("The recipient's name is missing.")


def _price_words(line: LineView, currency: str) -> str:
    if line.list_price_cents is None:
        return t("{sku} isn't in the price list.", sku=line.sku_code or line.name)
    return t(
        "{sku}: {price} instead of {list} ({deviation}).",
        sku=line.sku_code,
        price=format_money(line.unit_price_cents, currency),
        list=format_money(line.list_price_cents, currency),
        deviation=_deviation(line),
    )


def _deviation(line: LineView) -> str:
    if not line.list_price_cents:
        return "–"
    return f"{(line.unit_price_cents / line.list_price_cents - 1) * 100:+.1f}%".replace("-", "−")


def lines(file: OrderFile) -> str:
    """What was ordered, at which price against the list, and what the shelf has."""
    currency = file.fields["currency"]
    done = not file.fields["is_open"] or file.fields["fulfilled_by"] != "us"
    rows = []
    for line in file.lines:
        name = line.name if language() == "zh" else line.name_en
        off = "off" if line.price_off else ""
        listed = "–" if line.list_price_cents is None else format_money(line.list_price_cents, currency)
        short = " short" if not done and not line.reserved and line.available < line.quantity else ""
        stock = f"<b>{format_int(line.reserved)}</b> {said(t('reserved'))}" if line.reserved else "–"
        free = "" if done else f'<small class="{short}">{said(t("{n} available", n=line.available))}</small>'
        gone = f"<small>{said(t('{n} cancelled', n=format_int(line.cancelled)))}</small>" if line.cancelled else ""
        rows.append(
            (
                f"{said(name)}<small>{said(line.sku_code)}</small>",
                format_int(line.quantity) + gone,
                f'<span class="{off}">{said(format_money(line.unit_price_cents, currency))}</span>'
                f"<small>{said(t('list {price}', price=listed))}"
                + (f' · <b class="{off}">{said(_deviation(line))}</b>' if line.price_off else "")
                + "</small>",
                said(format_money(line.quantity * line.unit_price_cents, currency)),
                stock + free,
            )
        )
    heads = (t("Article"), t("Quantity") + ">", t("Price") + ">", t("Amount") + ">", t("Stock") + ">")
    f = file.fields
    sums = [
        (t("Goods"), f["items_cents"]),
        (t("Shipping"), f["shipping_cents"]),
        (t("Discount"), -f["discount_cents"]),
        (t("Total"), f["total_cents"]),
    ]
    shown = "".join(
        f"<div><dt>{said(name)}</dt><dd>{said(format_money(cents, currency))}</dd></div>"
        for name, cents in sums
        if cents or name == t("Total")
    )
    return card(t("Goods and prices"), table(heads, rows, "lines") + f'<dl class="od-sums">{shown}</dl>')


def faulty(file: OrderFile) -> frozenset[str]:
    """The fields to look at; of a city and a province that contradict each other, both."""
    both = {"region"} if "city" in file.faults and file.fields["city"].strip() else set()
    return frozenset(file.faults) | both


def money(file: OrderFile) -> str:
    """What was paid by which means, and what went back."""
    f = file.fields
    if not file.money:
        return card(t("Money"), f'<p class="od-none">{said(t("Nothing was paid yet."))}</p>')
    rows = [
        (
            f"{said(t(MONEY_LABELS[one.kind]))}<small>{said(means(one.means)) if one.means else ''}</small>",
            said(format_money(-one.amount_cents if one.kind == "refunded" else one.amount_cents, f["currency"])),
        )
        for one in file.money
    ]
    return card(t("Money"), table((t("What"), t("Amount") + ">"), rows))


def stock(file: OrderFile, timezone: str) -> str:
    """Which units of which lots the order has, and where they are."""
    if not file.lots:
        text = t("No units are reserved for this order.")
        return card(t("Stock of this order"), f'<p class="od-none">{said(text)}</p>')
    rows = [
        (
            f"{said(one.sku_code)}<small>"
            + said(t("Lot {lot}, in since {day}", lot=one.lot_id, day=format_instant(one.lot_received_at, timezone)))
            + "</small>",
            said(t(label_of(Account(one.account)))) + f"<small>{said(one.warehouse)}</small>",
            f"<b>{format_int(one.quantity)}</b>",
        )
        for one in file.lots
    ]
    heads = (t("Article"), t("Place"), t("Units") + ">")
    return card(t("Stock of this order"), table(heads, rows))


def messages(file: OrderFile, timezone: str) -> str:
    """What the buyer was written."""
    if not file.messages:
        return card(t("Messages to the buyer"), f'<p class="od-none">{said(t("Nothing was written yet."))}</p>')
    shown = "".join(
        f'<article class="od-message"><header><b>{said(t(one.subject))}</b>'
        f"<span>{said(format_instant(one.at, timezone))} · {said(one.recipient)}</span></header>"
        f"<p>{said(one.body)}</p></article>"
        for one in reversed(file.messages)
    )
    return card(t("Messages to the buyer"), shown)


def history(file: OrderFile, names: dict[str, str], timezone: str) -> str:
    """The order's log in words, newest first. `names` says who is behind an actor of the log."""
    rows = "".join(
        f"<li><time>{said(format_instant(one.at, timezone))}</time><b>{said(fact_title(one.kind))}</b>"
        f"<span>{said(names.get(one.actor, one.actor))}</span>{_detail(one, file.fields['currency'])}</li>"
        for one in reversed(file.facts)
    )
    return card(t("History"), f'<ol class="od-history">{rows}</ol>')


def fact_title(kind: str) -> str:
    """What a fact of the log is called; one of the house that no order knows shows its code."""
    fact = fact_of(kind)
    return t(label_of(fact)) if isinstance(fact, StrEnum) else kind


def _detail(fact: FactView, currency: str) -> str:
    return "".join(f"<p>{said(part)}</p>" for part in fact_details(fact.kind, fact.data, currency))


def fact_details(kind: str, data: Mapping[str, Any], currency: str) -> list[str]:
    """What a row of the log adds to its title, in words."""
    parts: list[str] = []
    if kind == Fact.STOPPED:
        parts.append(join_list(t(REASON_LABELS[Reason(reason)]) for reason in data.get("reasons", [])))
    for reason, note in (data.get("approved") or {}).items():
        parts.append(t("{reason}: let pass – {note}", reason=t(REASON_LABELS[Reason(reason)]), note=note))
    for field, (old, new) in (data.get("changed") or {}).items():
        before, after = (province(value) if field == "region" else value for value in (old, new))
        label = t(FIELD_LABELS[field]) if field in FIELD_LABELS else field
        parts.append(t("{field}: {old} → {new}", field=label, old=before or "–", new=after or "–"))
    if kind == Fact.LINE_CANCELLED:
        parts.append(t("{n} × {sku}", n=data["quantity"], sku=data["sku"]))
    if kind in (Fact.HELD, Fact.HOLD_RELEASED, Fact.CANCELLED, Fact.LINE_CANCELLED) and data.get("reason"):
        parts.append(str(data["reason"]))
    if freed := data.get("units_freed"):
        parts.append(t("1 unit free again") if freed == 1 else t("{n} units free again", n=freed))
    if back := data.get("refunded_cents"):
        parts.append(t("{amount} paid back", amount=format_money(back, currency)))
    if kind == Fact.BUYER_NOTIFIED and data.get("subject") in SUBJECT_LABELS:
        parts.append(t(SUBJECT_LABELS[data["subject"]]))
    if kind == Fact.PAID:
        parts.append(f"{format_money(data['amount_cents'], data.get('currency', currency))} · {means(data['means'])}")
    if data.get("carrier"):
        parts.append(carrier_title(str(data["carrier"])))
    if data.get("waybill"):
        parts.append(str(data["waybill"]))
    if data.get("missing"):
        parts.append(
            t("1 unit wasn't there") if data["missing"] == 1 else t("{n} units weren't there", n=data["missing"])
        )
        parts.append(str(data["reason"]))
    return parts
