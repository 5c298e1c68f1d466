"""One small item of every kind, to be written over by whoever begins with an empty workbook."""

from __future__ import annotations

from typing import Any

_HEAD = {"competency": "2.1", "level": "apply", "positions": ["O", "P"], "source": "Handbook 5.1"}


def _said(en: str, zh: str) -> dict[str, str]:
    return {"en": en, "zh": zh}


def _option(text: tuple[str, str], worth: float, reason: tuple[str, str]) -> dict[str, Any]:
    return {"text": _said(*text), "fraction": worth, "reason": _said(*reason)}


def _pair(left: tuple[str, str], right: tuple[str, str], reason: tuple[str, str]) -> dict[str, Any]:
    return {"left": _said(*left), "right": _said(*right), "reason": _said(*reason)}


EXAMPLES: tuple[dict[str, Any], ...] = (
    {
        "id": "ex-1",
        "kind": "single",
        **_HEAD,
        "stem": _said("Which step comes after picking?", "拣货之后是哪一步？"),
        "options": [
            _option(("Packing", "打包"), 1, ("What was checked is packed.", "复核无误后打包。")),
            _option(("Invoicing", "开票"), 0, ("That comes later.", "那是之后的事。")),
        ],
        "hints": [_said("Think of the parcel.", "想一想包裹。")],
    },
    {
        "id": "ex-2",
        "kind": "multiple",
        **_HEAD,
        "stem": _said("What stops an order in the review?", "哪些情况会在审核中拦截订单？"),
        "options": [
            _option(("A wrong phone number", "电话有误"), 0.5, ("The buyer can't be called.", "联系不上买家。")),
            _option(("A wrong price", "价格有误"), 0.5, ("The price must be checked.", "需要核对价格。")),
            _option(("A first purchase", "首次购买"), -0.5, ("New buyers are welcome.", "欢迎新买家。")),
        ],
    },
    {
        "id": "ex-3",
        "kind": "numeric",
        **_HEAD,
        "stem": _said("3 at 4.00 and 1 at 5.00: the total?", "3 件单价 4.00，1 件单价 5.00，合计多少？"),
        "answer": 17,
        "tolerance": 0,
        "unit": _said("yuan", "元"),
        "reason": _said("3 × 4 + 5 = 17", "3 × 4 + 5 = 17"),
        "near": [
            {"value": 9, "tolerance": 0, "fraction": 0.2, "reason": _said("It is 3 times 4.", "应为 3 乘以 4。")},
        ],
    },
    {
        "id": "ex-4",
        "kind": "short_text",
        **_HEAD,
        "stem": _said("What is the same order twice called?", "同一订单出现两次称为什么？"),
        "reason": _said("It is a duplicate.", "这是重复订单。"),
        "accept": [
            {"pattern": "duplicate*", "fraction": 1, "reason": _said("Right.", "正确。")},
            {"pattern": "*重复*", "fraction": 1, "reason": _said("Right.", "正确。")},
        ],
    },
    {
        "id": "ex-5",
        "kind": "matching",
        **_HEAD,
        "stem": _said("Who does what?", "谁做什么？"),
        "pairs": [
            _pair(("Picker", "拣货员"), ("takes the goods", "取货"), ("By the pick list.", "按拣货单。")),
            _pair(("Packer", "打包员"), ("packs the goods", "打包"), ("At the table.", "在打包台。")),
        ],
        "distractors": [_said("pays the carrier", "付运费")],
    },
    {
        "id": "ex-6",
        "kind": "ordering",
        **_HEAD,
        "stem": _said("Put the steps in order.", "请排列步骤。"),
        "steps": [
            {"text": _said("Confirm", "确认"), "reason": _said("It begins with that.", "从这里开始。")},
            {"text": _said("Pick", "拣货"), "reason": _said("What is confirmed is picked.", "确认后拣货。")},
            {"text": _said("Ship", "发货"), "reason": _said("What is picked is shipped.", "拣货后发货。")},
        ],
    },
    {
        "id": "ex-7",
        "kind": "open_text",
        **_HEAD,
        "stem": _said("A parcel is lost. What do you tell the buyer?", "包裹丢失，您如何告知买家？"),
        "reason": _said("What happened, what comes next, and when.", "说明情况、下一步和时间。"),
        "rubric": [
            {
                "text": _said("Says what comes next", "说明下一步"),
                "points": 2,
                "levels": [
                    {"text": _said("Nothing", "没有"), "points": 0},
                    {"text": _said("What, but not when", "有做法，没有时间"), "points": 1},
                    {"text": _said("What and when", "有做法，也有时间"), "points": 2},
                ],
            }
        ],
    },
)
