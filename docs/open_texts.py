"""Two open texts with their rubrics, and what three people of the demo answered: for the pictures of marking."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

_RUBRIC = (
    {
        "text": {"en": "Says what is safe to do at once", "zh": "说明可以立即安全采取的措施"},
        "points": 2,
        "levels": [
            {"points": 0, "text": {"en": "nothing, or something that makes it worse", "zh": "没有，或使情况更糟"}},
            {"points": 1, "text": {"en": "something, without saying how", "zh": "提到措施，但没说怎么做"}},
            {"points": 2, "text": {"en": "a step that anybody could follow", "zh": "人人都能照做的步骤"}},
        ],
    },
    {
        "text": {"en": "Names who is told, and in which order", "zh": "说明通知谁、按什么顺序"},
        "points": 1,
        "levels": [
            {"points": 0, "text": {"en": "no", "zh": "没有"}},
            {"points": 1, "text": {"en": "yes", "zh": "有"}},
        ],
    },
    {
        "text": {"en": "Says what tells that it is over", "zh": "说明怎样判断事情已经解决"},
        "points": 1,
        "levels": [
            {"points": 0, "text": {"en": "no", "zh": "没有"}},
            {"points": 1, "text": {"en": "yes", "zh": "有"}},
        ],
    },
)


def _open_text(en: str, zh: str) -> Mapping[str, Any]:
    return {
        "kind": "open_text",
        "stem": {"en": en, "zh": zh},
        "reason": {
            "en": "First what keeps people and goods safe, then who is told, then how one knows that it is over.",
            "zh": "先保证人员和货物安全，再通知相关人员，最后说明如何确认已经恢复。",
        },
        "rubric": [dict(one) for one in _RUBRIC],
        "competency": "9.1",
        "level": "decide",
        "positions": ["O", "W", "S", "P", "F"],
        "source": "Handbook 33.1",
    }


OPEN_TEXTS = (
    _open_text(
        "It is 9:10. For twenty minutes no order has come in from one of the channels, and on this day of the week"
        " there are usually two a minute. Write down what you do, in the order in which you do it.",
        "上午 9:10，某个渠道已有二十分钟没有新订单，而往常这个时候每分钟约有两单。请按先后顺序写下您会怎么做。",
    ),
    _open_text(
        "Rain comes through the roof above two aisles while a wave is being picked. Write down what you do, in the"
        " order in which you do it.",
        "拣货过程中，两条通道上方的屋顶开始漏雨。请按先后顺序写下您会怎么做。",
    ),
)

ANSWERS: Mapping[str, str] = {
    "operations": "I look at the process map and the import page: is it one channel or all of them? Then I tell the"
    " trainer on duty and IT, in this order, with the time of the last order. Until it is clear nobody changes anything"
    " at the channel by hand. It is over when orders come in again and the number of the missing ones adds up.",
    "warehouse": "Stop picking in both aisles and keep people out. Move the cartons that are still dry. Tell the shift"
    " lead, then facilities.",
    "finance": "I tell somebody.",
}
