"""The case that a trainer of the pictures' story writes by hand."""

from __future__ import annotations

from typing import Any

Said = dict[str, str]


def _said(en: str, zh: str) -> Said:
    return {"en": en, "zh": zh}


def _same(text: str) -> Said:
    return {"en": text, "zh": text}


_HEAD = {"competency": "3.3", "level": "apply", "positions": ["W", "P"], "source": "Handbook 17.5"}
_DAYS = (("Monday", "周一", 412, 385), ("Tuesday", "周二", 398, 391), ("Wednesday", "周三", 455, 402),
         ("Thursday", "周四", 430, 428), ("Friday", "周五", 520, 441))  # fmt: skip

OWN_CASE: dict[str, Any] = {
    "kind": "case",
    "title": _said("A packing table falls behind", "打包台跟不上了"),
    "situation": _said(
        "The chart shows what was picked and what was packed at the Shanghai site last week. What isn't packed on a day"
        " waits on the shelf behind the table, and is packed on the next. On Monday morning the shelf was empty.",
        "图中为上海仓上周每天的拣货量与打包量。当天未打包的放在打包台后的货架上，次日继续打包。周一早上货架是空的。",
    ),
    "exhibits": [
        {
            "title": _said("Orders picked and packed, by day", "每日拣货与打包订单数"),
            "chart": "bars",
            "columns": [_said("Day", "日期"), _said("Picked", "拣货"), _said("Packed", "打包")],
            "rows": [[_said(en, zh), _same(str(picked)), _same(str(packed))] for en, zh, picked, packed in _DAYS],
        }
    ],
    "items": [
        {
            "kind": "numeric",
            **_HEAD,
            "stem": _said("How many orders waited on the shelf on Friday evening?", "周五晚上货架上还有多少单？"),
            "answer": sum(picked - packed for _, _, picked, packed in _DAYS),
            "unit": _said("orders", "单"),
            "reason": _said(
                "Add up what was picked more than packed on each day: 27 + 7 + 53 + 2 + 79 = 168.",
                "把每天拣货多于打包的数量相加：27 + 7 + 53 + 2 + 79 = 168。",
            ),
            "near": [
                {
                    "value": 79,
                    "tolerance": 0,
                    "fraction": 0.25,
                    "reason": _said("That is Friday alone; the shelf was not empty in the morning.",
                                    "这只是周五当天的，早上货架并不是空的。"),
                }
            ],
        },
        {
            "kind": "single",
            **_HEAD,
            "level": "decide",
            "positions": ["W"],
            "stem": _said("What do you do first about it?", "首先应当怎么做？"),
            "options": [
                {
                    "text": _said("Put a second packer there on Wednesday and Friday", "周三、周五给打包台加一人"),
                    "fraction": 1.0,
                    "reason": _said("Nearly all of the arrears come from these two days.", "积压几乎都来自这两天。"),
                },
                {
                    "text": _said("Let the pickers work more slowly on every day", "让拣货员每天放慢速度"),
                    "fraction": 0.0,
                    "reason": _said("Then orders wait before picking instead of behind the table.",
                                    "那样订单只是改在拣货之前等待。"),
                },
                {
                    "text": _said("Wait, since Thursday shows that the table keeps up", "再等等，周四说明打包台跟得上"),
                    "fraction": 0.0,
                    "reason": _said("On Thursday the arrears stayed as they were.", "周四积压并没有减少。"),
                },
            ],
        },
    ],
}  # fmt: skip
