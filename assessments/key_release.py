"""Key release: from when whoever took a test sees its answers with their reasons, and nobody takes them along."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row

from assessments.attempt_rows import note, own_row
from assessments.attempt_steps import LAST_TRY, append_step, last_step, moment_of, newest_moment
from assessments.test_definitions import definition_of
from assessments.test_settings import AT_ONCE, BOTH_TAKEN, CLOSED, Settings
from assessments.tries import FINISHED, POST, PRE, Try, gave_up_tries_at, tries_of
from core.context import Context
from core.domain.errors import RuleViolation


@dataclass(frozen=True, slots=True)
class Release:
    """Whether the answers of a finished test are shown to the one who took it.

    Units: `since` is the moment from which they are; where they aren't yet, the moment at which they will be, None
    where that depends on what the person does. Shape: `tries_left` are the further tries that hold them back.
    """

    rule: str
    shown: bool
    since: int | None
    tries_left: int = 0


def release_for(ctx: Context, row: Row[Any]) -> Release:
    """When the answers of a finished attempt are shown to whoever took it, as the test is given now.

    Why now, and not when the attempt began: a trainer who grants a further try holds back what it will ask.
    """
    settings = definition_of(ctx, row.test).settings
    tries = tries_of(ctx, row.person_id, row.test)
    given_up = gave_up_tries_at(ctx, [one.id for one in tries[row.phase]])
    return _release(settings, row.phase, row.finished_at, tries, given_up, newest_moment(ctx))


def _release(
    settings: Settings,
    phase: str,
    finished_at: int,
    tries: Mapping[str, Sequence[Try]],
    given_up_at: int | None,
    now: int,
) -> Release:
    rule, closes_at = settings.keys_shown, settings.closes_at
    if rule == AT_ONCE:
        return Release(rule, True, finished_at)
    if closes_at is not None and now >= closes_at and all(one.finished for one in tries[phase]):
        return Release(rule, True, max(finished_at, closes_at))
    if rule == CLOSED:
        return Release(rule, False, closes_at)
    done_at, left = _done_at(settings, phase, tries, given_up_at)
    if done_at is not None and rule == BOTH_TAKEN and phase == PRE:
        done_at = min((one.finished_at for one in tries[POST] if one.finished_at is not None), default=None)
    if done_at is not None:
        return Release(rule, True, max(finished_at, done_at))
    return Release(rule, False, closes_at, left)


def _done_at(
    settings: Settings, phase: str, tries: Mapping[str, Sequence[Try]], given_up_at: int | None
) -> tuple[int | None, int]:
    """Since when a person can take no further try of a phase, None while they can; and how many they can take."""
    mine = tries[phase]
    open_ones = sum(not one.finished for one in mine)
    left = max(0, settings.tries - len(mine)) + open_ones
    finished_at = max((one.finished_at for one in mine if one.finished_at is not None), default=None)
    if open_ones or finished_at is None:
        return None, left
    if phase == PRE and tries[POST]:
        return finished_at, 0
    if given_up_at is not None:
        return given_up_at, 0
    return (finished_at, 0) if left == 0 else (None, left)


def give_up_tries(ctx: Context, attempt_id: int) -> None:
    """Takes no further try of a test, so that its answers are shown; that can't be taken back.

    Raises: NotAllowed; NotFound for another's attempt; RuleViolation while a try is open.
    """
    ctx.actor.need("tests.take")
    row = own_row(ctx, attempt_id, lock=True)
    mine = tries_of(ctx, row.person_id, row.test)[row.phase]
    if row.status != FINISHED or not all(one.finished for one in mine):
        raise RuleViolation("Finish the try that is open first.")
    latest = mine[-1].id
    if gave_up_tries_at(ctx, [latest]) is not None:
        return
    own_row(ctx, latest, lock=True)
    last = last_step(ctx, latest)
    append_step(ctx, latest, last.number + 1, LAST_TRY, moment_of(ctx, last))
    note(ctx, "tries_given_up", latest, test=row.test, phase=row.phase)
