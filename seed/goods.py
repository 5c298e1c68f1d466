"""What orders hold: articles, quantities, prices, freight and discount, drawn for all orders at once."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from seed.ground import Ground
from seed.scenario import popularity
from seed.streams import stream

_LINES = np.array([0.66, 0.22, 0.09, 0.03])
_QUANTITY = np.array([0.78, 0.16, 0.06])
_FREE_FREIGHT_CENTS = 9_900
_FREIGHT_CENTS = 800
_COUPON_SHARE = 0.17


@dataclass(slots=True)
class Goods:
    """Lines of all orders in the order of the orders, and the money of each order.

    Shape: `first[i]:first[i + 1]` are the lines of order i; line columns are as long as there are lines.
    """

    first: np.ndarray
    order: np.ndarray
    article: np.ndarray
    quantity: np.ndarray
    price_cents: np.ndarray
    items_cents: np.ndarray
    shipping_cents: np.ndarray
    discount_cents: np.ndarray
    units: np.ndarray

    @property
    def total_cents(self) -> np.ndarray:
        return self.items_cents + self.shipping_cents - self.discount_cents

    @property
    def counts(self) -> np.ndarray:
        """Lines per order."""
        return np.diff(self.first)


def draw_goods(ground: Ground, seed: int, count: int) -> Goods:
    """Fills `count` baskets at list prices; no article twice in one basket."""
    rng = stream(seed, "goods")
    most = min(len(_LINES), ground.articles_count)
    chances = _LINES[:most] / _LINES[:most].sum()
    counts = rng.choice(np.arange(1, most + 1), count, p=chances)
    first = np.concatenate([[0], np.cumsum(counts)])
    order = np.repeat(np.arange(count), counts)
    article = rng.choice(ground.articles_count, int(first[-1]), p=popularity(seed, ground.articles_count))
    _part_twins(article, first, counts, ground.articles_count)
    quantity = rng.choice(np.arange(1, len(_QUANTITY) + 1), len(article), p=_QUANTITY)
    empty = np.zeros(count, dtype=np.int64)
    goods = Goods(first, order, article, quantity, ground.price_cents[article], empty, empty, empty, empty)
    price_goods(goods, rng)
    return goods


def _part_twins(article: np.ndarray, first: np.ndarray, counts: np.ndarray, articles_count: int) -> None:
    """Moves an article that is in its basket already to the next one that isn't."""
    for position in range(1, int(counts.max(initial=1))):
        baskets = np.nonzero(counts > position)[0]
        here = first[baskets] + position
        while True:
            twins = np.zeros(len(here), dtype=bool)
            for other in range(position):
                twins |= article[here] == article[first[baskets] + other]
            if not twins.any():
                break
            article[here[twins]] = (article[here[twins]] + 1) % articles_count


def price_goods(goods: Goods, rng: np.random.Generator) -> None:
    """Adds up the baskets: items, freight below the free limit, a coupon now and then."""
    goods.items_cents = np.add.reduceat(goods.quantity * goods.price_cents, goods.first[:-1])
    goods.units = np.add.reduceat(goods.quantity, goods.first[:-1])
    goods.shipping_cents = np.where(goods.items_cents >= _FREE_FREIGHT_CENTS, 0, _FREIGHT_CENTS)
    has_coupon = rng.random(len(goods.items_cents)) < _COUPON_SHARE
    share = rng.uniform(0.05, 0.12, len(goods.items_cents))
    goods.discount_cents = np.where(has_coupon, (goods.items_cents * share / 100).astype(np.int64) * 100, 0)


def copy_baskets(goods: Goods, sources: np.ndarray, targets: np.ndarray) -> Goods:
    """The same goods, but with the baskets of `targets` filled as those of `sources`, money included."""
    origin = np.arange(len(goods.first) - 1)
    origin[targets] = sources
    counts = goods.counts[origin]
    first = np.concatenate([[0], np.cumsum(counts)])
    order = np.repeat(np.arange(len(origin)), counts)
    lines = np.arange(int(first[-1])) - first[order] + goods.first[origin][order]
    return Goods(
        first,
        order,
        goods.article[lines],
        goods.quantity[lines],
        goods.price_cents[lines],
        goods.items_cents[origin],
        goods.shipping_cents[origin],
        goods.discount_cents[origin],
        goods.units[origin],
    )
