"""Forms as they are given now: drawn once per published version of a test, then kept true to the bank in use."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from zlib import crc32

from assessments.bank import Bank, Item
from assessments.banked_items import bank_for
from assessments.blueprint import Cell
from assessments.form_draws import drawn
from assessments.forms import Form, found_for
from assessments.test_definitions import Definition
from core.context import Context


def given_forms(ctx: Context, definition: Definition, seen: Collection[str] = ()) -> Mapping[str, Form]:
    """Both forms of a test as somebody who begins it now gets them.

    Which items they hold is drawn from the bank as it was when the test was published, so that a class gets the same
    ones before and after somebody approves a question. Each is given in its newest version; one that is retired, or
    asks about something else by now, is replaced by a spare of its cell, or left out where there is none. `seen` are
    items the person had in their other test; they are replaced where that can be done. A case is given as a whole.
    Raises: ContentError when the bank can't fill the blueprint.
    """
    topics = definition.blueprint.topics
    # The house's own version came before everything that was written here.
    drawn_from, bank = bank_for(ctx, topics, until=definition.at), bank_for(ctx, topics)
    pair = drawn(definition.blueprint, drawn_from)
    used = {item.id for form in pair.values() for item in form.items} | set(seen)
    cases = {item.case.id for form in pair.values() for item in form.items if item.case is not None}
    forms = {}
    for name, form in pair.items():
        items: list[Item] = []
        begun: set[str] = set()
        for item in form.items:
            if item.case is not None:
                if item.case.id not in begun:
                    begun.add(item.case.id)
                    items += _case_given(item.case.id, drawn_from, bank, cases, seen)
                continue
            fitting = _fitting(item, bank)
            if fitting is None or fitting.id in seen:
                fitting = _spare(item, bank, drawn_from, used) or fitting
            if fitting is not None:
                used.add(fitting.id)
                items.append(fitting)
        forms[name] = Form(name, tuple(items))
    return forms


def _case_given(case_id: str, drawn_from: Bank, bank: Bank, cases: set[str], seen: Collection[str]) -> tuple[Item, ...]:
    """The items of a case in its newest version; of a spare one as long where it is retired, or was seen already."""
    sets, wanted = bank.case_sets, len(drawn_from.case_sets[case_id])
    current = sets.get(case_id, ())
    if current and not any(item.id in seen for item in current):
        return current
    spares = [one for one, items in sets.items() if one not in cases and len(items) == wanted]
    spares = [one for one in spares if not any(item.id in seen for item in sets[one])]
    chosen = min(
        spares,
        key=lambda one: (one not in drawn_from.case_sets, crc32(f"{case_id} {one}".encode())),
        default=None,
    )
    if chosen is None:
        return current
    cases.add(chosen)
    return sets[chosen]


def _fitting(item: Item, bank: Bank) -> Item | None:
    """The item's version in use, if there is one and it still asks what its cell wants."""
    current = bank.item(item.id)
    if current is None or (current.competency, current.level) != (item.competency, item.level):
        return None
    return current


def _spare(item: Item, bank: Bank, drawn_from: Bank, used: Collection[str]) -> Item | None:
    """An item for the place of another: of its cell and best of its kind, one that was there before the newer ones.

    Why by a check sum: everybody's form gets the same one, and another retirement doesn't change it.
    """
    spares = [one for one in found_for(bank, Cell(item.competency, item.level, 1)) if one.id not in used]
    return min(
        spares,
        key=lambda one: (
            one.kind != item.kind,
            drawn_from.item(one.id) is None,
            crc32(f"{item.id} {one.id}".encode()),
        ),
        default=None,
    )
