"""A wave of phishing: the same false message at eight desks, and what each of them did with it."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from assessments.case_models.model import BuiltCase, CaseModel
from assessments.exhibits import BARS, Exhibit
from assessments.item_models import material as m
from assessments.item_models.answers import nears, pick
from assessments.item_models.model import Built
from assessments.item_models.sender_check import owner_of
from assessments.prose import Prose, same
from assessments.questions import Choice, Numeric
from core.context import Context

_MINUTE = 60
_QUARTER = 15  # minutes in a bar of the chart
_QUARTERS = 4

_DESKS: tuple[Prose, ...] = (
    Prose("Order desk 1", "订单处理岗 1"),
    Prose("Order desk 2", "订单处理岗 2"),
    Prose("Packing table 3", "打包台 3"),
    Prose("Goods in", "收货口"),
    Prose("Customer service 2", "客服 2"),
    Prose("Customer service 5", "客服 5"),
    Prose("Finance 1", "财务 1"),
    Prose("Operations 4", "运营 4"),
)
_HOUSES = ("orderly", "lingxi", "qingmu", "beichuan")
_LURES = ("salary-portal", "mailbox-limit", "parcel-duty", "badge-renewal")
_NONE = same("–")
_YES, _NO = Prose("yes", "是"), Prose("no", "否")


@dataclass(frozen=True, slots=True)
class _Desk:
    """What a desk did. Units: minutes after the message came; None where it wasn't done."""

    name: Prose
    opened: bool
    typed: bool
    changed: bool
    reported: int | None


@dataclass(frozen=True, slots=True)
class _Wave:
    """The message, when it came, and the desks in the order of the table."""

    at: int
    ours: str
    host: str
    desks: Sequence[_Desk]

    @property
    def urgent(self) -> _Desk:
        """The desk whose password somebody else has and may use."""
        return next(one for one in self.desks if one.typed and not one.changed)


def build(world: Context, rng: random.Random, params: Mapping[str, Any]) -> BuiltCase:
    """Eight desks get the same message; asked is whose it is, whom one deals with first, and how watchful all were."""
    wave = _drawn(world, rng)
    link = f"https://{wave.host}/{wave.ours}/login"
    day, hour = m.moment(world, wave.at).split()
    situation = Prose(
        f"On {day} at {hour} eight desks of a company whose domain is {wave.ours} got the same "
        "message: “Please "
        f"sign in within the hour to keep your access: `{link}`.” One hour has passed. The table says what each "
        "desk did; "
        "where a password was typed, it was the one for the system. The chart shows when reports came in.",
        f"{m.moment(world, wave.at)}，某公司（域名 {wave.ours}）的八个岗位收到同一条信息：“请在一小时内登录以保留"
        f"权限：`{link}`。”"
        "现在一小时已过。表中为各岗位的做法；凡输入了密码的，都是业务系统的密码。图中为上报的时间分布。",
    )
    questions = {
        "owner": Built("single", *_owner(wave, rng)),
        "devices": Built("numeric", *_devices(wave)),
        "first": Built("single", *_first(wave, rng)),
        "share": Built("numeric", *_share(wave)),
    }
    return BuiltCase(situation, (_table(world, wave), _chart(wave)), questions)


def _drawn(world: Context, rng: random.Random) -> _Wave:
    """One desk typed its password and hasn't changed it; another did both; some only opened the link, some reported."""
    house, lure = rng.choice(_HOUSES), rng.choice(_LURES)
    at = world.now - 60 * _MINUTE - rng.randrange(0, 300) * _MINUTE
    opened_only = rng.randint(1, 3)
    # (opened, typed, changed) of each desk: the urgent one, the one that has put it right, openers, the watchful.
    acts = [(True, True, False), (True, True, True), *[(True, False, False)] * opened_only]
    acts += [(False, False, False)] * (len(_DESKS) - len(acts))
    reported: list[int | None] = [None, rng.randint(16, 58)]
    early = rng.randint(1, 4)
    minutes = [rng.randint(1, 14) if nth < early else rng.randint(16, 58) for nth in range(4)]
    rest: list[int | None] = [*minutes, None, None]
    rng.shuffle(rest)
    reported += rest
    desks = [
        _Desk(name, *act, when) for name, act, when in zip(rng.sample(_DESKS, len(_DESKS)), acts, reported, strict=True)
    ]
    rng.shuffle(desks)
    return _Wave(at, f"{house}.example", f"{house}.example.{lure}.test", desks)


# ---- what is shown ----------------------------------------------------------------------------------------------


def _table(world: Context, wave: _Wave) -> Exhibit:
    def said(done: bool) -> Prose:
        return _YES if done else _NO

    return Exhibit(
        Prose("What each desk did", "各岗位的做法"),
        (
            Prose("Desk", "岗位"),
            Prose("Opened the link", "打开链接"),
            Prose("Typed the password", "输入密码"),
            Prose("Password changed since", "此后已改密码"),
            Prose("Reported", "上报时间"),
        ),
        tuple(
            (
                one.name,
                said(one.opened),
                said(one.typed),
                said(one.changed) if one.typed else _NONE,
                _NONE if one.reported is None else same(m.moment(world, wave.at + one.reported * _MINUTE)[-5:]),
            )
            for one in wave.desks
        ),
    )


