"""When things happen: orders by week and hour, clerks in office hours, waves, lorries and doorbells; in local time."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import numpy as np

from seed.trade import trade

MINUTE, HOUR, DAY = 60, 3_600, 86_400
# The demo company lives in one zone that has had no summer time since 1991.
OFFSET = int(datetime(2026, 1, 1, tzinfo=ZoneInfo("Asia/Shanghai")).utcoffset().total_seconds())  # type: ignore[union-attr]
# Lorries leave the warehouses at these minutes of the day.
_PICK_UPS = np.array([10 * 60 + 30, 14 * 60, 18 * 60, 21 * 60 + 30])
_OFFICE = (9 * HOUR, 18 * HOUR)
_WAVES = (7 * HOUR, 21 * HOUR)
_DOORS = (8 * HOUR, 21 * HOUR)


def local_weekday(at: int) -> int:
    """0 for Monday."""
    return ((at + OFFSET) // DAY + 3) % 7


def second_of_day(at: np.ndarray) -> np.ndarray:
    """Seconds since local midnight."""
    return (at + OFFSET) % DAY


def hour_weight(at: int) -> float:
    """How busy this hour is, 1.0 being an average hour of an average day."""
    rhythm = trade().rhythm
    hours, days = rhythm.hour, rhythm.weekday
    hour = ((at + OFFSET) % DAY) // HOUR
    return hours[hour] / (sum(hours) / 24) * days[local_weekday(at)] / (sum(days) / 7)


def order_instants(rng: np.random.Generator, count: int, start: int, end: int, campaign_days: np.ndarray) -> np.ndarray:
    """When `count` orders arrive between two instants: more at noon and in the evening, on weekends and campaigns.

    Shape: ascending epoch seconds. `campaign_days` are days since 1970 in local time.
    """
    rhythm = trade().rhythm
    slots = np.arange(start, end, 10 * MINUTE)
    local = slots + OFFSET
    days = local // DAY
    # Between the full hours the rate changes evenly.
    hour_of_day = (local % DAY) / HOUR
    weights = np.interp(hour_of_day, np.arange(24) + 0.5, rhythm.hour, period=24)
    weights = weights * np.array(rhythm.weekday)[(days + 3) % 7]
    weights = np.where(np.isin(days, campaign_days), weights * rhythm.campaign, weights)
    edges = np.append(slots, end)
    cumulative = np.concatenate([[0.0], np.cumsum(weights * np.diff(edges))])
    draws = np.sort(rng.random(count)) * cumulative[-1]
    return np.interp(draws, cumulative, edges).astype(np.int64).clip(start, end - 1)


def office_time(rng: np.random.Generator, at: np.ndarray) -> np.ndarray:
    """The same moment in office hours, or the next morning's first hours."""
    second = second_of_day(at)
    morning = at - second + _OFFICE[0] + rng.integers(0, 100 * MINUTE, at.shape)
    late = np.where(second >= _OFFICE[1], morning + DAY, at)
    return np.where(second < _OFFICE[0], morning, late)


def wave_time(at: np.ndarray) -> np.ndarray:
    """The next half hour at which a wave is released to the warehouse."""
    second = second_of_day(at)
    midnight = at - second
    wave = midnight + -(-second // (30 * MINUTE)) * (30 * MINUTE)
    wave = np.where(second < _WAVES[0], midnight + _WAVES[0], wave)
    return np.where(second > _WAVES[1], midnight + DAY + _WAVES[0], wave)


def pick_up_time(rng: np.random.Generator, at: np.ndarray) -> np.ndarray:
    """When the next lorry takes a parcel that is ready."""
    minute = second_of_day(at) / MINUTE
    midnight = at - second_of_day(at)
    index = np.searchsorted(_PICK_UPS, minute)
    lorry = np.append(_PICK_UPS, _PICK_UPS[0] + 24 * 60)[index]
    return midnight + lorry * MINUTE + rng.integers(0, 25 * MINUTE, at.shape)


def door_time(rng: np.random.Generator, at: np.ndarray) -> np.ndarray:
    """When somebody rings at the door: what arrives at night is brought the next morning."""
    second = second_of_day(at)
    morning = at - second + _DOORS[0] + rng.integers(20 * MINUTE, 5 * HOUR, at.shape)
    late = np.where(second >= _DOORS[1], morning + DAY, at)
    return np.where(second < _DOORS[0], morning, late)
