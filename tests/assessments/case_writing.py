"""Ways of writing a case, for tests of the bank's editor and its pages."""

from __future__ import annotations

from typing import Any

from assessments.bank_rows import Version, find_version
from assessments.case_editing import add_item, begin_case
from assessments.item_drafts import ITEMS, PART, Place
from assessments.item_editing import add_part, begin_version, write_value
from core.context import Context
from tests.assessments.conftest import Portal
from tests.assessments.item_writing import OPTIONS, TOPIC, WORDS, version

TITLE = ("Parcels of a week", "一周的包裹")
SITUATION = ("The table shows what the depot sent.", "表中为该仓库的发货量。")
CELLS = [
    [{"en": "Day", "zh": "日期"}, {"en": "Parcels", "zh": "包裹数"}],
    [{"en": "Monday", "zh": "周一"}, {"en": "120", "zh": ""}],
    [{"en": "Tuesday", "zh": "周二"}, {"en": "80", "zh": ""}],
]
HEAD = {name: WORDS[name] for name in ("source", "competency", "level", "positions")}


def write_prose(ctx: Context, version_id: int, place: Place, texts: tuple[str, str]) -> None:
    """Writes both languages of a text, also in an item of a case."""
    for language, text in zip(("en", "zh"), texts, strict=True):
        write_value(ctx, version_id, Place(place.field, language, place.group, place.part, place.item), text)


def write_case(ctx: Context, version_id: int) -> None:
    """Fills a new case in from start to end: a table drawn as bars, a single choice and a number."""
    write_prose(ctx, version_id, Place("title"), TITLE)
    write_prose(ctx, version_id, Place("situation"), SITUATION)
    add_part(ctx, version_id, "exhibits")
    write_prose(ctx, version_id, Place("title", "", "exhibits", 1), ("Parcels by day", "每日包裹"))
    write_value(ctx, version_id, Place("chart", "", "exhibits", 1), "bars")
    write_value(ctx, version_id, Place("cells", "", "exhibits", 1), CELLS)
    for kind in ("single", "numeric"):
        add_item(ctx, version_id, kind)
    single, numeric = find_version(ctx, version_id).draft[ITEMS]
    for item, stem in ((single, ("On which day did most leave?", "哪天最多？")), (numeric, ("How many?", "共多少？"))):
        number = item[PART]
        write_prose(ctx, version_id, Place("stem", "", "", 0, number), stem)
        for field, value in HEAD.items():
            write_value(ctx, version_id, Place(field, "", "", 0, number), value)
    for part, (text, reason) in zip(single["options"], OPTIONS, strict=True):
        write_prose(ctx, version_id, Place("text", "", "options", part[PART], single[PART]), text)
        write_prose(ctx, version_id, Place("reason", "", "options", part[PART], single[PART]), reason)
    write_value(ctx, version_id, Place("answer", "", "", 0, numeric[PART]), 200)
    write_prose(ctx, version_id, Place("reason", "", "", 0, numeric[PART]), ("120 + 80.", "120 加 80。"))


def new_case(portal: Portal, login: str = "tess") -> Version:
    """A complete draft of a case written by hand."""
    version_id = portal.do(login, begin_case, TOPIC)
    portal.do(login, write_case, version_id)
    return version(portal, version_id)


def new_model_case(portal: Portal, model: str = "desk_queue", login: str = "tess", topic: str = TOPIC) -> Version:
    """A complete draft of a case of a model, with all of its questions."""
    version_id = portal.do(login, begin_case, topic, model)
    portal.do(login, write_prose, version_id, Place("title"), TITLE)
    for item in version(portal, version_id).draft[ITEMS]:
        for field, value in HEAD.items():
            portal.do(login, write_value, version_id, Place(field, "", "", 0, item[PART]), value)
    return version(portal, version_id)


def changed_case(portal: Portal, case_id: str, place: Place, value: Any, login: str = "tess") -> Version:
    """A new draft of a case with one field changed."""
    version_id = portal.do(login, begin_version, case_id)
    portal.do(login, write_value, version_id, place, value)
    return version(portal, version_id)
