"""ABC classes by what articles sell for: the class of one, and how many are counted every month."""

from __future__ import annotations

import random
from collections.abc import Mapping
from typing import Any

from assessments.exhibits import Exhibit
from assessments.item_models import material as m
from assessments.item_models.answers import nears, pick
from assessments.item_models.model import Built, ItemModel
from assessments.prose import Prose, same
from assessments.questions import Numeric
from core.context import Context
from core.domain.classes import Abc, abc_of
from core.services.stock_policies import counting_policy

_ARTICLES = 8
_NAMES = {abc: same(abc.value) for abc in Abc}


def build(world: Context, rng: random.Random, params: Mapping[str, Any]) -> Built:
    """Eight articles with their share of what is sold; asked is what the product's own rule makes of them."""
    goods = m.goods_of(world, rng, _ARTICLES)
    shares, ranked = _shares(rng)
    classes = abc_of(dict(enumerate(shares)), counting_policy().classes)
    exhibit = Exhibit(
        Prose("Sold in 90 days, share of the value", "最近 90 天销售额占比"),
        (Prose("Article", "商品"), Prose("Share, %", "占比（%）")),
        tuple((same(one.code), same(str(share))) for one, share in zip(goods, shares, strict=True)),
    )
    if params["ask"] == "count":
        return Built("numeric", *_count(shares, classes), exhibit)
    # Asked is about the article that lies across a border of the classes.
    place = shares.index(ranked[_border(ranked, rng)])
    begins = sum(share for share in shares if share > shares[place])
    key = classes[place]
    stem = Prose(f"Which class does {goods[place].code} belong to?", f"{goods[place].code} 属于哪一类？")
    ends = begins + shares[place]
    reasons = []
    for abc in Abc:
        where = Prose(
            f"Ranked by value it begins at {begins}% and ends at {ends}%; where it begins decides.",
            f"按销售额排序，它从 {begins}% 起、到 {ends}% 止；以起点所在的类为准。",
        )
        right = Prose(f"{where.en} A reaches to 80%, B to 95%.", f"{where.zh}A 类到 80%，B 类到 95%。")
        reasons.append(right if abc is key else where)
    return Built("single", stem, pick([_NAMES[abc] for abc in Abc], list(Abc).index(key), reasons), exhibit)


def _shares(rng: random.Random) -> tuple[list[int], list[int]]:
    """Whole per cents that add up to 100, all different, in any order and ranked; one lies across 80%."""
    while True:
        raw = [rng.random() ** 1.5 + 0.02 for _ in range(_ARTICLES)]
        ranked = sorted((max(1, round(100 * one / sum(raw))) for one in raw), reverse=True)
        ranked[0] += 100 - sum(ranked)
        distinct = len(set(ranked)) == _ARTICLES and ranked[1] < ranked[0] <= 50
        if distinct and _across(ranked, 80) is not None and _across(ranked, 95) is not None:
            shown = ranked.copy()
            rng.shuffle(shown)
            return shown, ranked


def _across(ranked: list[int], border: int) -> int | None:
    """The place of the article that begins below a border and ends above it."""
    begins = 0
    for place, share in enumerate(ranked):
        if begins < border < begins + share:
            return place
        begins += share
    return None


def _border(ranked: list[int], rng: random.Random) -> int:
    """The place of an article at a border of the classes, or just behind one."""
    at_a, at_b = _across(ranked, 80), _across(ranked, 95)
    assert at_a is not None and at_b is not None
    return rng.choice((at_a, at_a, at_b, at_b, min(at_b + 1, _ARTICLES - 1), at_a + 1))


def _count(shares: list[int], classes: Mapping[int, Abc]) -> tuple[Prose, Numeric]:
    key = sum(abc is Abc.A for abc in classes.values())
    ranked = sorted(shares, reverse=True)
    within = sum(sum(ranked[: place + 1]) <= 80 for place in range(len(ranked)))
    b_too = sum(abc is not Abc.C for abc in classes.values())
    begins = [sum(ranked[:place]) for place in range(key + 1)]
    listed = ", ".join(f"{one}%" for one in begins[:key])
    listed_zh = "、".join(f"{one}%" for one in begins[:key])
    mistakes = (
        (
            within,
            0.25,
            Prose(
                "The one that begins below 80% and ends above it is an A as well.",
                "起点不到 80%、终点超过 80% 的那个也是 A 类。",
            ),
        ),
        (b_too, 0.0, Prose("These are A and B together.", "这是 A 类和 B 类之和。")),
        (
            round(0.8 * _ARTICLES),
            0.0,
            Prose("80% of the value, not of the articles.", "是销售额的 80%，不是品种数的 80%。"),
        ),
    )
    stem = Prose(
        "How many of these articles are counted every 30 days, as class A?", "其中有多少种属于 A 类、每 30 天盘点一次？"
    )
    reason = Prose(
        f"Ranked by value, the first {key} begin at {listed}, all below 80%; the next begins at {begins[key]}%.",
        f"按销售额排序，前 {key} 种的起点为 {listed_zh}，都不到 80%；下一种从 {begins[key]}% 起。",
    )
    return stem, Numeric(key, 0, Prose("articles", "种"), reason, nears(key, 0, mistakes))


MODEL = ItemModel("abc_class", {"ask": ("class", "count")}, build)
