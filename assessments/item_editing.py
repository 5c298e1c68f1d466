"""Editing the item bank: drafts, the review by a second person, and what becomes of versions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from assessments import item_changes, item_drafts
from assessments.bank import KINDS
from assessments.bank_rows import (
    APPROVED,
    DECIDED,
    DISCARDED,
    DRAFT,
    OPEN_STATES,
    RETIRED,
    REVIEW,
    SENT_BACK,
    Version,
    find_version,
    insert_version,
    person_id,
    update_version,
    versions_of,
)
from assessments.banked_items import house_text, read_items, topics
from assessments.case_drafts import copied, is_case, within
from assessments.draft_values import gaps_in, missing_words
from assessments.item_drafts import Draft, Place
from core.context import Context
from core.domain.errors import ContentError, NotAllowed, NotFound, RuleViolation
from core.security.audit import record_deed

LONGEST_NOTE = 1_000


# ---- beginning ---------------------------------------------------------------------------------------------------


def begin_item(ctx: Context, topic: str, kind: str) -> int:
    """Begins a new, empty item as a draft; gives the row of its version.

    Raises: NotAllowed without `bank.write`; NotFound for an unknown topic; RuleViolation for an unknown kind.
    """
    ctx.actor.need("bank.write")
    known_topic(topic)
    if kind not in KINDS:
        raise RuleViolation("There is no kind of question called {kind}.", kind=kind)
    draft = item_drafts.blank_item(kind)
    version_id = insert_version(ctx, "", 1, topic, draft, DRAFT, step="begun")
    return audited(ctx, "item_begun", version_id)


def begin_version(ctx: Context, item_id: str) -> int:
    """Begins a new version of an item or a case as a draft, or goes on with the one there is; gives its row.

    Raises: NotAllowed without `bank.write`; NotFound; RuleViolation for an item that belongs to a case.
    """
    ctx.actor.need("bank.write")
    written = versions_of(ctx, item_id)
    open_one = next((one for one in written if one.state in OPEN_STATES), None)
    if open_one is not None:
        return open_one.id
    topic, draft, number = newest_text(item_id, written)
    version_id = insert_version(ctx, item_id, number + 1, topic, draft, DRAFT, step="begun")
    return audited(ctx, "item_begun", version_id)


def duplicate_item(ctx: Context, item_id: str) -> int:
    """Begins a new item or case with what another one says; gives the row of its version.

    Raises: NotAllowed without `bank.write`; NotFound; RuleViolation for an item that belongs to a case.
    """
    ctx.actor.need("bank.write")
    topic, draft, _ = newest_text(item_id, versions_of(ctx, item_id))
    draft = copied(draft) if is_case(draft) else draft
    version_id = insert_version(ctx, "", 1, topic, draft, DRAFT, step="begun", note=item_id)
    return audited(ctx, "item_begun", version_id, copy_of=item_id)


def newest_text(item_id: str, written: tuple[Version, ...]) -> tuple[str, Draft, int]:
    """Topic and text that an item's next version begins with, and the highest number its versions have.

    Raises: NotFound; RuleViolation for an item that belongs to a case, which is one text with all its items.
    """
    highest = max((one.number for one in written), default=0)
    for states in (DECIDED, OPEN_STATES, (DISCARDED,)):
        for one in written:
            if one.state in states:
                return one.topic, one.draft, highest
    found = house_text(item_id)
    if found is None:
        raise NotFound("There is no question {item} in the bank.", item=item_id)
    topic, draft, number = found
    if draft.get("case"):
        raise RuleViolation("This question belongs to a case, and is changed there.")
    return topic, draft, max(highest, number)


def known_topic(topic: str) -> None:
    """Refuses a topic that has no bank. Raises: NotFound."""
    if topic not in topics():
        raise NotFound("There is no item bank on {topic}.", topic=topic)


# ---- writing -----------------------------------------------------------------------------------------------------


def write_value(ctx: Context, version_id: int, place: Place, value: Any) -> None:
    """Keeps one field of a draft as it is typed.

    Raises: NotAllowed without `bank.write`; RuleViolation once it is under review or decided, or when the value
    doesn't belong there.
    """
    change_draft(ctx, version_id, lambda draft: item_changes.with_value(draft, place, value))


def add_part(ctx: Context, version_id: int, group: str, of: int = 0, *, item: int = 0) -> None:
    """Adds an empty option, pair, step or the like to a draft; `of` is the criterion a level is added to.

    Here and below `item` is the number of an item of a case, 0 for the draft itself. Raises: as `write_value`.
    """
    change_draft(ctx, version_id, lambda draft: item_changes.with_part(draft, group, of), item=item)


def remove_part(ctx: Context, version_id: int, group: str, number: int, *, item: int = 0) -> None:
    """Takes a part out of a draft; `put_back` undoes it until something else is changed. Raises: as `write_value`."""
    change_draft(
        ctx, version_id, lambda draft: item_changes.without_part(draft, group, number), item=item, undoable=True
    )


def put_back(ctx: Context, version_id: int) -> None:
    """Puts the part back that was taken out last. Raises: as `write_value`; RuleViolation when there is none."""

    def before(draft: Draft) -> Draft:
        found = find_version(ctx, version_id).undo
        if found is None:
            raise RuleViolation("The draft was changed since; nothing can be put back.")
        return found

    change_draft(ctx, version_id, before)


def move_part(ctx: Context, version_id: int, group: str, number: int, by: int, *, item: int = 0) -> None:
    """Moves a part of a draft up or down. Raises: as `write_value`."""
    change_draft(ctx, version_id, lambda draft: item_changes.with_part_moved(draft, group, number, by), item=item)


def choose_key(ctx: Context, version_id: int, number: int, *, item: int = 0) -> None:
    """Makes one option of a single choice the right one. Raises: as `write_value`."""
    change_draft(ctx, version_id, lambda draft: item_changes.with_key(draft, number), item=item)


def share_fractions(ctx: Context, version_id: int, right: tuple[int, ...], *, item: int = 0) -> None:
    """Shares the mark of a multiple choice among its right options; the wrong ones together cost as much.

    Raises: as `write_value`; RuleViolation unless some are right and some wrong.
    """

    def shared(draft: Draft) -> Draft:
        if not 0 < len(right) < len(draft["options"]):
            raise RuleViolation("Some options have to be right and some wrong.")
        return item_changes.with_even_fractions(draft, right)

    change_draft(ctx, version_id, shared, item=item)


def change_draft(
    ctx: Context, version_id: int, how: Callable[[Draft], Draft], *, item: int = 0, undoable: bool = False
) -> None:
    """Takes a draft one step further; `how` may raise before anything is written. Raises: as `write_value`."""
    ctx.actor.need("bank.write")
    version = find_version(ctx, version_id, lock=True)
    if not version.is_writable:
        raise RuleViolation("This version can't be changed any more. Begin a new one.")
    draft = within(version.draft, item, how)
    if draft != version.draft:
        before = version.draft if undoable else None
        update_version(ctx, version, state=version.state, step="changed", draft=draft, undo=before)


# ---- review ------------------------------------------------------------------------------------------------------


def send_to_review(ctx: Context, version_id: int) -> None:
    """Hands a draft to a second person. Its text stays as it is until they have decided, or it is taken back.

    Raises: NotAllowed without `bank.write`; RuleViolation naming what is missing or what the reader refuses.
    """
    ctx.actor.need("bank.write")
    version = find_version(ctx, version_id, lock=True)
    if not version.is_writable:
        raise RuleViolation("Only a draft is sent to review.")
    _checked(version)
    update_version(ctx, version, state=REVIEW, step="sent", reviewer_id=None, reviewed_at=None)
    audited(ctx, "item_sent_to_review", version_id)


def take_back(ctx: Context, version_id: int) -> None:
    """Takes a version back from review to write on. Raises: NotAllowed without `bank.write`; RuleViolation."""
    ctx.actor.need("bank.write")
    version = find_version(ctx, version_id, lock=True)
    if version.state != REVIEW:
        raise RuleViolation("This version isn't waiting for review.")
    update_version(ctx, version, state=DRAFT, step="taken_back")
    audited(ctx, "item_taken_back", version_id)


def approve_version(ctx: Context, version_id: int, mark: str) -> None:
    """Approves a version, which is in use from now on; `mark` is that of the text that was read.

    Raises: NotAllowed without `bank.review`, also for whoever wrote on it; RuleViolation when it isn't waiting, or
    was changed since it was read, or when the reader refuses it.
    """
    version = _reviewed(ctx, version_id)
    if version.mark != mark:
        raise RuleViolation("This version was changed since you opened it. Read it again.")
    _checked(version)
    update_version(
        ctx, version, state=APPROVED, step="approved", reviewer_id=person_id(ctx), reviewed_at=ctx.now, note=""
    )
    audited(ctx, "item_approved", version_id)


def send_back(ctx: Context, version_id: int, note: str) -> None:
    """Gives a version back to its author with what is to be mended.

    Raises: NotAllowed without `bank.review`, also for whoever wrote on it; RuleViolation without a note.
    """
    version = _reviewed(ctx, version_id)
    said = _note(note)
    update_version(
        ctx,
        version,
        state=SENT_BACK,
        step="sent_back",
        note=said,
        reviewer_id=person_id(ctx),
        reviewed_at=ctx.now,
    )
    audited(ctx, "item_sent_back", version_id)


def _reviewed(ctx: Context, version_id: int) -> Version:
    ctx.actor.need("bank.review")
    version = find_version(ctx, version_id, lock=True)
    if version.state != REVIEW:
        raise RuleViolation("This version isn't waiting for review.")
    if person_id(ctx) in version.writers:
        raise NotAllowed("Who wrote on a question doesn't review it; a second person does.", right="bank.review")
    return version


def _checked(version: Version) -> None:
    gaps = gaps_in(version.draft)
    if gaps:
        raise RuleViolation("Still missing: {fields}.", fields=missing_words(gaps))
    try:
        read_items(version.draft, version.item_id, version.number)
    except ContentError as error:  # for whoever writes here it is a rule, without a place in any file
        raise RuleViolation(error.template, **error.params) from error


def _note(note: str) -> str:
    said = item_changes.cleaned_text(note).strip()
    if not said:
        raise RuleViolation("Say why in a few words.")
    if len(said) > LONGEST_NOTE:
        raise RuleViolation("A text may be at most {limit} characters long.", limit=LONGEST_NOTE)
    return said


# ---- putting away and bringing back ------------------------------------------------------------------------------


def discard_version(ctx: Context, version_id: int) -> None:
    """Puts a draft away; it can be recovered. Raises: NotAllowed without `bank.write`; RuleViolation."""
    ctx.actor.need("bank.write")
    version = find_version(ctx, version_id, lock=True)
    if not version.is_writable:
        raise RuleViolation("Only a draft is discarded.")
    update_version(ctx, version, state=DISCARDED, step="discarded")
    audited(ctx, "item_discarded", version_id)


def recover_version(ctx: Context, version_id: int) -> None:
    """Brings a discarded draft back.

    Raises: NotAllowed without `bank.write`; RuleViolation when the item has another draft by now.
    """
    ctx.actor.need("bank.write")
    version = find_version(ctx, version_id, lock=True)
    if version.state != DISCARDED:
        raise RuleViolation("Only a discarded draft is recovered.")
    if any(one.state in OPEN_STATES for one in versions_of(ctx, version.item_id)):
        raise RuleViolation("There is another draft of it by now.")
    update_version(ctx, version, state=DRAFT, step="recovered")
    audited(ctx, "item_recovered", version_id)


def retire_item(ctx: Context, item_id: str, note: str) -> None:
    """Takes an item out of use: nobody gets it any more; what was answered stays.

    Raises: NotAllowed without `bank.write`; NotFound; RuleViolation without a reason, or when it isn't in use.
    """
    ctx.actor.need("bank.write")
    said = _note(note)
    version = _in_use(ctx, item_id)
    if version is not None and version.state == RETIRED:
        raise RuleViolation("It is retired already.")
    if version is None:
        topic, draft, number = newest_text(item_id, ())
        version_id = insert_version(ctx, item_id, number, topic, draft, DRAFT, step="begun")
        version = find_version(ctx, version_id)
        update_version(ctx, version, state=RETIRED, step="retired", note=said, reviewed_at=ctx.now)
    else:
        update_version(ctx, version, state=RETIRED, step="retired", note=said)
    audited(ctx, "item_retired", version.id, note=said)


def restore_item(ctx: Context, item_id: str) -> None:
    """Puts a retired item back into use. Raises: NotAllowed without `bank.write`; RuleViolation; NotFound."""
    ctx.actor.need("bank.write")
    version = _in_use(ctx, item_id)
    if version is None or version.state != RETIRED:
        raise RuleViolation("It isn't retired.")
    update_version(ctx, version, state=APPROVED, step="restored")
    audited(ctx, "item_restored", version.id)


def _in_use(ctx: Context, item_id: str) -> Version | None:
    """The newest decided version of an item; None for an item that stands as the house wrote it."""
    written = [one for one in versions_of(ctx, item_id) if one.state in DECIDED]
    if written:
        return find_version(ctx, written[0].id, lock=True)
    newest_text(item_id, ())
    return None


def audited(ctx: Context, kind: str, version_id: int, **data: object) -> int:
    """Keeps in the audit log what was done, with an item or with a case; gives the row of the version."""
    version = find_version(ctx, version_id)
    what = "case" if is_case(version.draft) else "item"
    record_deed(
        ctx,
        kind.replace("item", what, 1),
        subject=f"{what}:{version.item_id}",
        data={"version": version.number, **data},
    )
    return version_id
