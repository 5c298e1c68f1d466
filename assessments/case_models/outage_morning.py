"""A morning on which nobody can save: where the fault sits, what is done, what is lost, and how it is brought back."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from assessments.case_models.model import BuiltCase, CaseModel
from assessments.exhibits import LINE, Exhibit
from assessments.item_models.answers import ORDERS, number, one_of
from assessments.item_models.model import Built
from assessments.prose import Prose, same
from core.context import Context

_MINUTES = Prose("minutes", "分钟")
_STEP = 10  # minutes between two points of the curve


@dataclass(frozen=True, slots=True)
class _Morning:
    """What happened. Units: minutes past midnight; `files` are name, time of import, orders; `failed` per cent."""

    began: int
    copied: int
    broke: int
    restored: int
    files: Sequence[tuple[str, int, int]]
    failed: Sequence[tuple[int, int]]

    @property
    def lost(self) -> list[tuple[str, int, int]]:
        """The files that were imported after the copy and are missing after the restore."""
        return [one for one in self.files if self.copied < one[1] <= self.broke]


def build(world: Context, rng: random.Random, params: Mapping[str, Any]) -> BuiltCase:
    """Saving begins to fail while files are imported, until nothing can be saved; then the last copy is restored."""
    morning = _morning(rng)
    situation = Prose(
        f"From {_clock(morning.began)} on everybody at both sites opens pages as usual, but more and more saving "
        f"fails. Other websites open. From {_clock(morning.broke)} on nothing can be saved any more. The administrator "
        f"restores the last readable copy, that of {_clock(morning.copied)}, and work goes on at "
        f"{_clock(morning.restored)}. Copies of the changes are due every 15 minutes.",
        f"从 {_clock(morning.began)} 起，两个办公点的所有人都能照常打开页面，但保存失败越来越多；其他网站正常。"
        f"{_clock(morning.broke)} 起完全无法保存。系统管理员恢复到最近一次可读取的备份（{_clock(morning.copied)}），"
        f"{_clock(morning.restored)} 恢复作业。按规定每 15 分钟备份一次变更。",
    )
    questions = {
        "place": _place(morning),
        "lost": _minutes(morning),
        "missing": _orders(morning),
        "back": _back(),
    }
    return BuiltCase(situation, (_chart(morning), _imports(morning)), questions)


def _clock(minutes: int) -> str:
    return f"{minutes // 60:02d}:{minutes % 60:02d}"


def _morning(rng: random.Random) -> _Morning:
    began = rng.randint(8 * 6, 10 * 6) * _STEP
    broke = began + rng.randint(42, 58)
    copied = (began // 15 + rng.randint(0, 1)) * 15
    restored = broke + rng.randint(70, 150)
    times = [copied - rng.randint(3, 12), copied - rng.randint(20, 60)]
    times += rng.sample(range(copied + 2, broke), rng.randint(2, 3))
    names = rng.sample(range(100, 999), len(times))
    files = [(f"F-{name}", at, rng.randint(40, 600)) for name, at in zip(names, times, strict=True)]
    rates = [0, 0, *sorted(rng.sample(range(4, 30), 2)), *sorted(rng.sample(range(35, 96), 3))]
    failed = [(began + (place - 2) * _STEP, rate) for place, rate in enumerate(rates)]
    return _Morning(began, copied, broke, restored, sorted(files, key=lambda one: one[1]), failed)


def _chart(morning: _Morning) -> Exhibit:
    return Exhibit(
        Prose("Share of commands that failed, by ten minutes", "每十分钟操作失败的比例"),
        (Prose("Time", "时间"), Prose("Failed, per cent", "失败（%）")),
        tuple((same(_clock(at)), same(str(rate))) for at, rate in morning.failed),
        LINE,
    )


def _imports(morning: _Morning) -> Exhibit:
    return Exhibit(
        Prose("Files imported this morning", "今天上午导入的文件"),
        (Prose("File", "文件"), Prose("Imported at", "导入时间"), Prose("Orders", "订单数")),
        tuple((same(name), same(_clock(at)), same(str(orders))) for name, at, orders in morning.files),
    )


def _place(morning: _Morning) -> Built:
    right = (
        Prose("In the database", "数据库"),
        Prose(
            "Pages open everywhere, saving fails everywhere: reading works, writing doesn't.",
            "到处都能打开页面，到处都保存不了：能读，不能写。",
        ),
    )
    wrong = (
        (
            Prose("In the network of a site", "某个办公点的网络"),
            Prose("Both sites are hit, and pages open.", "两个办公点都受影响，而且页面能打开。"),
        ),
        (
            Prose("In the server of the system", "系统服务器"),
            Prose("Then no page would open, or one would say 502 or 503.", "那样页面根本打不开，或显示 502、503。"),
        ),
        (
            Prose("In the cache of the browsers", "浏览器缓存"),
            Prose(
                "A cache shows old pages on one device; it keeps nobody from saving.",
                "缓存只会让某台设备显示旧页面，不影响保存。",
            ),
        ),
    )
    at = _clock(morning.began + _STEP)
    stem = Prose(f"It is {at}. Where does the fault probably sit?", f"现在是 {at}。故障最可能出在哪里？")
    return Built("single", stem, one_of(right, wrong))


def _minutes(morning: _Morning) -> Built:
    key = morning.broke - morning.copied
    span = Prose(
        f"{_clock(morning.copied)} to {_clock(morning.broke)}", f"{_clock(morning.copied)} 至 {_clock(morning.broke)}"
    )
    answer = number(
        key,
        _MINUTES,
        Prose(
            f"From the copy until nothing could be saved: {span.en}, {key} minutes; 15 are allowed.",
            f"从备份到完全无法保存：{span.zh}，{key} 分钟，规定最多 15 分钟。",
        ),
        {
            morning.restored - morning.broke: Prose("That is how long nobody could work.", "这是无法作业的时长。"),
            morning.broke - morning.began: Prose(
                "What was saved before the copy is there, whenever the trouble began.",
                "备份之前保存的内容都在，与故障何时开始无关。",
            ),
            15: Prose("That is what the rule allows.", "这是规定的上限。"),
            morning.restored - morning.copied: Prose(
                "Afterwards nobody worked; nothing was lost then.", "此后没人作业，也就没有可丢的。"
            ),
        },
    )
    stem = Prose("How many minutes of work are **lost** by the restore?", "恢复后**丢失**了多少分钟的工作？")
    return Built("numeric", stem, answer)


def _orders(morning: _Morning) -> Built:
    key = sum(orders for _, _, orders in morning.lost)
    everything = sum(orders for _, _, orders in morning.files)
    named = ", ".join(name for name, _, _ in morning.lost)
    sums = " + ".join(str(orders) for _, _, orders in morning.lost)
    answer = number(
        key,
        ORDERS,
        Prose(
            f"Imported after {_clock(morning.copied)}: {named}; {sums} = {key:,}.",
            f"{_clock(morning.copied)} 之后导入的：{named.replace(', ', '、')}；{sums} = {key:,}。",
        ),
        {
            everything: Prose("Files that were imported before the copy are in it.", "备份之前导入的文件已在备份里。"),
            everything - key: Prose("These are the ones that are there.", "这些是还在的订单。"),
            morning.lost[-1][2]: Prose("More than one file came after the copy.", "备份之后导入的不止一个文件。"),
        },
    )
    stem = Prose("How many imported orders are **missing** after the restore?", "恢复之后，**缺少**多少张导入的订单？")
    return Built("numeric", stem, answer)


def _back() -> Built:
    right = (
        Prose(
            "Import all of the morning's files again, then compare payments and manifests",
            "把上午的文件全部再导入一次，然后核对付款和交接单",
        ),
        Prose(
            "Orders that are there stay as they are; payments and hand-overs of the gap are brought in from statements "
            "and manifests.",
            "已有的订单保持原样；缺失时段的付款和交运凭对账单和交接单补录。",
        ),
    )
    wrong = (
        (
            Prose(
                "Delete the morning's orders first, so that none comes twice, and import the files",
                "先删除上午的订单以免重复，再导入文件",
            ),
            Prose("Nobody can delete orders, and none would come twice.", "订单谁也删不了，也不会重复。"),
        ),
        (
            Prose("Ask the channels to send all orders of the week once more", "请各渠道把本周订单重发一遍"),
            Prose("The files are in the house; only the morning is missing.", "文件就在手里，缺的只是上午这一段。"),
        ),
        (
            Prose("Wait until buyers ask for orders that aren't there", "等买家来问缺失的订单再处理"),
            Prose(
                "By then the promise is broken; the clock ran from their payment.",
                "那时承诺已经落空，计时从付款就开始了。",
            ),
        ),
    )
    stem = Prose("How do you bring back what is missing?", "怎样把缺失的内容补回来？")
    return Built("single", stem, one_of(right, wrong))


MODEL = CaseModel("outage_morning", ("place", "lost", "missing", "back"), {}, build)
