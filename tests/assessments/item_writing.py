"""Ways of writing an item, for tests of the bank's editor and its pages."""

from __future__ import annotations

from typing import Any

from sqlalchemy import func, select

from assessments.bank import Bank
from assessments.bank_rows import Version, find_version
from assessments.banked_items import bank_for
from assessments.item_drafts import PART, Place
from assessments.item_editing import approve_version, begin_item, begin_version, send_to_review, write_value
from core.context import Context
from core.db.assessment_tables import bank_item
from core.db.portal_tables import audit
from tests.assessments.conftest import Portal

TOPIC = "order_processing"
WORDS = {
    "stem": ("Who releases a held order?", "谁解除订单的暂停？"),
    "source": "Handbook 2.4",
    "competency": "2.3",
    "level": "remember",
    "positions": ["O", "P"],
}
OPTIONS = (
    (("The order clerk", "订单专员"), ("They hold the right.", "其拥有该权限。")),
    (("The carrier", "承运商"), ("It only moves parcels.", "只负责运输。")),
    (("The buyer", "买家"), ("They can only ask.", "只能提出请求。")),
    (("Nobody at all", "没有任何人"), ("A hold has an end.", "暂停可以解除。")),
)


def write_single(ctx: Context, version_id: int) -> None:
    """Fills a new single choice in from start to end."""
    for field, value in WORDS.items():
        if isinstance(value, tuple):
            write_prose(ctx, version_id, Place(field), value)
        else:
            write_value(ctx, version_id, Place(field), value)
    for part, (text, reason) in zip(find_version(ctx, version_id).draft["options"], OPTIONS, strict=True):
        write_prose(ctx, version_id, Place("text", "", "options", part[PART]), text)
        write_prose(ctx, version_id, Place("reason", "", "options", part[PART]), reason)


def write_prose(ctx: Context, version_id: int, place: Place, texts: tuple[str, str]) -> None:
    """Writes both languages of a text."""
    for language, text in zip(("en", "zh"), texts, strict=True):
        write_value(ctx, version_id, Place(place.field, language, place.group, place.part), text)


def version(portal: Portal, version_id: int) -> Version:
    """A version as it stands."""
    found = portal.see("tess", find_version, version_id)
    assert isinstance(found, Version)
    return found


def new_single(portal: Portal, login: str = "tess") -> Version:
    """A complete draft of a single choice."""
    version_id = portal.do(login, begin_item, TOPIC, "single")
    portal.do(login, write_single, version_id)
    return version(portal, version_id)


def approved(portal: Portal, version_id: int, writer: str = "tess", reviewer: str = "tom") -> Version:
    """A draft after its review."""
    portal.do(writer, send_to_review, version_id)
    portal.do(reviewer, approve_version, version_id, version(portal, version_id).mark)
    return version(portal, version_id)


def changed(portal: Portal, item_id: str, place: Place, value: Any, login: str = "tess") -> Version:
    """A new draft of an item with one field changed."""
    version_id = portal.do(login, begin_version, item_id)
    portal.do(login, write_value, version_id, place, value)
    return version(portal, version_id)


def bank(portal: Portal, until: int | None = None, topic: str = TOPIC) -> Bank:
    """What is asked of a topic, now or at a moment."""
    found = portal.see("ann", bank_for, [topic], until=until)
    assert isinstance(found, Bank)
    return found


def rows(portal: Portal) -> list[Any]:
    """Every row of items, and how many of the audit log: what a refusal leaves as it was."""
    both = [select(bank_item).order_by(bank_item.c.id), select(func.count()).select_from(audit)]
    return [portal.see("tess", lambda ctx, query=query: ctx.db.execute(query).all()) for query in both]
