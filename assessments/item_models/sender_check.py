"""Who a message or a link really comes from: the domain is read from its right end."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from typing import Any

from assessments.exhibits import Exhibit
from assessments.item_models import material as m
from assessments.item_models.answers import pick
from assessments.item_models.model import Built, ItemModel
from assessments.prose import Prose, same
from core.context import Context

# Names of companies, made up, under the ending that the standard keeps free for examples.
_HOUSES = ("orderly", "shanye", "huadian", "ciyun", "tongqu", "lingxi", "beichuan", "qingmu")
_BOXES: tuple[tuple[str, Prose], ...] = (
    ("hr", Prose("the personnel department", "人事部")),
    ("it-support", Prose("IT support", "信息技术支持")),
    ("finance", Prose("the finance department", "财务部")),
    ("parcels", Prose("the parcel service", "快递客服")),
    ("billing", Prose("the billing department", "结算部")),
)
_LURES = ("secure-login", "account-check", "mail-notice", "parcel-info", "verify-now")
_HOSTS = ("mail", "notice", "portal", "news")


def build(world: Context, rng: random.Random, params: Mapping[str, Any]) -> Built:
    """Addresses or links of which some only look like the company's; asked is which one is, or whose it is."""
    house, lure = rng.choice(_HOUSES), rng.choice(_LURES)
    return _owner(rng, house, lure) if params["ask"] == "owner" else _sender(world, rng, house, lure)


def owner_of(host: str) -> str:
    """The domain that whoever owns a host has registered: its last two labels.

    Why so simple: all endings used here have one label.
    """
    return ".".join(host.split(".")[-2:])


def _lookalike(house: str, rng: random.Random) -> str:
    """The name with a letter replaced by one that looks like it, or two letters that do."""
    swaps = [(old, new) for old, new in (("l", "1"), ("o", "0"), ("i", "1"), ("n", "m"), ("u", "v")) if old in house]
    old, new = rng.choice(swaps) if swaps else (house[-1], house[-1] * 2)
    return house.replace(old, new, 1)


def _sender(world: Context, rng: random.Random, house: str, lure: str) -> Built:
    box, who = rng.choice(_BOXES)
    ours = f"{house}.example"
    hosts = [
        f"{rng.choice(_HOSTS)}.{ours}",
        f"{ours}.{lure}.test",
        f"{_lookalike(house, rng)}.example",
        f"{house}-{lure}.example",
    ]
    reasons = [
        Prose(
            f"Read from the right it ends in {ours}; what stands before that is chosen by the owner, who is the "
            "company.",
            f"从右往左看，以 {ours} 结尾；前面的部分由域名主人自定，而主人就是该公司。",
        ),
        Prose(
            f"The owner is {owner_of(hosts[1])}; {ours} in front is decoration.",
            f"主人是 {owner_of(hosts[1])}，前面的 {ours} 只是装饰。",
        ),
        Prose(
            f"Look at each letter: {owner_of(hosts[2])} isn't {ours}.",
            f"逐个字母看：{owner_of(hosts[2])} 不是 {ours}。",
        ),
        Prose(
            f"{owner_of(hosts[3])} is a domain of its own, which anybody may register.",
            f"{owner_of(hosts[3])} 是另一个域名，谁都可以注册。",
        ),
    ]
    order = rng.sample(range(4), 4)
    assert [place for place in range(4) if owner_of(hosts[place]) == ours] == [0]
    stem = Prose(
        f"Four messages show {who.en} as their sender and claim to come from the company whose domain is {ours}. "
        "Which address really belongs to that domain?",
        f"四封邮件的发件人都显示为“{who.zh}”，自称来自域名为 {ours} 的公司。哪个地址确实属于这个域名？",
    )
    texts = [same(f"{box}@{hosts[place]}") for place in order]
    content = pick(texts, order.index(0), [reasons[place] for place in order])
    return Built("single", stem, content, _inbox(world, rng, texts, who))


_SUBJECTS = (
    Prose("Please confirm your details", "请确认您的信息"),
    Prose("Document for you to sign", "有一份文件待您签署"),
    Prose("Your mailbox is almost full", "您的邮箱空间即将用尽"),
    Prose("Change of our bank account", "我方银行账户变更通知"),
    Prose("Parcel held: act today", "包裹被扣留，请今天处理"),
    Prose("New holiday rules", "休假新规定"),
)


def _inbox(world: Context, rng: random.Random, addresses: Sequence[Prose], who: Prose) -> Exhibit:
    """The messages as a mailbox lists them; the name shown is the same for all, since anybody may choose it."""
    name = Prose(who.en[0].upper() + who.en[1:], who.zh)
    subjects = rng.sample(_SUBJECTS, len(addresses))
    moments = sorted(world.now - rng.randint(10, 900) * 60 for _ in addresses)
    return Exhibit(
        Prose("Inbox", "收件箱"),
        (
            Prose("Name shown", "显示名称"),
            Prose("Address", "地址"),
            Prose("Received", "收到时间"),
            Prose("Subject", "主题"),
        ),
        tuple(
            (name, address, same(m.moment(world, at)), subject)
            for address, at, subject in zip(addresses, moments, subjects, strict=True)
        ),
    )


def _owner(rng: random.Random, house: str, lure: str) -> Built:
    ours, other = f"{house}.example", rng.choice([one for one in _HOUSES if one != house])
    host = f"{rng.choice(_HOSTS)}.{ours}.{lure}.test"
    path = f"{other}.example/orders/{rng.randrange(10**7, 10**8)}"
    link = f"https://{host}/{path}"
    owners = [owner_of(host), ours, f"{other}.example", f"{lure}.example"]
    assert len(set(owners)) == len(owners)
    reasons = [
        Prose(
            "The host ends at the first single slash; read from there to the left, the ending and the name before it "
            "tell the owner.",
            "主机名到第一个单斜杠为止；从那里往左看，后缀和它前面的名称就是主人。",
        ),
        Prose(
            "It stands in the middle of the host; the owner of the end may put anything there.",
            "它在主机名中间，末尾的主人可以随意添加。",
        ),
        Prose(
            "It stands after the slash, in the path, which says nothing about the owner.",
            "它在斜杠后面的路径里，说明不了主人是谁。",
        ),
        Prose("Look at the ending: it is .test here.", "看清结尾：这里是 .test。"),
    ]
    order = rng.sample(range(4), 4)
    stem = Prose(
        f"A message asks you to “confirm your order” at this address: `{link}`. Who owns the page that would open?",
        f"一条信息让您到这个地址“确认订单”：`{link}`。打开的网页属于谁？",
    )
    texts = [same(owners[place]) for place in order]
    return Built("single", stem, pick(texts, order.index(0), [reasons[place] for place in order]))


MODEL = ItemModel("sender_check", {"ask": ("sender", "owner")}, build)
