"""Pass marks by Angoff: judges say of each item how many barely competent people would answer it right."""

from __future__ import annotations

import math
import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import select, text

from assessments.bank import Item
from assessments.forms import FORM_NAMES, Form
from assessments.given_forms import given_forms
from assessments.test_definitions import (
    DRAFT,
    Definition,
    definition_of,
    definitions_of,
    judged_as,
    publish_definition,
    save_definition,
)
from core.context import Context
from core.db.assessment_tables import pass_judgement
from core.db.portal_tables import person
from core.domain.errors import RuleViolation
from core.security.audit import record_deed

ROUNDS = (1, 2, 3)
LEAST_JUDGES = 5
"""With fewer judges the mark hangs on who they happen to be.

Source: Cizek & Bunch, Standard Setting, 2007: panels of five and more.
"""

Rates = Mapping[str, float]
_j = pass_judgement.c
_JUDGE = text(
    "INSERT INTO pass_judgement (test, test_version, round, judge_id, item_id, rate, at)"
    " VALUES (:test, :version, :round, :judge, :item, :rate, :at)"
    " ON CONFLICT (test, test_version, round, judge_id, item_id)"
    " DO UPDATE SET rate = excluded.rate, at = excluded.at"
)


@dataclass(frozen=True, slots=True)
class ItemJudgement:
    """What the judges say of one item.

    Units: shares 0..1 of barely competent people who answer it right; `spread` their standard deviation, None for one
    judge alone.
    """

    item_id: str
    form: str
    mean: float
    spread: float | None
    lowest: float
    highest: float


@dataclass(frozen=True, slots=True)
class JudgeResult:
    """One judge who has judged every item, and the pass mark that follows from their word alone. Units: 0..1."""

    judge_id: int
    name: str
    mark: float


@dataclass(frozen=True, slots=True)
class PassMark:
    """What a round comes to.

    Shape: only judges who judged every item count; `items` has those the judges differ most on first.
    Units: marks 0..1 of all marks; `standard_error` of `mark`, None for one judge alone.
    """

    round: int
    judges: tuple[JudgeResult, ...]
    mark: float
    by_form: Mapping[str, float]
    standard_error: float | None
    items: tuple[ItemJudgement, ...]

    @property
    def few(self) -> bool:
        """Whether there are too few judges to rest a decision on."""
        return len(self.judges) < LEAST_JUDGES


@dataclass(frozen=True, slots=True)
class JudgeProgress:
    """How far one judge is in a round."""

    judge_id: int
    name: str
    judged: int


@dataclass(frozen=True, slots=True)
class Judging:
    """A round as one judge sees it.

    Shape: `version` is the first that asked what the test asks now, since a new time limit leaves the estimates as
    they are; `forms` as they are given; `rates` own estimates so far by item; `earlier` means of the round before,
    shown once the judge has finished it; `locked` once they have begun the next round.
    """

    definition: Definition
    version: int
    round: int
    forms: Mapping[str, Form]
    rates: Rates
    earlier: Rates
    judges: tuple[JudgeProgress, ...]
    open: bool
    locked: bool

    @property
    def items(self) -> tuple[Item, ...]:
        """All items, those of form A first."""
        return tuple(item for name in FORM_NAMES for item in self.forms[name].items)

    @property
    def complete(self) -> bool:
        """Whether this judge has judged every item."""
        return all(item.id in self.rates for item in self.items)


def get_judging(ctx: Context, test: str, round_number: int) -> Judging:
    """A round of the version that is given now, with one's own estimates.

    Raises: NotAllowed without `tests.judge`.
    """
    ctx.actor.need("tests.judge")
    definition = definition_of(ctx, test)
    version, forms = judged_as(ctx, definition), given_forms(ctx, definition)
    own = {number: _rates_of(ctx, test, version, number) for number in ROUNDS}
    ids = [item.id for name in FORM_NAMES for item in forms[name].items]
    finished = round_number == ROUNDS[0] or all(item_id in own[round_number - 1] for item_id in ids)
    earlier = {}
    if finished and round_number > ROUNDS[0]:
        found = pass_mark_in(ids, {}, _all_rates(ctx, test, version, round_number - 1), round_number - 1, {})
        earlier = {one.item_id: one.mean for one in found.items} if found is not None else {}
    return Judging(
        definition=definition,
        version=version,
        round=round_number,
        forms=forms,
        rates=own[round_number],
        earlier=earlier,
        judges=_progress(ctx, test, version, round_number, ids),
        open=finished,
        locked=any(own[number] for number in ROUNDS if number > round_number),
    )


