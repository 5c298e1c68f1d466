"""What stands beside a process map: its steps, ways and deviations as tables and files, and the orders behind each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from core.channels.export import to_csv
from core.context import Context
from core.domain.deviations import DEVIATION_LABELS, Deviation
from core.domain.labels import label_of
from core.domain.orders import Status
from core.domain.trail_variants import Variant
from core.domain.trails import KIND_NAMES
from core.metrics.board import Places
from core.metrics.process_map import (
    ProcessMap,
    Question,
    departing,
    going,
    having,
    path_of_order,
    process_map,
    taking_step,
)
from core.metrics.rows import orders_by_ids
from core.ui import kpi
from core.ui.i18n import format_duration, format_instant, format_int, join_list, t
from core.ui.process_figure import fact_name, is_deviation
from core.ui.tables import SHOWN_AT_MOST, Column

MOST_EXPORTED = 100_000
_ARROW = " → "


@dataclass(frozen=True, slots=True)
class Behind:
    """The orders behind a part of a map. `seconds` is how long each waited there, where it is a step.

    `path` is the way they went, where it is one. Shape: `ids` and `seconds` of one length, or no `seconds`.
    """

    title: str
    ids: tuple[int, ...]
    seconds: tuple[int, ...] = ()
    path: tuple[str, ...] = ()


def step_name(source: str, target: str) -> str:
    """A step in words."""
    return fact_name(source) + _ARROW + fact_name(target)


def deviation_key(one: Deviation) -> str:
    """How the address names a deviation."""
    return f"deviation:{one.kind}:{one.source}>{one.target}"


def deviation_said(one: Deviation) -> str:
    """What a deviation is about, in words."""
    return step_name(one.source, one.target) if one.source else fact_name(one.target)


def behind(ctx: Context, question: Question, key: str) -> Behind | None:
    """The orders that an address asks for: `step:a>b`, `fact:a`, `way:<order>`, `deviation:kind:a>b`.

    None where it names nothing that is on this map.
    """
    kind, _, rest = key.partition(":")
    source, _, target = rest.partition(">")
    match kind:
        case "step" if source in KIND_NAMES and target in KIND_NAMES:
            found = taking_step(ctx, question, source, target)
            return Behind(step_name(source, target), tuple(i for i, _ in found), tuple(s for _, s in found))
        case "fact" if rest in KIND_NAMES:
            return Behind(fact_name(rest), tuple(having(ctx, question, rest)))
        case "way" if rest.isascii() and rest.isdecimal() and len(rest) < 18:
            if path := path_of_order(ctx, question, int(rest)):
                return Behind(t("Went exactly this way"), tuple(going(ctx, question, path)), path=path)
        case "deviation":
            for one in process_map(ctx, question).deviations:
                if deviation_key(one) == key:
                    title = f"{t(DEVIATION_LABELS[one.kind])}: {deviation_said(one)}"
                    return Behind(title, tuple(departing(ctx, question, one)))
    return None


# ---- tables ---------------------------------------------------------------------------------------------------


def step_rows(found: ProcessMap) -> list[dict[str, Any]]:
    """The steps as a table shows them."""
    return [
        {
            "id": f"step:{step.source}>{step.target}",
            "step": step_name(step.source, step.target),
            "orders": step.orders_count,
            "times": step.times_count,
            "p50": format_duration(step.p50_seconds),
            "p90": format_duration(step.p90_seconds),
            "judged": t("not allowed") if is_deviation(step) else "",
        }
        for step in found.steps
    ]


def step_columns() -> list[Column]:
    """The columns of the steps."""
    return [
        Column("step", t("Step"), width=250),
        Column("orders", t("Orders"), "number", width=70),
        Column("p50", t("Median"), width=95),
        Column("p90", t("P90"), width=95, help=t("Nine of ten orders took this step within the time.")),
        Column("times", t("Times"), "number"),
        Column("judged", t("By the machine")),
    ]


def way_rows(variants: Sequence[Variant]) -> list[dict[str, Any]]:
    """The ways as a table shows them."""
    return [
        {
            "id": f"way:{way.example_order_id}",
            "number": way.number,
            "orders": way.orders_count,
            "share": way.share,
            "steps": len(way.path),
            "p50": format_duration(way.p50_seconds),
            "path": _ARROW.join(fact_name(kind) for kind in way.path),
        }
        for way in variants
    ]


def way_columns() -> list[Column]:
    """The columns of the ways."""
    return [
        Column("number", t("No."), "number", width=50, pinned=True),
        Column("orders", t("Orders"), "number"),
        Column("share", t("Share"), "progress"),
        Column("steps", t("Facts"), "number"),
        Column("p50", t("Median, first to last")),
        Column("path", t("Way"), width="large"),
    ]


def deviation_rows(found: ProcessMap) -> list[dict[str, Any]]:
    """The deviations as a table shows them."""
    return [
        {
            "id": deviation_key(one),
            "kind": t(DEVIATION_LABELS[one.kind]),
            "about": deviation_said(one),
            "left_out": join_list(fact_name(kind) for kind in one.left_out),
            "orders": one.orders_count,
            "share": one.orders_count / found.orders_count if found.orders_count else None,
        }
        for one in found.deviations
    ]


def deviation_columns() -> list[Column]:
    """The columns of the deviations."""
    return [
        Column("kind", t("Deviation"), pinned=True),
        Column("about", t("Where")),
        Column("orders", t("Orders"), "number"),
        Column("share", t("Share"), "rate"),
        Column("left_out", t("Left out")),
    ]


def order_rows(ctx: Context, found: Behind, known: Places) -> list[dict[str, Any]]:
    """The orders behind a part of the map as a table shows them, as many as it shows."""
    channels = {place.code: kpi.place_name(place) for place in known.channels}
    seconds = dict(zip(found.ids[::-1], found.seconds[::-1], strict=False))
    shown = list(dict.fromkeys(found.ids))[: SHOWN_AT_MOST + 1]
    return [
        {
            "id": row.id,
            "number": row.number,
            "waited": format_duration(seconds[row.id]) if row.id in seconds else "",
            "status": t(label_of(Status(row.status))),
            "received": format_instant(row.received_at, ctx.world.timezone),
            "channel": channels.get(row.channel, row.channel),
            "warehouse": kpi.place_name(known.warehouses[row.warehouse_id]),
            "region": kpi.region_name(row.region),
        }
        for row in orders_by_ids(ctx, shown)
    ]


def order_columns(found: Behind) -> list[Column]:
    """The columns of the orders; the wait only where it is one."""
    waited = [Column("waited", t("Waited"))] if found.seconds else []
    return [
        Column("number", t("Order"), pinned=True),
        *waited,
        Column("status", t("Status")),
        Column("received", t("Received")),
        Column("channel", t("Channel")),
        Column("warehouse", t("Warehouse")),
        Column("region", t("Region")),
    ]


# ---- files ----------------------------------------------------------------------------------------------------


def file_of(ctx: Context, question: Question, view: str) -> bytes:
    """A table of the map as a file: `steps`, `ways` or `deviations`. Units: seconds; kinds by their code."""
    found = process_map(ctx, question)
    if view == "ways":
        ways = ((w.number, w.orders_count, w.share, round(w.p50_seconds), ">".join(w.path)) for w in found.variants)
        return to_csv(("number", "orders", "share", "median_seconds", "path"), ways)
    if view == "deviations":
        told = (
            (str(one.kind), one.source, one.target, ">".join(one.left_out), one.orders_count, one.example_order_id)
            for one in found.deviations
        )
        return to_csv(("deviation", "from", "to", "left_out", "orders", "example_order_id"), told)
    steps = (
        (s.source, s.target, s.orders_count, s.times_count, round(s.p50_seconds), round(s.p90_seconds), is_deviation(s))
        for s in found.steps
    )
    return to_csv(("from", "to", "orders", "times", "median_seconds", "p90_seconds", "not_allowed"), steps)


def orders_file(ctx: Context, question: Question, key: str) -> bytes:
    """The orders behind a part of the map as a file, with the seconds that each waited."""
    found = behind(ctx, question, key)
    ids = list(dict.fromkeys(found.ids))[:MOST_EXPORTED] if found else []
    seconds = dict(zip(found.ids[::-1], found.seconds[::-1], strict=False)) if found else {}
    rows = (
        (row.number, row.channel, row.status, row.region, row.received_at, seconds.get(row.id, ""))
        for row in orders_by_ids(ctx, ids)
    )
    return to_csv(("number", "channel", "status", "region", "received_at", "waited_seconds"), rows)


def counted(count: int) -> str:
    """A number of orders in words."""
    return t("{n} orders", n=format_int(count))
