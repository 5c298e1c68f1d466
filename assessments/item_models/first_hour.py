"""The first hour of an emergency: what is done first, and in which order the rest follows."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from assessments.exhibits import Exhibit
from assessments.item_models import material as m
from assessments.item_models.answers import Said, choice
from assessments.item_models.model import Built, ItemModel
from assessments.prose import Prose, same
from assessments.questions import NAMES, Ordering, Step
from core.context import Context


@dataclass(frozen=True, slots=True)
class _Event:
    """An emergency: what is seen, what is done in turn, and what one is tempted to do first.

    Shape: `steps` in the right order, each with its reason; `temptations` are wrong as the first step.
    """

    seen: Prose
    steps: tuple[Said, ...]
    temptations: tuple[Said, ...]


_EVENTS: tuple[_Event, ...] = (
    _Event(
        Prose(
            "File names on two computers of the packing room change by themselves, and a message demands money.",
            "打包间两台电脑上的文件名自己在变，屏幕弹出勒索信息。",
        ),
        (
            (
                Prose("Take the two computers off the network, leave them on", "把这两台电脑断网，不关机"),
                Prose(
                    "It stops the spreading; what is in memory helps the specialists.",
                    "止住蔓延；内存里的信息对专业人员有用。",
                ),
            ),
            (
                Prose("Raise the alarm by phone: administrator and leader", "打电话报警：系统管理员和指挥"),
                Prose(
                    "They must know before anything else is touched, on a way that isn't broken into.",
                    "在动别的之前先让他们知道，而且走未被攻破的渠道。",
                ),
            ),
            (
                Prose("Photograph the screens and begin the log", "拍下屏幕，开始记录"),
                Prose("Proof and times are gone later.", "证据和时间以后就没了。"),
            ),
            (
                Prose("Find out which parcels are due today and pack them by paper", "找出今天到期的包裹，按纸面打包"),
                Prose("Promises of today come before the repair.", "今天的承诺先于修复。"),
            ),
            (
                Prose("Say when there will be news, to the team and to the desks", "告知团队和各岗位下次通报时间"),
                Prose(
                    "Whoever knows when news comes doesn't ask in between.", "知道什么时候有消息，大家就不会反复来问。"
                ),
            ),
        ),
        (
            (
                Prose("Switch the computers off at once", "马上关机"),
                Prose("It wipes what is in memory; off the network is enough.", "会丢失内存里的线索，断网就够了。"),
            ),
            (
                Prose("Restore the files from last night's backup right away", "立即用昨晚的备份恢复文件"),
                Prose("As long as it spreads, the backup is next.", "还在蔓延时，备份会跟着遭殃。"),
            ),
            (
                Prose("Find out who opened which attachment", "查是谁打开了附件"),
                Prose("That comes later, and not as a search for the guilty.", "这是以后的事，也不是为了追责。"),
            ),
        ),
    ),
    _Event(
        Prose(
            "Water runs from the ceiling over the first racks of an aisle; lamps and a charging station hang there.",
            "某巷道前几个货架上方的天花板往下漏水，那里有灯具和充电桩。",
        ),
        (
            (
                Prose("Send everybody out of the area", "让所有人离开该区域"),
                Prose("People first: water and current kill.", "先顾人：水碰上电会致命。"),
            ),
            (
                Prose("Have the power of the area switched off by who may", "由有权操作的人切断该区域电源"),
                Prose("Before it is off nobody goes in.", "断电之前谁也不进去。"),
            ),
            (
                Prose("Have the water shut off and the leader called", "关水阀，通知指挥"),
                Prose("That stops the spreading.", "止住蔓延。"),
            ),
            (
                Prose(
                    "Photograph what has got wet, then move goods, the most valuable first",
                    "拍下受潮情况，再搬货，贵重的先搬",
                ),
                Prose(
                    "Once nobody is in danger; pictures are for the insurance.", "没有人有危险之后才搬；照片留给保险。"
                ),
            ),
            (
                Prose(
                    "Set the wet lots aside in the system and tell the order desk",
                    "在系统中把受潮批次转出可用，并告知订单处理岗",
                ),
                Prose("Or they go on being promised.", "否则系统会继续把它们承诺出去。"),
            ),
        ),
        (
            (
                Prose("Carry the most valuable goods out first", "先把最贵的货搬出来"),
                Prose(
                    "Nobody goes under lamps that drip before the power is off.", "断电之前，谁也不能到滴水的灯下去。"
                ),
            ),
            (
                Prose("Photograph the damage for the insurance", "先给保险公司拍照"),
                Prose("Important, but only once nobody is in danger.", "重要，但要等没有人有危险。"),
            ),
            (
                Prose("Write the wet goods off in the system", "先在系统里核销受潮的货"),
                Prose("Nobody is hurt by a figure; count once it is dry.", "数字伤不了人，等干了再盘。"),
            ),
        ),
    ),
    _Event(
        Prose(
            "A colleague notices that a file with names and phones of buyers was posted in a public chat group.",
            "同事发现一份含买家姓名和电话的文件出现在一个公开群里。",
        ),
        (
            (
                Prose("Have the file taken out of the group and the link closed", "让人把文件撤下，关闭链接"),
                Prose("Each minute it is copied further: stop the flow.", "多一分钟就多传一份，先止住外流。"),
            ),
            (
                Prose("Tell the data protection officer at once", "立即告知数据保护负责人"),
                Prose("Terms for notices run from the moment we know.", "通知的时限从我们知道时起算。"),
            ),
            (
                Prose("Keep the proof: file, link, members of the group, times", "保留证据：文件、链接、群成员、时间"),
                Prose(
                    "Whoever decides on notices needs to know what was seen by whom.",
                    "要决定通知谁，就得知道谁看到了什么。",
                ),
            ),
            (
                Prose("Find out which buyers it concerns", "查清涉及哪些买家"),
                Prose("Now the extent is found out, from the kept proof.", "根据留存的证据查清范围。"),
            ),
            (
                Prose("Prepare what buyers are told, by the one voice named for it", "由指定的人准备对买家的说明"),
                Prose(
                    "Nothing but facts: what went out, what we do, what they should do.",
                    "只说事实：泄露了什么、我们在做什么、买家该做什么。",
                ),
            ),
        ),
        (
            (
                Prose("Ask all members of the group in a message not to open the file", "在群里请大家不要看那份文件"),
                Prose("That makes even the last one curious; have it taken out.", "那只会让人更好奇，应当撤下。"),
            ),
            (
                Prose("Delete your own copies and logs of the file", "删掉自己手上的副本和记录"),
                Prose("That destroys the proof.", "那是毁掉证据。"),
            ),
            (
                Prose("Write to all buyers of the year at once", "马上通知今年的全部买家"),
                Prose(
                    "Nobody knows yet whom it concerns; first it is stopped and reported.",
                    "还不知道涉及谁，先止住并上报。",
                ),
            ),
        ),
    ),
    _Event(
        Prose(
            "Smoke comes from the charging station of the forklifts; the alarm hasn't gone off yet.",
            "叉车充电区冒烟，火警还没有响。",
        ),
        (
            (
                Prose("Press the alarm and call everybody out", "按下火警，招呼所有人撤离"),
                Prose("People first; nobody goes back for goods.", "先顾人，谁也不回去抢货。"),
            ),
            (
                Prose(
                    "Call 119 from outside: place, what burns, batteries there",
                    "到室外拨打 119：地点、什么在烧、现场有电池",
                ),
                Prose("From a safe place, with what the fire brigade needs.", "在安全处拨打，说清消防需要知道的。"),
            ),
            (
                Prose("Count the people at the meeting point", "在集合点清点人数"),
                Prose(
                    "Whether somebody is missing decides what the fire brigade does first.",
                    "是否缺人，决定消防先做什么。",
                ),
            ),
            (
                Prose("Call the leader named in the plan", "通知预案指定的指挥"),
                Prose("One person decides from now on.", "从此由一个人作决定。"),
            ),
            (
                Prose("Have the orders of this warehouse planned elsewhere", "把本仓订单改由别处发出"),
                Prose("Once everybody is safe, buyers come next.", "人都安全了，再顾买家。"),
            ),
        ),
        (
            (
                Prose("Pull the chargers' plugs and see what is smoking", "拔掉充电插头，看看哪里冒烟"),
                Prose(
                    "Burning batteries can't be stopped by that, and the smoke is poisonous.",
                    "电池着火拔插头也没用，而且烟有毒。",
                ),
            ),
            (
                Prose("Drive the forklifts out, so that they aren't lost", "把叉车开出去，免得烧掉"),
                Prose("Nobody goes back for goods or machines.", "谁也不为货物和设备冒险。"),
            ),
            (
                Prose("Print the open orders, in case the power fails", "先打印未完成订单，以防停电"),
                Prose("Paper can be printed in another place; people can't.", "单据换个地方还能打，人没有第二条命。"),
            ),
        ),
    ),
    _Event(
        Prose(
            "The carrier for half of all parcels announces that it takes no more as of now.",
            "承担一半包裹的承运商宣布即刻停止收件。",
        ),
        (
            (
                Prose(
                    "Stop handing over to it and take open parcels off its manifests",
                    "停止向其交接，把未交的包裹移出交接单",
                ),
                Prose("What is handed over now lies somewhere for weeks.", "现在交出去，可能在某处躺上几周。"),
            ),
            (
                Prose("Tell the leader and operations", "通知指挥和运营"),
                Prose("Planning anew needs a decision.", "重新安排需要有人拍板。"),
            ),
            (
                Prose(
                    "List its parcels by promise: still here, and on the way",
                    "按承诺时限列出它的包裹：仍在仓内的、在途的",
                ),
                Prose(
                    "What is here can be helped, what is on the way must be followed.", "在仓的能补救，在途的要跟踪。"
                ),
            ),
            (
                Prose(
                    "Plan the parcels still here with other carriers, by deadline", "仍在仓内的按时限改由其他承运商发出"
                ),
                Prose("The ones due soonest first.", "最早到期的先安排。"),
            ),
            (
                Prose("Tell the buyers whose promise is at risk", "告知承诺受影响的买家"),
                Prose("Now there is a date to name.", "这时才有日期可说。"),
            ),
        ),
        (
            (
                Prose(
                    "Hand over what is packed quickly, before it is closed for good",
                    "趁还没完全关停，赶紧把已打包的交出去",
                ),
                Prose("It takes nothing any more; those parcels would be lost.", "它已经不收了，交出去的包裹只会丢。"),
            ),
            (
                Prose("Write to all buyers that their parcel is late", "通知全部买家包裹要晚"),
                Prose(
                    "Half of them aren't concerned, and there is no date yet.", "一半买家不受影响，也还没有日期可说。"
                ),
            ),
            (
                Prose("Claim the damage from the carrier", "先向承运商索赔"),
                Prose("A claim brings no parcel to anybody today.", "索赔不能让今天的包裹送到。"),
            ),
        ),
    ),
)


def build(world: Context, rng: random.Random, params: Mapping[str, Any]) -> Built:
    """Something happens in one of the world's warehouses; asked is what comes first, or the whole first hour."""
    event = rng.choice(_EVENTS)
    place = m.warehouse_names(world, rng.choice(m.warehouses_of(world)))
    at = m.moment(world, world.now - rng.randint(1, 600) * 60)
    people = rng.randint(3, 40)
    exhibit = Exhibit(
        Prose("The situation", "已知情况"),
        (Prose("Fact", "项目"), Prose("What is known", "内容")),
        (
            (Prose("Place", "地点"), place),
            (Prose("Noticed", "发现时间"), same(at)),
            (Prose("People on site", "在场人数"), same(str(people))),
            (Prose("What is seen", "现象"), event.seen),
        ),
    )
    if params["ask"] == "order":
        steps = tuple(Step(name, text, why) for name, (text, why) in zip(NAMES, event.steps, strict=False))
        stem = Prose(
            "You are the first there. Put what is done in this first hour in order.",
            "您最先到场。请按先后排列第一个小时里要做的事。",
        )
        return Built("ordering", stem, Ordering(steps), exhibit)
    stem = Prose("You are the first there. What do you do **first**?", "您最先到场。您**首先**做什么？")
    return Built("single", stem, choice(event.steps[0], *event.temptations), exhibit)


MODEL = ItemModel("first_hour", {"ask": ("first", "order")}, build)