def judge_items(ctx: Context, test: str, version: int, round_number: int, rates: Rates) -> int:
    """Keeps a judge's estimates for some items of a round and says how many; they may change their mind within it.

    Raises: NotAllowed; RuleViolation when another version is given by now, the round isn't theirs to judge yet or any
    more, or an estimate can't be.
    """
    ctx.actor.need("tests.judge")
    judging = get_judging(ctx, test, round_number) if round_number in ROUNDS else None
    if judging is None or not judging.open:
        raise RuleViolation("Finish the round before first.")
    if judging.version != version:
        raise RuleViolation("Another version of this test has been published meanwhile. Judge that one.")
    if judging.locked:
        raise RuleViolation("You have begun the next round; the estimates of this one stay as they are.")
    known = {item.id for item in judging.items}
    for item_id, rate in rates.items():
        if item_id not in known:
            raise RuleViolation("The test has no question {item}.", item=item_id)
        if not 0 <= rate <= 1:
            raise RuleViolation("An estimate lies between 0 and 100 of 100 people.")
    changed = {item_id: rate for item_id, rate in rates.items() if judging.rates.get(item_id) != rate}
    if not changed:
        return 0
    common = {"test": test, "version": version, "round": round_number, "judge": ctx.actor.person_id, "at": ctx.now}
    rows = [{**common, "item": item_id, "rate": rate} for item_id, rate in changed.items()]
    ctx.db.execute(_JUDGE, rows)
    return len(rows)


def pass_mark_of(ctx: Context, test: str, round_number: int) -> PassMark | None:
    """What a round of the version that is given now comes to; None while nobody has judged every item.

    Raises: NotAllowed without `tests.judge`; RuleViolation to a judge who hasn't finished the round.
    """
    ctx.actor.need("tests.judge")
    judging = get_judging(ctx, test, round_number)
    if not may_see_result(ctx, judging):
        raise RuleViolation("Judge every question of this round first: no estimate should lean on the others'.")
    names = {one.judge_id: one.name for one in judging.judges}
    forms = {item.id: name for name, form in judging.forms.items() for item in form.items}
    weights = {item.id: item.weight for item in judging.items}
    ids = [item.id for item in judging.items]
    return pass_mark_in(ids, weights, _all_rates(ctx, test, judging.version, round_number), round_number, forms, names)


def may_see_result(ctx: Context, judging: Judging) -> bool:
    """Whether somebody may look at a round's result: who has finished it, or a designer who doesn't judge in it."""
    return judging.complete or (ctx.actor.may("tests.design") and not judging.rates)


def pass_mark_in(
    item_ids: Sequence[str],
    weights: Mapping[str, float],
    rates: Mapping[int, Rates],
    round_number: int,
    forms: Mapping[str, str],
    names: Mapping[int, str] | None = None,
) -> PassMark | None:
    """The pass mark that judges' estimates come to; None while nobody has judged every item.

    Source: Angoff, in Thorndike (ed.), Educational Measurement, 1971: a judge's mark is the expected score of a barely
    competent person, the test's mark the mean over judges; its standard error is their standard deviation / √judges.
    """
    whole = {judge: found for judge, found in rates.items() if all(item_id in found for item_id in item_ids)}
    if not whole or not item_ids:
        return None
    names = names or {}
    marks = {judge: _mean_rate(item_ids, weights, found) for judge, found in whole.items()}
    mark = statistics.fmean(marks.values())
    items = [_judged(item_id, forms.get(item_id, ""), [one[item_id] for one in whole.values()]) for item_id in item_ids]
    by_form = {}
    for name in sorted(set(forms.values())):
        mine = [item_id for item_id in item_ids if forms[item_id] == name]
        by_form[name] = statistics.fmean(_mean_rate(mine, weights, found) for found in whole.values())
    error = statistics.stdev(marks.values()) / math.sqrt(len(marks)) if len(marks) > 1 else None
    return PassMark(
        round=round_number,
        judges=tuple(JudgeResult(judge, names.get(judge, ""), marks[judge]) for judge in sorted(whole)),
        mark=mark,
        by_form=by_form,
        standard_error=error,
        items=tuple(sorted(items, key=lambda one: -(one.spread or 0.0))),
    )


