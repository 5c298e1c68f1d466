"""Editing cases: begun by hand or from a model, with items that come, go and change places in one draft."""

from __future__ import annotations

from assessments import case_drafts
from assessments.bank_rows import DRAFT, insert_version
from assessments.item_editing import audited, change_draft, known_topic
from core.context import Context


def begin_case(ctx: Context, topic: str, model: str = "") -> int:
    """Begins a new case as a draft: an empty one, or one with every question of a model; gives the row of its version.

    Raises: NotAllowed without `bank.write`; NotFound for an unknown topic; RuleViolation for an unknown model.
    """
    ctx.actor.need("bank.write")
    known_topic(topic)
    draft = case_drafts.blank_case(model)
    version_id = insert_version(ctx, "", 1, topic, draft, DRAFT, step="begun")
    return audited(ctx, "item_begun", version_id)


def add_item(ctx: Context, version_id: int, kind: str, ask: str = "") -> None:
    """Adds an empty item of a kind to a case, or one that asks a question of its model.

    Raises: as `item_editing.write_value`; RuleViolation for what such a case can't ask.
    """
    change_draft(ctx, version_id, lambda draft: case_drafts.with_item(draft, kind, ask))


def remove_item(ctx: Context, version_id: int, number: int) -> None:
    """Takes an item out of a case; `item_editing.put_back` undoes it until something else is changed.

    Raises: as `item_editing.write_value`.
    """
    change_draft(ctx, version_id, lambda draft: case_drafts.without_item(draft, number), undoable=True)


def move_item(ctx: Context, version_id: int, number: int, by: int) -> None:
    """Moves an item of a case up or down. Raises: as `item_editing.write_value`."""
    change_draft(ctx, version_id, lambda draft: case_drafts.with_item_moved(draft, number, by))
