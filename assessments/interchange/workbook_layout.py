"""The workbook of items: one row per item and one per part of it, the same columns for all, in both languages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from assessments.cases import MOST_COLUMNS

SHEET, GUIDE = "Items 题目", "Guide 说明"

# Field → heading. In both languages at once: a workbook that one fills in goes to another.
COLUMNS: Mapping[str, str] = {
    "id": "Item 题目编号",
    "part": "Part 部分",
    "kind": "Kind 题型",
    "text_en": "Text (English) 英文文字",
    "text_zh": "Text (Chinese) 中文文字",
    "right_en": "Right side or unit (English) 右侧或单位（英文）",
    "right_zh": "Right side or unit (Chinese) 右侧或单位（中文）",
    "wording": "Wording 可接受的答案",
    "worth": "Worth 分值",
    "number": "Number 数值",
    "tolerance": "Tolerance 误差",
    "reason_en": "Reason (English) 英文理由",
    "reason_zh": "Reason (Chinese) 中文理由",
    "competency": "Competency 能力",
    "level": "Level 层次",
    "positions": "Positions 岗位",
    "source": "Source 出处",
    "weight": "Weight 权重",
    "case": "Case 案例编号",
}
WIDTHS: Mapping[str, int] = {
    **dict.fromkeys(("text_en", "text_zh", "reason_en", "reason_zh"), 44),
    **dict.fromkeys(("right_en", "right_zh", "wording", "source"), 24),
}
NUMBERS = ("worth", "number", "tolerance", "weight")
ITEM = "item"


class Part(NamedTuple):
    """What a row of some part says.

    Shape: `group` is the list of the item it belongs to; the others name the item's field that a column holds.
    """

    group: str
    text: str = ""
    right: str = ""
    wording: str = ""
    worth: str = ""
    number: str = ""
    tolerance: str = ""
    reason: str = ""


PARTS: Mapping[str, Part] = {
    "option": Part("options", text="text", worth="fraction", reason="reason"),
    "near": Part("near", number="value", tolerance="tolerance", worth="fraction", reason="reason"),
    "accept": Part("accept", wording="pattern", worth="fraction", reason="reason"),
    "pair": Part("pairs", text="left", right="right", reason="reason"),
    "distractor": Part("distractors", text="*"),
    "step": Part("steps", text="text", reason="reason"),
    "criterion": Part("rubric", text="text", number="points"),
    "level": Part("levels", text="text", number="points"),
    "hint": Part("hints", text="*"),
}
"""A field called `*` is the part itself."""

# Kind of item → its parts. The item's own row says the stem, and what is named in OF_ITEM.
PARTS_OF: Mapping[str, tuple[str, ...]] = {
    "single": ("option", "hint"),
    "multiple": ("option", "hint"),
    "numeric": ("near", "hint"),
    "short_text": ("accept", "hint"),
    "matching": ("pair", "distractor", "hint"),
    "ordering": ("step", "hint"),
    "open_text": ("criterion", "level", "hint"),
}
OF_ITEM: Mapping[str, Part] = {
    **dict.fromkeys(PARTS_OF, Part("", text="stem")),
    "numeric": Part("", text="stem", right="unit", number="answer", tolerance="tolerance", reason="reason"),
    "short_text": Part("", text="stem", reason="reason"),
    "open_text": Part("", text="stem", reason="reason"),
}
HEAD = ("competency", "level", "source", "positions", "weight", "case")


def columns_of(part: Part, head: bool) -> frozenset[str]:
    """The columns in which a row of this part may say something."""
    found = {"id", "part"} | ({"kind", *HEAD} if head else set())
    for name in ("text", "right", "reason"):
        if getattr(part, name):
            found |= {f"{name}_en", f"{name}_zh"}
    return frozenset(found | {name for name in ("wording", "worth", "number", "tolerance") if getattr(part, name)})


# What the second sheet explains. Shape: part, English, Chinese.
EXPLAINED = (
    ("item", "Begins an item: its kind, the question, who it is for.", "一道题的开头：题型、题干、适用对象。"),
    (
        "option",
        "An option of single or multiple; worth 1 is the key of single.",
        "选项；单选的正确项分值为 1。",
    ),
    ("near", "A typical wrong number, what it is still worth and why.", "常见的错误数值、仍可得的分值及理由。"),
    ("accept", "A wording that is taken; * stands for anything.", "可接受的写法；* 代表任意文字。"),
    ("pair", "Left side (text) and what belongs to it (right side).", "左侧（文字）和与之对应的右侧。"),
    ("distractor", "A right side that belongs to none.", "不与任何左侧对应的右侧。"),
    ("step", "A step, in the right order.", "一个步骤，按正确顺序排列。"),
    ("criterion", "What a long answer is marked by; number: its points.", "长答题的评分项；数值为满分。"),
    ("level", "Below its criterion: what earns how many points.", "写在评分项之后：怎样的回答得多少分。"),
    ("hint", "A hint, given one after the other.", "提示，依次给出。"),
    (
        "Case 案例编号",
        "On the row of an item: the case on the sheet of cases that it belongs to, if any.",
        "写在题目行：该题所属案例的编号（见案例工作表），可不填。",
    ),
)

# ---- the sheet of cases ------------------------------------------------------------------------------------------

CASES = "Cases 案例"
CASE, TABLE, HEADINGS, ROW = "case", "table", "headings", "row"
CELLS = tuple(range(1, MOST_COLUMNS + 1))
CASE_COLUMNS: Mapping[str, str] = {
    "id": "Case 案例编号",
    "part": "Part 部分",
    "title_en": "Title (English) 英文标题",
    "title_zh": "Title (Chinese) 中文标题",
    "situation_en": "Situation (English) 英文情境",
    "situation_zh": "Situation (Chinese) 中文情境",
    "chart": "Drawn as 图形",
    **{
        f"cell{number}_{code}": f"Cell {number} ({name}) 第 {number} 格（{zh}）"
        for number in CELLS
        for code, name, zh in (("en", "English", "英文"), ("zh", "Chinese", "中文"))
    },
}
# Part of a case → the columns in which its row may say something.
_TITLE = frozenset({"title_en", "title_zh"})
_CELLS = frozenset(name for name in CASE_COLUMNS if name.startswith("cell"))
CASE_PARTS: Mapping[str, frozenset[str]] = {
    CASE: _TITLE | {"situation_en", "situation_zh"},
    TABLE: _TITLE | {"chart"},
    HEADINGS: _CELLS,
    ROW: _CELLS,
}
CASES_EXPLAINED = (
    ("case", "Begins a case: its title and the situation.", "一个案例的开头：标题与情境。"),
    (
        "table",
        "Below its case: a table, with bars or line as a chart too.",
        "写在案例之后：一个表格；填 bars 或 line 时同时画成图。",
    ),
    ("headings", "Below its table: the headings of the columns.", "写在表格之后：各列标题。"),
    (
        "row",
        "Below its headings: a row. What reads the same in both languages is written once.",
        "写在标题之后：一行数据；两种语言相同的内容只写一次。",
    ),
)