def _quarters(wave: _Wave) -> list[int]:
    """Reports in each quarter of the hour."""
    when = [one.reported for one in wave.desks if one.reported is not None]
    return [sum(minute // _QUARTER == nth for minute in when) for nth in range(_QUARTERS)]


def _chart(wave: _Wave) -> Exhibit:
    return Exhibit(
        Prose("Reports after the message came", "信息到达后的上报数"),
        (Prose("Minutes", "分钟"), Prose("Reports", "上报数")),
        tuple(
            (same(f"{nth * _QUARTER}–{(nth + 1) * _QUARTER}"), same(str(count)))
            for nth, count in enumerate(_quarters(wave))
        ),
        chart=BARS,
    )


# ---- what is asked ----------------------------------------------------------------------------------------------


def _owner(wave: _Wave, rng: random.Random) -> tuple[Prose, Choice]:
    key = owner_of(wave.host)
    lure = key.split(".")[0]
    texts = [key, wave.ours, f"{lure}.example", f"{wave.ours.split('.')[0]}.test"]
    reasons = [
        Prose(
            "The host ends at the first single slash; the ending and the name before it tell the owner.",
            "主机名到第一个单斜杠为止，后缀和它前面的名称就是主人。",
        ),
        Prose(
            "The company's name stands in front, and once more behind the slash; both are decoration.",
            "公司名出现在前面，斜杠后又出现一次，都是装饰。",
        ),
        Prose("Look at the ending: it is .test here.", "看清结尾：这里是 .test。"),
        Prose("The two parts don't stand side by side in the host.", "这两段在主机名里并不相邻。"),
    ]
    order = rng.sample(range(4), 4)
    stem = Prose("Who owns the page behind the link?", "链接背后的网页属于谁？")
    return stem, pick([same(texts[place]) for place in order], order.index(0), [reasons[place] for place in order])


def _devices(wave: _Wave) -> tuple[Prose, Numeric]:
    key = sum(one.opened for one in wave.desks)
    mistakes = (
        (
            sum(one.typed for one in wave.desks),
            0.25,
            Prose("Opening the link is enough to load something.", "只要打开链接，就可能被植入东西。"),
        ),
        (len(wave.desks), 0.0, Prose("Whoever only got the message has lost nothing.", "只是收到信息，并没有损失。")),
        (
            sum(one.opened and one.reported is None for one in wave.desks),
            0.0,
            Prose("Reporting is right, but doesn't clean a device.", "上报是对的，但设备仍要检查。"),
        ),
    )
    reason = Prose(
        f"Every device on which the link was opened: {key}. They come off the network, stay on, and are checked.",
        f"凡打开过链接的设备：{key} 台。断网、不关机、接受检查。",
    )
    stem = Prose("How many devices are taken off the network and checked?", "有多少台设备要断网检查？")
    return stem, Numeric(key, 0, Prose("devices", "台"), reason, nears(key, 0, mistakes))


def _first(wave: _Wave, rng: random.Random) -> tuple[Prose, Choice]:
    key = wave.urgent
    changed = next(one for one in wave.desks if one.changed)
    opener = next(one for one in wave.desks if one.opened and not one.typed)
    watchful = next(one for one in wave.desks if not one.opened and one.reported is not None)
    why = {
        key: Prose(
            "Its password is in other hands and still works: close the sign-in now.",
            "密码已落入他人之手，而且仍然有效：立即关闭其登录。",
        ),
        changed: Prose(
            "Its password was changed; the device is checked, but nobody gets in with the old one.",
            "密码已改，设备仍要检查，但旧密码进不来了。",
        ),
        opener: Prose("The device is checked next; no password was given away.", "接下来检查设备，密码没有外泄。"),
        watchful: Prose("It opened nothing and reported; thank it later.", "没有打开，还作了上报，之后表示感谢即可。"),
    }
    shown = rng.sample(list(why), 4)
    stem = Prose("Which desk do you call **first**?", "您**首先**联系哪个岗位？")
    return stem, pick([one.name for one in shown], shown.index(key), [why[one] for one in shown])


def _share(wave: _Wave) -> tuple[Prose, Numeric]:
    quarters, desks = _quarters(wave), len(wave.desks)
    key = 100 * quarters[0] / desks
    mistakes = (
        (
            100 * quarters[0] / sum(quarters),
            0.25,
            Prose(
                "That is the share of the reports; asked was the share of the desks.",
                "这是占上报数的比例，问的是占岗位数的比例。",
            ),
        ),
        (100 * sum(quarters) / desks, 0.0, Prose("That is within the hour.", "这是一小时内的比例。")),
        (float(quarters[0]), 0.0, Prose("That is a number, not a share.", "这是个数，不是比例。")),
    )
    reason = Prose(
        f"{quarters[0]} of {desks} desks reported it within 15 minutes: {key:g}%.",
        f"{desks} 个岗位中有 {quarters[0]} 个在 15 分钟内上报：{key:g}%。",
    )
    stem = Prose(
        "What share of the **desks** reported the message within 15 minutes, in per cent?",
        "在 15 分钟内上报的**岗位**占百分之多少？",
    )
    return stem, Numeric(key, 0.1, same("%"), reason, nears(key, 0.1, mistakes, places=1))


MODEL = CaseModel("phishing_wave", ("owner", "devices", "first", "share"), {}, build)
