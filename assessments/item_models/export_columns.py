"""Which columns a file may carry for its purpose, and no more."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from assessments.exhibits import Exhibit
from assessments.item_models import material as m
from assessments.item_models.answers import one_of
from assessments.item_models.model import Built, ItemModel
from assessments.prose import Prose, same
from assessments.questions import NAMES, Choice, Option
from core.context import Context

_COLUMNS: Mapping[str, Prose] = {
    "article": Prose("Article", "商品"),
    "quantity": Prose("Quantity", "数量"),
    "bought": Prose("Date of purchase", "下单日期"),
    "province": Prose("Province", "省份"),
    "carrier": Prose("Carrier", "承运商"),
    "promised": Prose("Promised by", "承诺送达时间"),
    "delivered": Prose("Delivered", "签收时间"),
    "waybill": Prose("Waybill number", "运单号"),
    "worth": Prose("Value of the goods", "货值"),
    "handed_over": Prose("Handed over", "交运时间"),
    "reason": Prose("Reason of the return", "退货原因"),
    "phone": Prose("Phone", "电话"),
    "name": Prose("Recipient", "收件人"),
    "street": Prose("Street and number", "街道门牌"),
    "email": Prose("E-mail", "邮箱"),
    "means": Prose("Means of payment", "支付方式"),
    "remark": Prose("Remark of the buyer", "买家备注"),
}
_PERSONAL = ("name", "phone", "street", "email", "means", "remark")


@dataclass(frozen=True, slots=True)
class _Purpose:
    """What a file is for, the columns that this takes, and those that one may argue about and that aren't offered."""

    text: Prose
    needs: tuple[str, ...]
    arguable: tuple[str, ...] = ()

    def without(self, columns: Sequence[str]) -> list[str]:
        """Those of some columns that the purpose surely doesn't take."""
        return [one for one in columns if one not in self.needs + self.arguable]


_PURPOSES = (
    _Purpose(
        Prose("Compare carriers' on-time rates by province", "按省比较承运商的准时率"),
        ("province", "carrier", "promised", "delivered"),
    ),
    _Purpose(
        Prose("Forecast demand per article, day and province", "按商品、日期和省份预测需求"),
        ("article", "quantity", "bought", "province"),
    ),
    _Purpose(
        Prose("Claim lost parcels from the carrier", "向承运商索赔丢失的包裹"),
        ("carrier", "waybill", "worth", "handed_over"),
    ),
    _Purpose(
        Prose(
            "Show a supplier how often its articles come back, when bought, and why",
            "向供应商说明其商品的退货数量、下单时间和原因",
        ),
        ("article", "quantity", "bought", "reason"),
    ),
    _Purpose(
        Prose(
            "Have our own staff ring up buyers who agreed to it, and ask about late deliveries, by carrier",
            "由本公司人员致电同意参与调研的买家，分承运商了解他们对配送延误的看法",
        ),
        ("phone", "carrier", "promised", "delivered"),
        arguable=("name",),
    ),
)


def build(world: Context, rng: random.Random, params: Mapping[str, Any]) -> Built:
    """A purpose with its period and rows; asked is which columns it takes, or which of four files is the right one."""
    purpose = rng.choice(_PURPOSES)
    day = 86_400
    first = world.now - rng.randint(40, 300) * day
    exhibit = Exhibit(
        Prose("The file that was asked for", "需要的文件"),
        (Prose("What", "项目"), Prose("Wanted", "要求")),
        (
            (Prose("Purpose", "用途"), purpose.text),
            (
                Prose("Period", "期间"),
                same(f"{m.moment(world, first)[:10]} – {m.moment(world, first + rng.randint(6, 35) * day)[:10]}"),
            ),
            (Prose("Rows", "行数"), same(f"{rng.randint(80, 6_000):,}")),
        ),
    )
    if params["ask"] == "columns":
        stem = Prose("Which columns belong in the file?", "文件中应包含哪些列？")
        return Built("multiple", stem, _columns(purpose, rng), exhibit)
    stem = Prose("Which file do you give out?", "您给出哪一份文件？")
    return Built("single", stem, _files(purpose, rng), exhibit)


def _columns(purpose: _Purpose, rng: random.Random) -> Choice:
    rights = rng.sample(purpose.needs, 3)
    if "phone" in purpose.needs and "phone" not in rights:
        rights[0] = "phone"
    wrongs = rng.sample(purpose.without(_PERSONAL), 2)
    yes = Prose("The purpose can't be served without it.", "没有它，用途就实现不了。")
    options = []
    for name, column, fraction in zip(NAMES, [*rights, *wrongs], (0.3334, 0.3333, 0.3333, -0.5, -0.5), strict=False):
        options.append(Option(name, _COLUMNS[column], fraction, yes if fraction > 0 else _needless(column)))
    return Choice(tuple(options), several=True)


def _needless(column: str) -> Prose:
    if column == "remark":
        return Prose(
            "Buyers write anything into remarks, phones and illnesses too; this purpose doesn't need them.",
            "买家备注里什么都可能写，包括电话和病情；这个用途用不到。",
        )
    return Prose("It says something about the buyer that this purpose doesn't need.", "涉及个人，而这个用途用不到。")


def _files(purpose: _Purpose, rng: random.Random) -> Choice:
    needs = list(purpose.needs)
    spare = purpose.without(("name", "phone", "street", "email"))
    extra, other = rng.sample(spare, 2)
    lacking = rng.choice(needs)
    right = (
        _listed(needs),
        Prose("What the purpose needs, and nothing else.", "用途所需，别无其他。"),
    )
    wrong = (
        (
            _listed([*needs, extra]),
            Prose(f"“{_COLUMNS[extra].en}” isn't needed for it.", f"“{_COLUMNS[extra].zh}”用不到。"),
        ),
        (
            _listed([other if one == lacking else one for one in needs]),
            Prose(
                f"“{_COLUMNS[lacking].en}” is missing, and “{_COLUMNS[other].en}” isn't needed.",
                f"缺“{_COLUMNS[lacking].zh}”，而“{_COLUMNS[other].zh}”用不到。",
            ),
        ),
        (
            _listed([*needs[:2], extra, other, *needs[2:]]),
            Prose(
                "Two columns about the buyer that it doesn't need; a password on the file wouldn't change that.",
                "多出两列个人信息，用途用不到；给文件加密码也不能改变这一点。",
            ),
        ),
    )
    return one_of(right, wrong)


def _listed(columns: Sequence[str]) -> Prose:
    names = [_COLUMNS[one] for one in columns]
    return Prose(", ".join(name.en for name in names), "、".join(name.zh for name in names))


MODEL = ItemModel("export_columns", {"ask": ("file", "columns")}, build)
