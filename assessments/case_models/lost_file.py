"""A file of buyers in the wrong mailbox: whom it concerns, how far it reaches, and what is done first."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from assessments.case_models.model import BuiltCase, CaseModel
from assessments.exhibits import BARS, Exhibit
from assessments.item_models import material as m
from assessments.item_models.answers import number, one_of
from assessments.item_models.model import Built
from assessments.prose import Prose, same
from core.context import Context
from core.domain.masking import mask_phone

_MINUTE, _DAY = 60, 86_400
_PEOPLE = Prose("people", "人")
_SURNAMES = "王李张刘陈杨赵黄周吴徐孙"
_GIVEN = ("静", "磊", "洋", "艳", "勇", "娟", "涛", "明", "超", "霞", "建国", "小红", "志强", "晓燕")


@dataclass(frozen=True, slots=True)
class _Row:
    """A row of the file; `person` tells rows of one buyer together."""

    person: int
    name: str
    phone: str
    city: str


def build(world: Context, rng: random.Random, params: Mapping[str, Any]) -> BuiltCase:
    """A file with buyers that stand in it once or twice, some masked; its sender's exports of five days."""
    rows = _rows(world, rng)
    sent = world.now - rng.randint(40, 90) * _MINUTE
    noticed = world.now - rng.randint(4, 12) * _MINUTE
    days, odd = _exports(world, rng)
    situation = Prose(
        f"At {m.moment(world, sent)[11:]} a colleague mailed the file below, which was meant for the carrier, "
        f"to a wrong address outside the company. At {m.moment(world, noticed)[11:]} the colleague noticed and told "
        f"you; now it is {m.moment(world, world.now)[11:]}. Rows with the same phone are the same buyer. "
        "On an ordinary day the colleague exports 20 to 90 rows.",
        f"{m.moment(world, sent)[11:]}，一位同事要把下面的文件发给承运商，却误发到一个外部邮箱。"
        f"{m.moment(world, noticed)[11:]} 该同事发现后告诉了您，现在是 {m.moment(world, world.now)[11:]}。"
        "电话相同的行是同一位买家。该同事平时每天导出 20 至 90 行。",
    )
    questions = {
        "people": _people(rows),
        "readable": _readable(rows),
        "first": _first(world, noticed),
        "scope": _scope(days, odd),
    }
    return BuiltCase(situation, (_file(rows), _chart(days)), questions)


def _rows(world: Context, rng: random.Random) -> list[_Row]:
    """Five to seven buyers, two of whom stand there twice; two or three phones came masked from their channel."""
    count = rng.randint(5, 7)
    masked = set(rng.sample(range(2, count), rng.randint(2, min(3, count - 3))))
    rows: list[_Row] = []
    names = rng.sample([surname + given for surname in _SURNAMES for given in _GIVEN], count)
    for person in range(count):
        buyer, phone = m.buyer_of(world, rng), m.fresh_phone(rng)
        shown = mask_phone(phone) if person in masked else phone
        times = 2 if person < 2 else 1
        for nth in range(times):
            # The second time the same number is written in another way, as channels do.
            written = f"+86 {shown[:3]} {shown[3:7]} {shown[7:]}" if nth else shown
            rows.append(_Row(person, names[person], written, buyer.city))
    rng.shuffle(rows)
    return rows


def _exports(world: Context, rng: random.Random) -> tuple[list[tuple[str, int]], int]:
    """Rows that the sender's account exported on the five days before, one day with very many; and its place."""
    odd = rng.randrange(5)
    days = [m.moment(world, world.now - (5 - back) * _DAY)[:10] for back in range(5)]
    rows = [rng.randint(12, 18) * 100 if place == odd else rng.randint(20, 90) for place in range(5)]
    return list(zip(days, rows, strict=True)), odd


def _file(rows: Sequence[_Row]) -> Exhibit:
    return Exhibit(
        Prose("The file", "该文件"),
        (Prose("Recipient", "收件人"), Prose("Phone", "电话"), Prose("City", "城市")),
        tuple(m.words(row.name, row.phone, row.city) for row in rows),
    )


def _chart(days: Sequence[tuple[str, int]]) -> Exhibit:
    return Exhibit(
        Prose("Rows exported by the colleague's account on the days before", "该同事账号前几天导出的行数"),
        (Prose("Day", "日期"), Prose("Rows", "行数")),
        tuple(m.words(day, f"{rows:,}") for day, rows in days),
        BARS,
    )


