"""An order beside what its channel sent: buyer, address, goods and sums, with the differences marked, as HTML."""

from __future__ import annotations

from collections.abc import Iterable
from types import MappingProxyType

from core.channels.mapping import guess
from core.domain.payloads import (
    Compared,
    ComparedLine,
    Ordered,
    columns_in,
    compare,
    compare_lines,
    compare_sums,
    rest_of,
)
from core.services.order_file import OrderFile
from core.ui.i18n import t
from core.ui.order_sheet import FIELD_LABELS, card, faulty, province, said, table

SUM_LABELS = MappingProxyType({"shipping_cents": "Shipping", "discount_cents": "Discount", "total_cents": "Total"})


def compared(file: OrderFile) -> str:
    """The card: what differs in one sentence, then field by field, line by line, and whatever else was sent."""
    columns = columns_in(file.payload, guess(file.payload).columns)
    fields = compare(file.fields, file.payload, columns)
    ordered = [Ordered(line.sku_code, line.name, line.quantity, line.unit_price_cents) for line in file.lines]
    lines = compare_lines(ordered, file.payload, columns)
    sums = compare_sums(file.fields, file.payload, columns)
    heads = (t("Field"), t("In the order"), t("As the channel sent it"))
    body = table(heads, [_field(one, one.field in faulty(file)) for one in fields], "compare")
    if lines or sums:
        rows = [*(_line(one) for one in lines), *(_sum(one) for one in sums)]
        body += f"<h4>{said(t('Goods and amounts'))}</h4>" + table(heads, rows, "compare")
    if rest := rest_of(file.payload, columns):
        pairs = "".join(f"<div><dt>{said(name)}</dt><dd>{said(text)}</dd></div>" for name, text in rest.items())
        body += f'<h4>{said(t("More from the channel"))}</h4><dl class="od-pairs">{pairs}</dl>'
    count = sum(one.differs for one in (*fields, *sums)) + sum(one.differs for one in lines)
    return card(t("Against the channel's original"), body, _verdict(file, count))


def _verdict(file: OrderFile, count: int) -> str:
    if not file.payload:
        return t("The channel's original wasn't kept for this order.")
    if not count:
        return t("The order is as the channel sent it.")
    return t("1 difference is marked.") if count == 1 else t("{n} differences are marked.", n=count)


def _field(one: Compared, at_fault: bool) -> tuple[str, str, str]:
    ours = province(one.ours) if one.field == "region" else one.ours
    theirs = province(one.theirs) if one.field == "region" else one.theirs
    mark = "fault" if at_fault else "differs" if one.differs else ""
    return (
        said(t(FIELD_LABELS[one.field])),
        _marked(ours, mark),
        _marked(theirs, "differs" if one.differs else "") + _named(one) if one.column else "–",
    )


def _line(line: ComparedLine) -> tuple[str, str, str]:
    """A line in one row: each part of it where the eye looks for it on the other side."""

    def side(parts: Iterable[tuple[str, bool]]) -> str:
        shown = [_marked(text, "differs" if differs else "") for text, differs in parts]
        return " · ".join(shown)

    return (
        said(t("Line {n}", n=line.position)),
        side((_part(one, one.ours), one.differs) for one in line.fields),
        side((_part(one, one.theirs), one.differs) for one in line.fields),
    )


def _part(one: Compared, text: str) -> str:
    """A quantity reads as such beside a price."""
    return f"× {text}" if one.field == "quantity" and text else text


def _sum(one: Compared) -> tuple[str, str, str]:
    mark = "differs" if one.differs else ""
    return said(t(SUM_LABELS[one.field])), _marked(one.ours, mark), _marked(one.theirs, mark) + _named(one)


def _marked(text: str, mark: str) -> str:
    style = f' class="{mark}"' if mark else ""
    return f"<span{style}>{said(text) or '–'}</span>"


def _named(one: Compared) -> str:
    """The channel's own word for the field."""
    return f"<small>{said(one.column)}</small>" if one.theirs else ""
