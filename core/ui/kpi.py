"""The board's cards and what the monitor's pages share: fresh cells, the filter in the address, figures in words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import streamlit as st

from core.context import Context
from core.db.fold import fold_if_free
from core.domain.errors import RuleViolation
from core.domain.facts import local_day
from core.domain.places import PROVINCE_BY_CODE
from core.metrics.board import Place, Places
from core.metrics.filters import Filter, cut_of, day_number, day_text
from core.metrics.kpi import Figure, Kpi
from core.ui import page
from core.ui.databases import databases
from core.ui.i18n import format_int, format_money, format_number, format_rate, language, t

# What the period can be called in the address; the days include today.
PERIODS: Mapping[str, int] = {"today": 1, "7d": 7, "30d": 30, "90d": 90, "365d": 365}
PERIOD_LABELS: Mapping[str, str] = {
    "today": "Today",
    "7d": "7 days",
    "30d": "30 days",
    "90d": "90 days",
    "365d": "365 days",
    "own": "Own dates",
}
DEFAULT_PERIOD = "30d"
BASE_CURRENCY = "CNY"
LONGEST_DAYS = 3_660


def bring_up_to_date() -> None:
    """Folds what has happened in the live world since the cells were last written; gives way to whoever writes."""
    if page.current_world().kind == "live":
        fold_if_free(databases().live)


def today_of(ctx: Context) -> int:
    """The calendar day it is in this world."""
    return local_day(ctx.now, ctx.world.timezone)


@dataclass(frozen=True, slots=True)
class Chosen:
    """What the address chooses: the filter, its period by name, and what of the address was no use (translated)."""

    filter: Filter
    period: str
    notes: tuple[str, ...]


def read_address(query: Mapping[str, str], known: Places, today: int) -> Chosen:
    """The filter that an address asks for. What it names wrongly is left out, and noted."""
    notes: list[str] = []
    found, period = _read_period(query, today, notes)
    found = _read_places(query, known, found, notes)
    try:
        cut_of(found)
    except RuleViolation:
        notes.append(t("Channel, warehouse and region can't all be chosen at once; the region was left out."))
        found = replace(found, region=None)
    return Chosen(found, period, tuple(notes))


def _read_period(query: Mapping[str, str], today: int, notes: list[str]) -> tuple[Filter, str]:
    standard = Filter(today - PERIODS[DEFAULT_PERIOD] + 1, today)
    if "from" in query or "to" in query:
        try:
            first, last = day_number(query.get("from", "")), day_number(query.get("to", ""))
        except (ValueError, OverflowError):
            notes.append(t("The dates in the address can't be read; the last 30 days are shown."))
            return standard, DEFAULT_PERIOD
        if first > last or last - first >= LONGEST_DAYS:
            notes.append(t("The dates in the address are no period; the last 30 days are shown."))
            return standard, DEFAULT_PERIOD
        return Filter(first, last), "own"
    name = query.get("period", DEFAULT_PERIOD)
    if name not in PERIODS:
        notes.append(t("The address names no period that there is; the last 30 days are shown."))
        name = DEFAULT_PERIOD
    return Filter(today - PERIODS[name] + 1, today), name


def _read_places(query: Mapping[str, str], known: Places, found: Filter, notes: list[str]) -> Filter:
    if code := query.get("channel", ""):
        if code in {place.code for place in known.channels}:
            found = replace(found, channel=code)
        else:
            notes.append(t("The address names a channel that isn't here; all are shown."))
    if code := query.get("warehouse", ""):
        ids = {place.code: number for number, place in known.warehouses.items()}
        if code in ids:
            found = replace(found, warehouse=ids[code])
        else:
            notes.append(t("The address names a warehouse that isn't here; all are shown."))
    if code := query.get("region", ""):
        if code in known.regions:
            found = replace(found, region=code)
        else:
            notes.append(t("The address names a region that isn't here; all are shown."))
    return found


def write_address(chosen: Filter, period: str, known: Places) -> dict[str, str]:
    """The address that asks for a filter; what is not narrowed down is left out."""
    query: dict[str, str] = {}
    if period == "own":
        query |= dates_of(chosen)
    elif period != DEFAULT_PERIOD:
        query["period"] = period
    return query | places_of(chosen, known)


def dates_of(chosen: Filter) -> dict[str, str]:
    """A filter's period as an address says it."""
    return {"from": day_text(chosen.from_day), "to": day_text(chosen.to_day)}


def places_of(chosen: Filter, known: Places) -> dict[str, str]:
    """What a filter is narrowed down to, as an address says it."""
    query: dict[str, str] = {}
    if chosen.channel is not None:
        query["channel"] = chosen.channel
    if chosen.warehouse is not None:
        query["warehouse"] = known.warehouses[chosen.warehouse].code
    if chosen.region is not None:
        query["region"] = chosen.region
    return query


# ---- names and figures in the reader's words -------------------------------------------------------------------


def place_name(place: Place) -> str:
    """A channel or warehouse in the reader's language."""
    return (place.name_zh if language() == "zh" else place.name_en) or place.code


def region_name(code: str) -> str:
    """A province in the reader's language; any other region by its own name."""
    province = PROVINCE_BY_CODE.get(code)
    if province is None:
        return code or t("unknown")
    return province.name_zh if language() == "zh" else province.name_en


def value_text(kpi: Kpi, value: float | None) -> str:
    """A figure in its unit; a dash where there is nothing to tell."""
    if value is None:
        return "–"
    match kpi.unit:
        case "money":
            return short_money(round(value))
        case "rate":
            return format_rate(value, 1)
        case "days":
            return t("{n} days", n=format_number(value, 1))
        case _:
            return format_int(round(value))


def short_money(cents: int, currency: str = BASE_CURRENCY) -> str:
    """An amount as a card shows it: cents only below a thousand, and short above ten million."""
    whole = abs(cents) // 100
    if whole < 1_000:
        return format_money(cents, currency)
    sign = format_money(0, currency).replace("0.00", "").strip()
    if language() == "zh" and whole >= 1_000_000:
        return f"{sign}{format_number(cents / 1_000_000, 1)}万"
    if whole >= 10_000_000:
        return f"{sign}{format_number(cents / 100_000_000, 2)}M"
    return f"{sign}{format_int(round(cents / 100))}"


def change_text(kpi: Kpi, figure: Figure) -> str | None:
    """How a figure changed against the equal period before; None where there is nothing to compare with."""
    if figure.value is None or figure.before is None or not figure.before_n:
        return None
    change = figure.value - figure.before
    if kpi.unit == "rate":
        return t("{n} pp", n=_signed(100 * change))
    if kpi.unit == "days":
        return t("{n} days", n=_signed(change))
    return f"{_signed(100 * change / figure.before)}%" if figure.before else None


def _signed(value: float) -> str:
    shown = format_number(abs(value), 1)
    return shown if shown == format_number(0.0, 1) else ("+" if value > 0 else "−") + shown


def change_is_good(kpi: Kpi, figure: Figure) -> bool | None:
    """Whether the change is welcome; None where it is neither."""
    if kpi.better is None or figure.value is None or figure.before is None:
        return None
    change = figure.value - figure.before
    if abs(change) < 1e-9:
        return None
    return (change > 0) == (kpi.better == "up")


def is_dark() -> bool:
    """Whether the reader's page is dark now."""
    return st.context.theme.type == "dark"
