"""A morning without the system: the log of an incident, and the parcels that were due meanwhile."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from assessments.case_models.model import BuiltCase, CaseModel
from assessments.exhibits import BARS, Exhibit
from assessments.item_models import material as m
from assessments.item_models.answers import choice, nears, pick
from assessments.item_models.model import Built
from assessments.item_models.recovery_time import MINUTES
from assessments.prose import Prose, same
from assessments.questions import Choice, Numeric
from core.context import Context

_MINUTE, _HOUR = 60, 3_600
_HOURS = 6
_PARCELS = Prose("parcels", "件")

Said = tuple[Prose, Prose]

# What somebody did that the plan forbids, and why it is wrong.
_MISTAKES: tuple[Said, ...] = (
    (
        Prose("A colleague promises three buyers goods seen on the shelf", "一位同事看到货架上有货，就答应了三位买家"),
        Prose(
            "Nobody sees what is reserved; new goods are not promised without the system.",
            "看不出哪些已被预留；系统中断时不承诺新的货。",
        ),
    ),
    (
        Prose("To free space, old log files of the server are deleted", "为腾出空间，删掉服务器的旧日志"),
        Prose("Nothing is deleted: the log is proof of what happened.", "什么都不能删，日志是证据。"),
    ),
    (
        Prose(
            "In the buyers' group somebody writes: “Probably an attack, back in ten minutes”",
            "有人在买家群里写：“可能被攻击了，十分钟就好”",
        ),
        Prose(
            "A guess, to the outside, by somebody who isn't the voice named for it.", "由非指定的人对外说了一个猜测。"
        ),
    ),
    (
        Prose(
            "The leader sits down at the server to repair it and turns the phone off",
            "指挥亲自去修服务器，并关掉了手机",
        ),
        Prose("Whoever leads doesn't repair; for that time nobody decides.", "指挥不同时修，这段时间没有人作决定。"),
    ),
)

# What was done as the plan says.
_RIGHT: tuple[Prose, ...] = (
    Prose("The dock team gets out the forms for written manifests", "月台班组取出空白的手写交接单"),
    Prose("Parcels due today are sorted by deadline from the printed lists", "按打印清单把今天到期的包裹按时限排序"),
    Prose(
        "All desks learn: cause unknown, work on paper, news in 45 minutes",
        "通报各岗位：原因不明，转纸面作业，45 分钟后再通报",
    ),
)


@dataclass(frozen=True, slots=True)
class _Morning:
    """What happened. Units: epoch seconds; `due` parcels by hour, `rate` parcels packed an hour on paper."""

    start: int
    backup_at: int
    failed_at: int
    paper_at: int
    open_at: int
    due: Sequence[int]
    rate: int
    mistake: Said
    log: Sequence[tuple[int, Prose]]

    @property
    def hours_on_paper(self) -> int:
        """Whole hours between the begin on paper and the opening."""
        return (self.open_at - self.paper_at) // _HOUR

    @property
    def due_meanwhile(self) -> int:
        """Parcels due in the hours that were worked on paper."""
        first = (self.paper_at - self.start) // _HOUR
        return sum(self.due[first : first + self.hours_on_paper])

    @property
    def packed(self) -> int:
        """Parcels that could be packed on paper in these hours."""
        return self.rate * self.hours_on_paper


def build(world: Context, rng: random.Random, params: Mapping[str, Any]) -> BuiltCase:
    """The log of a breakdown and the parcels due by the hour; asked is what went wrong and what it cost."""
    morning = _drawn(world, rng)
    situation = Prose(
        f"On {m.moment(world, morning.start)[:10]} the system was down. Below are the log of the incident and the "
        "parcels "
        "that were due by the hour: a parcel counts in the hour in which it had to be packed at the latest, and "
        "everything "
        f"due earlier had been packed. On paper {morning.rate} parcels an hour can be packed, those due soonest "
        "first. The "
        "restored database ends with the backup named in the log.",
        f"{m.moment(world, morning.start)[:10]}，系统中断。下面是事件记录，以及每小时到期的包裹：包裹计入最迟必须"
        "打包完的那个小时，"
        f"此前到期的都已打包。纸面作业每小时可打包 {morning.rate} 件，最早到期的先打。恢复的数据库截止到记录中的那"
        "份备份。",
    )
    log = Exhibit(
        Prose("Log of the incident", "事件记录"),
        (Prose("Time", "时间"), Prose("Entry", "记录")),
        tuple((same(m.moment(world, at)[-5:]), what) for at, what in morning.log),
    )
    chart = Exhibit(
        Prose("Parcels due, by the hour", "每小时到期的包裹"),
        (Prose("Hour from", "时段起点"), Prose("Parcels", "包裹")),
        tuple(
            (same(m.moment(world, morning.start + place * _HOUR)[-5:]), same(str(count)))
            for place, count in enumerate(morning.due)
        ),
        chart=BARS,
    )
    questions = {
        "mistake": Built("single", *_mistake(morning, rng)),
        "lost": Built("numeric", *_lost(morning)),
        "left": Built("numeric", *_left(morning)),
        "message": Built("single", *_message(world, morning)),
    }
    return BuiltCase(situation, (log, chart), questions)


def _drawn(world: Context, rng: random.Random) -> _Morning:
    start = world.now - world.now % (24 * _HOUR)  # 8:00 in Shanghai
    failed_at = start + rng.randint(20, 50) * _MINUTE
    paper_at = start + _HOUR
    hours = rng.choice((3, 4))
    open_at = paper_at + hours * _HOUR
    backup_at = failed_at - rng.randint(35, 170) * _MINUTE
    rate = rng.randrange(20, 45, 5)
    # More is due every hour than can be packed on paper, so that the backlog only grows.
    due = [rng.randint(rate + 1, rate + 14) for _ in range(_HOURS)]
    mistake = rng.choice(_MISTAKES)
    moments = sorted(rng.sample(range(4, 9), 3))
    log = [
        (backup_at, Prose("Last backup that can be read", "最后一份可读取的备份")),
        (failed_at, Prose("The system fails; the shift leader raises the alarm", "系统故障，值班组长报警")),
        (failed_at + moments[0] * _MINUTE // 2, Prose("The leader named in the plan takes over", "预案指定的指挥接手")),
        *((failed_at + (moments[0] + place) * _MINUTE, what) for place, what in enumerate(_RIGHT[1:], start=1)),
        (paper_at, Prose("Packing on paper begins", "开始纸面打包")),
        (paper_at + rng.randint(10, 30) * _MINUTE, _RIGHT[0]),
        (paper_at + rng.randint(40, 100) * _MINUTE, mistake[0]),
        (
            open_at - rng.randint(20, 35) * _MINUTE,
            Prose(
                "Restored and checked; what is missing is entered by real time",
                "系统恢复并核对，缺的按实际时间先后补录",
            ),
        ),
        (open_at, Prose("All is entered and checked; opened for normal work", "全部补录并核对完毕，恢复正常作业")),
    ]
    return _Morning(
        start, backup_at, failed_at, paper_at, open_at, due, rate, mistake, sorted(log, key=lambda one: one[0])
    )


def _mistake(morning: _Morning, rng: random.Random) -> tuple[Prose, Choice]:
    texts = [morning.mistake[0], *_RIGHT]
    order = rng.sample(range(4), 4)
    fine = Prose("That is what the plan says.", "这符合预案。")
    reasons = [morning.mistake[1] if place == 0 else fine for place in order]
    stem = Prose("Which entry of the log should **not** have happened?", "记录中的哪一件事**不**应当发生？")
    return stem, pick([texts[place] for place in order], order.index(0), reasons)


def _lost(morning: _Morning) -> tuple[Prose, Numeric]:
    key = (morning.failed_at - morning.backup_at) // _MINUTE
    mistakes = (
        (
            (morning.open_at - morning.failed_at) // _MINUTE,
            0.0,
            Prose(
                "This is how long it was down; what was done then stands on paper.",
                "这是中断的时间，那时做的事都在纸面上。",
            ),
        ),
        (
            (morning.open_at - morning.backup_at) // _MINUTE,
            0.25,
            Prose("After the failure nothing was entered that could be lost.", "故障之后没有录入，谈不上丢失。"),
        ),
        (
            (morning.paper_at - morning.backup_at) // _MINUTE,
            0.0,
            Prose("Entries end with the failure, not with the start on paper.", "录入到故障为止，不是到纸面作业开始。"),
        ),
    )
    reason = Prose(
        f"From the last backup that can be read until the failure: {key} minutes. They are made up from channels, "
        "papers "
        "and carriers' data.",
        f"从最后一份可读取的备份到故障发生：{key} 分钟。这段要根据渠道、单据和承运商数据补录。",
    )
    stem = Prose(
        "The entries of how many minutes **before the failure** are gone?", "**故障之前**有多少分钟的录入丢失？"
    )
    return stem, Numeric(key, 0, MINUTES, reason, nears(key, 0, mistakes))


def _left(morning: _Morning) -> tuple[Prose, Numeric]:
    key = morning.due_meanwhile - morning.packed
    mistakes = (
        (
            morning.due_meanwhile,
            0.0,
            Prose("So many were due; a part of them was packed on paper.", "这是到期的总数，其中一部分已按纸面打包。"),
        ),
        (morning.packed, 0.0, Prose("So many were packed on paper.", "这是按纸面打包的件数。")),
        (
            sum(morning.due) - morning.packed,
            0.0,
            Prose("Count only the hours that were worked on paper.", "只计纸面作业的那几个小时。"),
        ),
        (
            key + morning.due[0],
            0.0,
            Prose("What was due before had been packed.", "此前到期的已经打包。"),
        ),
    )
    reason = Prose(
        f"In {morning.hours_on_paper} hours {morning.due_meanwhile} were due, and {morning.rate} × "
        f"{morning.hours_on_paper} = {morning.packed} could be packed; {key} are left.",
        f"{morning.hours_on_paper} 个小时里到期 {morning.due_meanwhile} 件，能打包 {morning.rate} × "
        f"{morning.hours_on_paper} = {morning.packed} 件，还剩 {key} 件。",
    )
    stem = Prose(
        "Of the parcels due between the start of packing on paper and the opening, how many aren't packed yet when the "
        "system opens?",
        "从开始纸面打包到系统开放，这段时间到期的包裹，到开放时还有多少件没有打包？",
    )
    return stem, Numeric(key, 0, _PARCELS, reason, nears(key, 0, mistakes))


def _message(world: Context, morning: _Morning) -> tuple[Prose, Choice]:
    failed, again = (m.moment(world, at)[-5:] for at in (morning.failed_at, morning.paper_at + 45 * _MINUTE))
    right = (
        Prose(
            f"“Down since {failed}, cause unknown. Your parcel may leave later today. News at {again}.”",
            f"“系统 {failed} 起中断，原因不明。您的包裹今天可能晚些发出。{again} 再告知。”",
        ),
        Prose(
            "What is known, what isn't, what it means for the buyer, when there is news.",
            "已知、未知、对买家的影响、下次告知时间都说到了。",
        ),
    )
    wrong: tuple[Said, ...] = (
        (
            Prose(
                "“Short maintenance as planned. All will be well in a few minutes, we promise.”",
                "“系统正在做例行的短暂维护，请您放心，我们保证再过几分钟一切都会恢复正常，您的包裹照常发出。”",
            ),
            Prose("Untrue, and a promise that nobody can keep.", "不真实，而且谁也保证不了。"),
        ),
        (
            Prose(
                "“Our database has failed because of a full disk; a colleague overlooked the warning last week.”",
                "“数据库因磁盘写满而故障，上周有同事漏看了告警。”",
            ),
            Prose(
                "A guess about cause and guilt, and nothing that helps the buyer.", "猜原因、说责任，对买家毫无用处。"
            ),
        ),
        (
            Prose(
                "Nothing yet: buyers should hear of it only if their parcel is really late in the end.",
                "暂时不说：等包裹真的晚到了，再告知那几位买家。",
            ),
            Prose("They are told before they notice.", "应赶在买家发现之前告知。"),
        ),
    )
    stem = Prose(
        "Packing on paper has just begun. What do the buyers whose parcels are due today hear from the one who speaks?",
        "纸面打包刚开始。负责对外的人应怎样告知包裹今天到期的买家？",
    )
    return stem, choice(right, *wrong)


MODEL = CaseModel("incident_morning", ("mistake", "lost", "left", "message"), {}, build)
