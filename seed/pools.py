"""Pools of buyers: made once with Faker and word tables, then sampled with numpy, since Faker by the row is slow."""

from __future__ import annotations

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
    """A pool of buyers, column by column; one address each, in the province it says."""

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


def draw_buyers(seed: int, count: int, kind: str = "buyers") -> Buyers:
    """Makes `count` buyers whose names, phones and addresses pass the automatic review; every phone once."""
    rng = stream(seed, kind)
    place = geography()
    weights = np.array([place.weight[province.code] for province in PROVINCES])
    provinces = rng.choice(len(PROVINCES), count, p=weights / weights.sum())
    is_english = rng.random(count) < _ENGLISH_SHARE
    names, foreign, users = _names(seed)
    phones = _phones(rng, count)
    picks = {
        key: rng.integers(0, most, count).tolist()
        for key, most in (
            ("name", _NAMES), ("foreign", _ENGLISH_NAMES), ("user", _USERS), ("city", 60_060), ("district", 60_060),
            ("post", 9_000), ("road", len(place.roads)), ("number", 398), ("estate", len(place.estates)),
            ("block", 28), ("unit", 4), ("floor", 26), ("door", 4), ("prefix", 60_060), ("style", 10),
        )
    }  # fmt: skip
    made = Buyers([], phones, [], [], [], [], [], [])
    for i, (province_index, english) in enumerate(zip(provinces.tolist(), is_english.tolist(), strict=True)):
        province = PROVINCES[province_index]
        city_zh, city_en = province.cities[picks["city"][i] % len(province.cities)]
        districts = place.districts.get(city_zh, place.other_districts)
        road_zh, road_en = place.roads[picks["road"][i]]
        number, room = picks["number"][i] + 1, (picks["floor"][i] + 1) * 100 + picks["door"][i] + 1
        made.region.append(province.code)
        made.postcode.append(
            province.postcode_prefixes[picks["prefix"][i] % len(province.postcode_prefixes)]
            + str(picks["post"][i] + 1_000)
        )
        made.email.append(f"{users[picks['user'][i]]}{i}@example.com")
        if english:
            made.name.append(foreign[picks["foreign"][i]])
            made.city.append(city_en)
            made.district.append("")
            made.street.append(f"Room {room}, No. {number} {road_en}")
            continue
        made.name.append(names[picks["name"][i]])
        made.city.append(city_zh)
        made.district.append(districts[picks["district"][i] % len(districts)])
        block, style = picks["block"][i] + 1, picks["style"][i]
        if style < 7:
            estate = place.estates[picks["estate"][i]]
            made.street.append(f"{road_zh}{number}号{estate}{block}栋{picks['unit'][i] + 1}单元{room}室")
        elif style < 9:
            made.street.append(f"{road_zh}{number}弄{block}号{room}室")
        else:
            made.street.append(f"{road_zh}{number}号")
    return made


def _phones(rng: np.random.Generator, count: int) -> list[str]:
    """Plausible mobile numbers, none twice: the tail is a scrambled counter."""
    start, step = int(rng.integers(0, 10**8)), 48_271
    tails = (start + step * np.arange(count, dtype=np.int64)) % 10**8
    heads = rng.choice(_MOBILE, count)
    return [str(phone) for phone in (heads * 10**8 + tails).tolist()]
