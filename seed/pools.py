"""Pools of buyers: made once with Faker and word tables, then sampled with numpy, since Faker by the row is slow."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from faker import Faker

from core.domain.places import PROVINCES
from seed.streams import stream
from seed.trade import geography

_NAMES = 1_200
_ENGLISH_NAMES = 150
_USERS = 300
_ENGLISH_SHARE = 0.06
# The first three digits of mobile numbers in use.
_MOBILE = np.array([133, 135, 136, 137, 138, 139, 150, 151, 152, 158, 159, 176, 177, 180, 185, 186, 188, 189, 199])


@dataclass(frozen=True, slots=True)
class Buyers:
    """A pool of buyers, column by column; one address each.

    `province` counts through core.domain.places.PROVINCES, `region` is its code.
    """

    province: np.ndarray
    name: list[str]
    phone: list[str]
    email: list[str]
    region: list[str]
    city: list[str]
    district: list[str]
    street: list[str]
    postcode: list[str]

    def __len__(self) -> int:
        return len(self.name)


@lru_cache(maxsize=8)
def _names(seed: int) -> tuple[list[str], list[str], list[str]]:
    """Chinese names, English names, and the first part of e-mail addresses."""
    chinese, english = Faker("zh_CN"), Faker("en_US")
    chinese.seed_instance(seed)
    english.seed_instance(seed)
    names = [chinese.name() for _ in range(_NAMES)]
    foreign = [f"{english.first_name()} {english.last_name()}" for _ in range(_ENGLISH_NAMES)]
    return names, foreign, [chinese.user_name() for _ in range(_USERS)]


class _Choices:
    """Several lists of words laid end to end: one draw per row picks from the list that the row names."""

    def __init__(self, lists: Sequence[Sequence[str]]) -> None:
        self._words = np.array([word for words in lists for word in words], dtype=object)
        self._count = np.array([len(words) for words in lists])
        self._first = np.cumsum(self._count) - self._count

    def draw(self, rng: np.random.Generator, which: np.ndarray) -> np.ndarray:
        """Positions of words, one per row; `words` turns them into text."""
        return np.asarray(self._first[which] + (rng.random(len(which)) * self._count[which]).astype(np.int64))

    def words(self, positions: np.ndarray) -> np.ndarray:
        return np.asarray(self._words[positions])


def draw_buyers(seed: int, count: int, kind: str = "buyers") -> Buyers:
    """Makes `count` buyers whose names, phones and addresses pass the automatic review; every phone once."""
    rng = stream(seed, kind)
    place = geography()
    weights = np.array([place.weight[province.code] for province in PROVINCES])
    province = rng.choice(len(PROVINCES), count, p=weights / weights.sum())
    english = rng.random(count) < _ENGLISH_SHARE
    names, foreign, users = (np.array(words, dtype=object) for words in _names(seed))
    chinese_cities = _Choices([[zh for zh, _ in p.cities] for p in PROVINCES])
    english_cities = _Choices([[en for _, en in p.cities] for p in PROVINCES])
    city = chinese_cities.draw(rng, province)
    every_city = [zh for p in PROVINCES for zh, _ in p.cities]
    districts = _Choices([place.districts.get(zh, place.other_districts) for zh in every_city])
    district = districts.words(districts.draw(rng, city))
    prefixes = _Choices([p.postcode_prefixes for p in PROVINCES])
    prefix = prefixes.words(prefixes.draw(rng, province)).tolist()
    tails = rng.integers(1_000, 10_000, count).tolist()
    accounts = users[rng.integers(0, len(users), count)].tolist()
    chinese_names = names[rng.integers(0, len(names), count)]
    return Buyers(
        province=province,
        name=np.where(english, foreign[rng.integers(0, len(foreign), count)], chinese_names).tolist(),
        phone=_phones(rng, count),
        email=[f"{account}{i}@example.com" for i, account in enumerate(accounts)],
        region=np.array([p.code for p in PROVINCES], dtype=object)[province].tolist(),
        city=np.where(english, english_cities.words(city), chinese_cities.words(city)).tolist(),
        district=np.where(english, "", district).tolist(),
        street=_streets(rng, english),
        postcode=[f"{head}{tail}" for head, tail in zip(prefix, tails, strict=True)],
    )


def _streets(rng: np.random.Generator, english: np.ndarray) -> list[str]:
    """Road, number and door: mostly in an estate, some in a lane, a few houses of their own."""
    place, count = geography(), len(english)
    columns = (
        np.where(english, 10, rng.integers(0, 10, count)).tolist(),
        rng.integers(0, len(place.roads), count).tolist(),
        rng.integers(1, 399, count).tolist(),
        rng.integers(0, len(place.estates), count).tolist(),
        rng.integers(1, 29, count).tolist(),
        rng.integers(1, 5, count).tolist(),
        (rng.integers(1, 27, count) * 100 + rng.integers(1, 5, count)).tolist(),
    )
    streets = []
    for style, road, number, estate, block, unit, room in zip(*columns, strict=True):
        zh, en = place.roads[road]
        if style < 7:
            streets.append(f"{zh}{number}号{place.estates[estate]}{block}栋{unit}单元{room}室")
        elif style < 9:
            streets.append(f"{zh}{number}弄{block}号{room}室")
        else:
            streets.append(f"{zh}{number}号" if style == 9 else f"Room {room}, No. {number} {en}")
    return streets


def _phones(rng: np.random.Generator, count: int) -> list[str]:
    """Plausible mobile numbers, none twice: the tail is a scrambled counter."""
    start, step = int(rng.integers(0, 10**8)), 48_271
    tails = (start + step * np.arange(count, dtype=np.int64)) % 10**8
    heads = rng.choice(_MOBILE, count)
    return [str(phone) for phone in (heads * 10**8 + tails).tolist()]
