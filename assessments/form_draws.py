"""Drawing forms: whether the banks have what a blueprint asks for, and who gets which form first."""

from __future__ import annotations

import threading
from collections import Counter, OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import func, select

from assessments.bank import Bank
from assessments.banked_items import bank_for
from assessments.blueprint import Blueprint, Cell
from assessments.forms import FORM_NAMES, Form, draw_forms, form_for, found_for
from core.context import Context
from core.db.assessment_tables import attempt
from core.db.portal_tables import person

if TYPE_CHECKING:
    from assessments.test_definitions import Definition

KEPT_DRAWS = 64
"""How many pairs of forms a process keeps drawn, since drawing an even pair takes many tries."""

_draws: OrderedDict[tuple[object, ...], Mapping[str, Form]] = OrderedDict()
_lock = threading.Lock()


@dataclass(frozen=True, slots=True)
class Filling:
    """What a cell needs for two forms, and how many items the banks have for it."""

    cell: Cell
    wanted: int
    found: int

    @property
    def short(self) -> bool:
        """Whether the banks have too few."""
        return self.found < self.wanted


def drawn(blueprint: Blueprint, bank: Bank) -> Mapping[str, Form]:
    """Two forms from a bank; the same blueprint and items always give the same.

    Raises: ContentError when the banks can't fill the blueprint.
    """
    key = (blueprint, tuple((item.id, item.version, item.competency, item.level, item.kind) for item in bank.items))
    with _lock:
        known = _draws.get(key)
    if known is not None:
        return {name: _of_this(form, bank) for name, form in known.items()}
    forms = draw_forms(blueprint, bank, blueprint.seed)
    with _lock:
        _draws[key] = forms
        while len(_draws) > KEPT_DRAWS:
            _draws.popitem(last=False)
    return forms


def check_fillable(ctx: Context, blueprint: Blueprint) -> Mapping[str, Form]:
    """The forms of a blueprint as they would be drawn now.

    Raises: ContentError naming the cell that the banks can't fill, wanted and found.
    """
    return drawn(blueprint, bank_for(ctx, blueprint.topics))


def fillings_of(bank: Bank, blueprint: Blueprint) -> tuple[Filling, ...]:
    """For each cell what two forms need and what the bank has."""
    return tuple(Filling(cell, len(FORM_NAMES) * cell.count, len(found_for(bank, cell))) for cell in blueprint.cells)


def first_form(ctx: Context, definition: Definition, person_id: int) -> str:
    """Which form a person gets first: of each team half get A, half B, if the test swaps its forms; else A.

    Why: the two halves meet both forms, so that a harder form cancels out of what a team gained.
    """
    if not definition.settings.swapped:
        return FORM_NAMES[0]
    a, p = attempt.c, person.c
    team = select(p.team).where(p.id == person_id).scalar_subquery()
    counts = ctx.db.execute(
        select(a.form, func.count().label("n"))
        .join(person, p.id == a.person_id)
        .where(a.test == definition.test, a.phase == "pre", a.try_number == 1, p.team == team)
        .group_by(a.form)
    )
    return form_for(Counter({row.form: row.n for row in counts}), person_id)


def _of_this(form: Form, bank: Bank) -> Form:
    """A form drawn before, holding the items of this bank."""
    items = {item.id: item for item in bank.items}
    return Form(form.name, tuple(items[item.id] for item in form.items))
