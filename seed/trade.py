"""How the demo company sells and ships: its catalogue, channels, carriers, lanes and rhythm, read from TOML."""

from __future__ import annotations

import math
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from core.domain.errors import ContentError
from core.domain.places import PROVINCES

_FOLDER = Path(__file__).resolve().parent
_EARTH_KM = 6_371.0


@dataclass(frozen=True, slots=True)
class Product:
    """One article of the catalogue."""

    code: str
    name_en: str
    name_zh: str
    category: str
    price_cents: int
    weight_g: int
    shelf_life_days: int | None


@dataclass(frozen=True, slots=True)
class Channel:
    """Where orders come from, how many of them, and by what buyers pay there."""

    code: str
    name_en: str
    name_zh: str
    share: float
    means: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Carrier:
    """Who brings parcels; `speed` multiplies transit times, `far_speed` those of far lanes."""

    code: str
    share: float
    speed: float
    far_speed: float


@dataclass(frozen=True, slots=True)
class Transit:
    """How long parcels are on the road; see trade.toml."""

    base_hours: float
    km_per_hour: float
    sigma: float
    far_km: float
    trouble: float
    trouble_hours: float


@dataclass(frozen=True, slots=True)
class Rhythm:
    """When buyers order: weights by hour of day and day of week, and how strong a campaign day is."""

    hour: tuple[float, ...]
    weekday: tuple[float, ...]
    campaign: float


@dataclass(frozen=True, slots=True)
class Depot:
    """A warehouse of the demo company."""

    code: str
    name_en: str
    name_zh: str
    region: str
    lat: float
    lon: float


@dataclass(frozen=True, slots=True)
class Geography:
    """Where buyers live: weight and position per province code, districts per city, words for streets."""

    weight: dict[str, float]
    position: dict[str, tuple[float, float]]
    districts: dict[str, tuple[str, ...]]
    other_districts: tuple[str, ...]
    roads: tuple[tuple[str, str], ...]
    estates: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Trade:
    """Everything about how the demo company sells and ships."""

    channels: tuple[Channel, ...]
    carriers: tuple[Carrier, ...]
    transit: Transit
    rhythm: Rhythm
    notes: tuple[str, ...]


def _read(name: str) -> dict[str, Any]:
    return tomllib.loads((_FOLDER / name).read_text(encoding="utf-8"))


def _need(condition: bool, file: str, item: str, template: str) -> None:
    if not condition:
        raise ContentError(template, file=file, item=item)


@cache
def catalogue() -> tuple[Product, ...]:
    """Every article, by code: each product in each variant of its category.

    Raises: ContentError for a price or weight that can't be, or a code twice.
    """
    found = []
    for category in _read("products.toml")["category"]:
        for number, product in enumerate(category["products"], start=1):
            for letter, variant in zip("ABCDEFGH", category["variants"], strict=False):
                found.append(
                    Product(
                        code=f"{category['code']}-{number:02d}{letter}",
                        name_en=f"{product['en']}, {variant['en']}",
                        name_zh=f"{product['zh']} {variant['zh']}",
                        category=category["en"],
                        price_cents=round(product["price_cents"] * variant["factor"] / 10) * 10,
                        weight_g=round(product["weight_g"] * variant["factor"]),
                        shelf_life_days=product.get("shelf_life_days", category.get("shelf_life_days")),
                    )
                )
    for product in found:
        good = product.price_cents > 0 and product.weight_g > 0
        _need(good, "products.toml", product.code, "A product needs a price and a weight above 0.")
    codes = [product.code for product in found]
    _need(len(set(codes)) == len(codes), "products.toml", "", "A product's code appears twice.")
    return tuple(sorted(found, key=lambda product: product.code))


@cache
def trade() -> Trade:
    """Channels, carriers, lanes and rhythm.

    Raises: ContentError when the rhythm doesn't cover a day and a week.
    """
    raw = _read("trade.toml")
    rhythm = Rhythm(tuple(raw["rhythm"]["hour"]), tuple(raw["rhythm"]["weekday"]), float(raw["rhythm"]["campaign"]))
    _need(len(rhythm.hour) == 24, "trade.toml", "rhythm", "The rhythm needs 24 hours.")
    _need(len(rhythm.weekday) == 7, "trade.toml", "rhythm", "The rhythm needs 7 days.")
    return Trade(
        channels=tuple(
            Channel(c["code"], c["en"], c["zh"], float(c["share"]), tuple(c["means"])) for c in raw["channel"]
        ),
        carriers=tuple(Carrier(**carrier) for carrier in raw["carrier"]),
        transit=Transit(**raw["transit"]),
        rhythm=rhythm,
        notes=tuple(raw["notes"]),
    )


@cache
def depots() -> tuple[Depot, ...]:
    """The demo company's warehouses, in the order of their ids (from 1)."""
    return tuple(
        Depot(code, d["en"], d["zh"], d["region"], d["lat"], d["lon"])
        for code, d in _read("geography.toml")["warehouse"].items()
    )


@cache
def geography() -> Geography:
    """Provinces with the weight of their buyers, and what addresses are made of.

    Raises: ContentError when a province of core.domain.places is missing.
    """
    raw = _read("geography.toml")
    for province in PROVINCES:
        known = province.code in raw["province"]
        _need(known, "geography.toml", province.code, "This province is missing.")
    roads = (road.split("/") for road in raw["roads"])
    return Geography(
        weight={code: p["weight"] for code, p in raw["province"].items()},
        position={code: (p["lat"], p["lon"]) for code, p in raw["province"].items()},
        districts={city: tuple(names) for city, names in raw["districts"].items()},
        other_districts=tuple(raw["other_districts"]),
        roads=tuple((zh, en) for zh, en in roads),
        estates=tuple(raw["estates"]),
    )


@cache
def lane_km(depot_code: str, region: str) -> float:
    """How far a province is from a warehouse, as the crow flies.

    Source: haversine formula.
    """
    depot = next(d for d in depots() if d.code == depot_code)
    lat, lon = geography().position[region]
    a, b = math.radians(depot.lat), math.radians(lat)
    half = math.sin((b - a) / 2) ** 2
    half += math.cos(a) * math.cos(b) * math.sin(math.radians(lon - depot.lon) / 2) ** 2
    return 2 * _EARTH_KM * math.asin(math.sqrt(half))


def lane_hours(km: float, carrier: Carrier) -> float:
    """The median time a carrier needs for a lane, hand-over to door."""
    transit = trade().transit
    speed = carrier.far_speed if km >= transit.far_km else carrier.speed
    return (transit.base_hours + km / transit.km_per_hour) * speed