def _people(rows: Sequence[_Row]) -> Built:
    key = len({row.person for row in rows})
    hidden = len({row.person for row in rows if "*" in row.phone})
    answer = number(
        key,
        _PEOPLE,
        Prose(
            f"{len(rows)} rows, of which two buyers have two each: {key}. A masked phone makes no row "
            "anonymous; name and city stand beside it.",
            f"共 {len(rows)} 行，其中两位买家各占两行：{key} 人。电话脱敏不等于匿名，旁边还有姓名和城市。",
        ),
        {
            len(rows): Prose(
                "Two buyers are listed twice, with their phones written in two ways.",
                "有两位买家各出现两次，只是电话写法不同。",
            ),
            key - hidden: Prose("Masked rows are about people as well.", "脱敏的行同样涉及个人。"),
            len(rows) - hidden: Prose(
                "Masked rows are about people as well, and two buyers are listed twice.",
                "脱敏的行同样涉及个人，另有两位买家出现两次。",
            ),
        },
    )
    stem = Prose("How many **people** does the file concern?", "该文件涉及多少**人**？")
    return Built("numeric", stem, answer)


def _readable(rows: Sequence[_Row]) -> Built:
    open_rows = [row for row in rows if "*" not in row.phone]
    key = len({row.person for row in open_rows})
    answer = number(
        key,
        _PEOPLE,
        Prose(
            f"Phones without stars: {len(open_rows)} rows of {key} buyers. These can be called by strangers.",
            f"没有星号的电话共 {len(open_rows)} 行，属于 {key} 位买家。陌生人可以直接拨打。",
        ),
        {
            len(open_rows): Prose("Two buyers are listed twice.", "有两位买家出现两次。"),
            len({row.person for row in rows}): Prose(
                "Some came masked from their channel: four digits are missing.", "有些号码渠道已脱敏，少了四位。"
            ),
            len({row.person for row in rows}) - key: Prose("These are the masked ones.", "这是已脱敏的人数。"),
        },
    )
    stem = Prose("The phones of how many people can be **read in full**?", "有多少人的电话可以**完整看到**？")
    return Built("numeric", stem, answer)


def _first(world: Context, noticed: int) -> Built:
    latest = m.moment(world, noticed + 60 * _MINUTE)[11:]
    right = (
        Prose(
            "Tell the data protection officer now, with file, address and times",
            "现在就告知数据保护负责人，附上文件、地址和时间",
        ),
        Prose(
            f"At once, within the hour: by {latest}. What else is done, and who is told, is decided there.",
            f"立即，最晚一小时之内，即 {latest} 之前。后续措施和通知对象由其决定。",
        ),
    )
    wrong = (
        (
            Prose(
                "Ask the recipient to delete the file, and wait for the answer first",
                "请收件人删除文件，先等对方答复再说",
            ),
            Prose("Asking is right, waiting isn't: the hour runs.", "请对方删除没错，但不能等：时限是一小时。"),
        ),
        (
            Prose(
                "Write to the buyers in the file at once that their data are out", "立刻写信告诉文件里的买家信息已泄露"
            ),
            Prose(
                "Whether and how they are told is the officer's decision; facts and advice belong in the notice.",
                "是否通知、怎样通知由数据保护负责人决定，还要附上事实和建议。",
            ),
        ),
        (
            Prose(
                "Find out with the team leader how the address could be mixed up, before you tell anybody",
                "先与组长查清地址为什么会弄混，弄清之后再告诉别人",
            ),
            Prose("The cause comes later; whose fault it was stops nothing.", "原因以后再查，追究谁的错止不了损。"),
        ),
    )
    stem = Prose("What do you do **first**?", "您**首先**做什么？")
    return Built("single", stem, one_of(right, wrong))


def _scope(days: Sequence[tuple[str, int]], odd: int) -> Built:
    day, rows = days[odd]
    right = (
        same(day),
        Prose(
            f"{rows:,} rows on one day, many times the usual number: find out what for, and where the file is.",
            f"一天 {rows:,} 行，是平时的许多倍：要查清用途，以及文件在哪里。",
        ),
    )
    others = [one for place, one in enumerate(days) if place != odd]
    wrong = tuple(
        (
            same(other),
            Prose(f"{count} rows are within the usual 20 to 90.", f"{count} 行，在平时的 20 至 90 行之内。"),
        )
        for other, count in others[:3]
    )
    stem = Prose(
        "The officer asks how far the matter may reach. The export of which day has to be looked into **as well**?",
        "数据保护负责人问事情可能波及多广。哪一天的导出**也**要核查？",
    )
    return Built("single", stem, one_of(right, wrong))


MODEL = CaseModel("lost_file", ("people", "readable", "first", "scope"), {}, build)