def adopt_pass_mark(ctx: Context, test: str, version: int, round_number: int) -> int:
    """Publishes the test anew with the pass mark that a round came to; gives the new version.

    Raises: NotAllowed without `tests.design`; RuleViolation when nobody has finished the round, other questions are
    asked by now, the mark is the same, or a draft waits that this would pass over.
    """
    ctx.actor.need("tests.design")
    found = pass_mark_of(ctx, test, round_number)
    if found is None:
        raise RuleViolation("Nobody has judged every question in this round yet.")
    newest, given = definitions_of(ctx, test)[0], definition_of(ctx, test)
    if judged_as(ctx, given) != version:
        raise RuleViolation("Another version of this test has been published meanwhile. Judge that one.")
    if newest.state == DRAFT:
        raise RuleViolation(
            "Version {version} is a draft. Publish it, or take the published version up again, first.",
            version=newest.version,
        )
    settings = replace(given.settings, pass_rate=round(found.mark, 3))
    if settings == given.settings:
        raise RuleViolation("The test has this pass mark already.")
    made = save_definition(ctx, test, given.blueprint, settings, base=newest.version)
    publish_definition(ctx, test, made)
    record_deed(
        ctx,
        "pass_mark_adopted",
        subject=f"test:{test}",
        data={"version": made, "judged": version, "round": round_number, "pass_rate": settings.pass_rate},
    )
    return made


def _judged(item_id: str, form: str, rates: list[float]) -> ItemJudgement:
    spread = statistics.stdev(rates) if len(rates) > 1 else None
    return ItemJudgement(item_id, form, statistics.fmean(rates), spread, min(rates), max(rates))


def _mean_rate(item_ids: Sequence[str], weights: Mapping[str, float], rates: Rates) -> float:
    total = sum(weights.get(item_id, 1.0) for item_id in item_ids)
    return sum(weights.get(item_id, 1.0) * rates[item_id] for item_id in item_ids) / total


def _rates_of(ctx: Context, test: str, version: int, round_number: int) -> dict[str, float]:
    assert ctx.actor.person_id is not None
    return _all_rates(ctx, test, version, round_number).get(ctx.actor.person_id, {})


def _all_rates(ctx: Context, test: str, version: int, round_number: int) -> dict[int, dict[str, float]]:
    """Everybody's estimates of a round. Shape: judge → item → share."""
    rows = ctx.db.execute(
        select(_j.judge_id, _j.item_id, _j.rate).where(
            _j.test == test, _j.test_version == version, _j.round == round_number
        )
    )
    found: dict[int, dict[str, float]] = {}
    for judge, item_id, rate in rows:
        found.setdefault(judge, {})[item_id] = rate
    return found


def _progress(
    ctx: Context, test: str, version: int, round_number: int, item_ids: Sequence[str]
) -> tuple[JudgeProgress, ...]:
    rates = _all_rates(ctx, test, version, round_number)
    names = ctx.db.execute(select(person.c.id, person.c.name).where(person.c.id.in_(list(rates))))
    wanted = set(item_ids)
    return tuple(JudgeProgress(one.id, one.name, len(wanted & set(rates[one.id]))) for one in sorted(names))
