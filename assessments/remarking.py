"""Marking again: a finished test replayed against the bank as it is now."""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy import update

from assessments.attempt_rows import attempt_row, note, settings_in
from assessments.attempt_steps import (
    REMARK,
    acts_by_item,
    acts_in,
    append_step,
    fractions_in,
    item_steps,
    last_step,
    marked_by_hand,
    moment_of,
    score_of,
)
from assessments.bank import Generated, Item, question_of
from assessments.banked_items import approved_items
from assessments.behaviours import is_marked, progress_of
from assessments.handout import places_in, question_at, replaced
from assessments.questions import Question, names_shown, view_of
from assessments.tries import FINISHED
from core.context import Context
from core.db.assessment_tables import attempt
from core.domain.errors import RuleViolation

Known = dict[str, tuple[Item, ...]]
"""The versions of items read so far, by id."""


def remark_attempt(ctx: Context, attempt_id: int, known: Known | None = None, only: str | None = None) -> float:
    """Marks a finished test again by replaying its answers against the bank as it is now; gives the new score.

    A question takes over the key of the newest approved version that asks and shows the very same. Each changed
    fraction is a further step; nothing is overwritten in the history, and what was marked by hand stays as it is.
    `known` is handed on where many tests with the same questions are marked again in one go; `only` names the one
    question that is, where the others stay as they are.
    Raises: NotAllowed without `attempts.mark`, since a mark may change; RuleViolation while the test is open.
    """
    ctx.actor.need("attempts.mark")
    row = attempt_row(ctx, attempt_id, lock=True)
    if row.status != FINISHED:
        raise RuleViolation("A test is marked again only after it is finished.")
    known = {} if known is None else known
    handout, mended = row.items, {}
    settings, before = settings_in(row), fractions_in(ctx, attempt_id)
    acts = {only: acts_in(item_steps(ctx, attempt_id, only))} if only else acts_by_item(ctx, attempt_id)
    by_hand, last = marked_by_hand(ctx, attempt_id), last_step(ctx, attempt_id)
    now, number = moment_of(ctx, last), last.number
    for at, place in enumerate(places_in(handout)):
        if only not in (None, place.item_id):
            continue
        handed_out = question_at(handout, at)
        question = _mended(ctx, handed_out, known)
        if question != handed_out:
            mended[at] = question
        mine = acts.get(question.item_id)
        if not mine or question.item_id in by_hand or not is_marked(question, mine[-1].response):
            continue
        fraction = progress_of(settings, question, mine).worth
        if fraction != before.get(question.item_id):
            number += 1
            columns = {"item_id": question.item_id, "fraction": fraction, "actor_id": ctx.actor.person_id}
            append_step(ctx, attempt_id, number, REMARK, now, **columns)
    values: dict[str, object] = {}
    if mended:
        values["items"] = handout = replaced(handout, mended)
    score = score_of(places_in(handout), fractions_in(ctx, attempt_id))
    ctx.db.execute(update(attempt).where(attempt.c.id == attempt_id).values(score=score, **values))
    note(ctx, "test_marked_again", attempt_id, before=round(row.score, 4), after=round(score, 4))
    return score


def _mended(ctx: Context, question: Question, known: Known) -> Question:
    if question.generated:
        return question
    if question.item_id not in known:
        known[question.item_id] = approved_items(ctx, question.item_id)
    for item in known[question.item_id]:
        if isinstance(item.content, Generated) or sorted(names_shown(item.content)) != sorted(question.shown):
            continue
        current = replace(question_of(item), shown=question.shown)
        if _same_view(current, question):
            return current
    return question


def _same_view(current: Question, stored: Question) -> bool:
    try:
        return view_of(current) == view_of(stored)
    except KeyError:  # an option was taken out of the bank or renamed
        return False
