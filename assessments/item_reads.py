"""What the pages of the item bank read: all items, one item with its versions, where it is used, what is lacking."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace

from sqlalchemy import func, select

from assessments.bank import LEVELS, Bank
from assessments.bank_rows import (
    APPROVED,
    DECIDED,
    HOUSE,
    OPEN_STATES,
    REVIEW,
    Version,
    find_version,
    version_of,
    versions_of,
)
from assessments.banked_items import bank_for, case_of_item, house_cases, house_drafts, house_text, topics
from assessments.blueprint import TESTS
from assessments.case_drafts import is_case, item_id_of
from assessments.forms import FORM_NAMES
from assessments.given_forms import given_forms
from assessments.item_drafts import ASKED, ITEMS, Draft
from assessments.item_quality import letters
from assessments.prose import LANGUAGES, Prose
from assessments.test_definitions import definition_of
from core.context import Context
from core.db.assessment_tables import attempt, attempt_step, bank_item
from core.domain.errors import ContentError, NotFound

# What the bank in use asks, worked out once for each of its states, since it is looked up at every field that is left.
_stems: list[tuple[Bank, Mapping[str, str]]] = []
_stems_lock = threading.Lock()


@dataclass(frozen=True, slots=True)
class Entry:
    """An item of the bank as its list shows it.

    Shape: `state` is that of the version in use (HOUSE, APPROVED, RETIRED), empty for one that never was;
    `open_state` that of the version being written or reviewed, empty where there is none; `draft` is the text in use,
    or else the newest one. `case_id` is the case that an item belongs to, whose versions and state are its own.
    """

    item_id: str
    topic: str
    state: str
    open_state: str
    number: int
    draft: Draft
    writers: tuple[int, ...]
    writer: str
    at: int | None
    case_id: str = ""

    @property
    def in_use(self) -> bool:
        """Whether tests may ask it."""
        return self.state in (HOUSE, APPROVED)

    def stem_in(self, language: str) -> str:
        """What is asked, or a case's title, in a language or else in the other one; empty where a model says it."""
        stem = self.draft.get("title" if is_case(self.draft) else "stem") or {}
        other = next((stem[one] for one in LANGUAGES if stem.get(one)), "")
        return str(stem.get(language) or other)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the list is narrowed to; empty fields let everything pass."""

    topic: str = ""
    competency: str = ""
    position: str = ""
    level: str = ""
    kind: str = ""
    state: str = ""
    words: str = ""


@dataclass(frozen=True, slots=True)
class Use:
    """How often an item was answered in one phase of a test."""

    test: str
    phase: str
    answers_count: int


@dataclass(frozen=True, slots=True)
class Asked:
    """A form that holds an item now: the title of its test, and the form's name."""

    title: Prose
    form: str


@dataclass(frozen=True, slots=True)
class ItemSheet:
    """One item with everything known of it; `versions` newest first, the house's own last."""

    item_id: str
    topic: str
    versions: tuple[Version, ...]
    uses: tuple[Use, ...]
    asked: tuple[Asked, ...]

    @property
    def open_version(self) -> Version | None:
        """The version that is being written or reviewed."""
        return next((one for one in self.versions if one.state in OPEN_STATES), None)

    @property
    def used_version(self) -> Version | None:
        """The version in use, or retired last."""
        return next((one for one in self.versions if one.state in (*DECIDED, HOUSE)), None)

    @property
    def answers_count(self) -> int:
        """How often it was answered in all tests."""
        return sum(use.answers_count for use in self.uses)


@dataclass(frozen=True, slots=True)
class CellCount:
    """How many items of a competency and level are in use, and how many the hungriest test still lacks.

    Shape: `test` is the one that lacks most, empty where none does.
    """

    competency: str
    level: str
    items_count: int
    lacking_count: int
    test: str


def _need(ctx: Context) -> None:
    if not ctx.actor.may("bank.review"):
        ctx.actor.need("bank.write")


def entries_in(ctx: Context) -> tuple[Entry, ...]:
    """Every item of the bank: first what is being written or reviewed, then what was changed last, then all others.

    Raises: NotAllowed without `bank.write` or `bank.review`.
    """
    return items_and_cases(ctx)[0]


def items_and_cases(ctx: Context) -> tuple[tuple[Entry, ...], tuple[Entry, ...]]:
    """Every item of the bank, those of cases among them, and every case; both in the order of `entries_in`.

    Raises: NotAllowed without `bank.write` or `bank.review`.
    """
    _need(ctx)
    written: dict[str, list[Version]] = {}
    for row in ctx.db.execute(select(bank_item).order_by(bank_item.c.version.desc())):
        written.setdefault(row.item_id, []).append(version_of(row))
    items, cases = [], []
    for topic in topics():
        for case_id, draft in house_cases(topic).items():
            cases.append(_entry(case_id, topic, written.pop(case_id, []), draft))
        for item_id, table in house_drafts(topic).items():
            if "case" not in table:
                items.append(_entry(item_id, topic, written.pop(item_id, []), table))
    own = sorted(written.items(), key=lambda pair: -max(one.at for one in pair[1]))
    for item_id, versions in own:
        entry = _entry(item_id, versions[0].topic, versions, None)
        (cases if is_case(entry.draft) else items).append(entry)
    items += [item for case in cases for item in _items_of(case)]
    return _in_order(items), _in_order(cases)


def _in_order(entries: Iterable[Entry]) -> tuple[Entry, ...]:
    return tuple(sorted(entries, key=lambda entry: (not entry.open_state, -(entry.at or 0))))


def _items_of(case: Entry) -> Iterator[Entry]:
    """The items of a case, each with the case's state."""
    for item in case.draft.get(ITEMS, ()):
        kind = "generated" if item["kind"] == ASKED else item["kind"]
        yield replace(
            case,
            item_id=item_id_of(case.item_id, item),
            draft={**item, "kind": kind, "case": case.item_id},
            case_id=case.item_id,
        )


def _entry(item_id: str, topic: str, written: Sequence[Version], house: Draft | None) -> Entry:
    used = next((one for one in written if one.state in DECIDED), None)
    open_one = next((one for one in written if one.state in OPEN_STATES), None)
    newest = open_one or used or (written[0] if written else None)
    shown = used or (None if house is not None else newest)
    state = used.state if used is not None else HOUSE if house is not None else ""
    if house is None and used is None and open_one is None:
        state = written[0].state
    return Entry(
        item_id=item_id,
        topic=topic,
        state=state,
        open_state=open_one.state if open_one is not None else "",
        number=shown.number if shown is not None else int((house or {}).get("version", 1)),
        draft=shown.draft if shown is not None else (house or {}),
        writers=open_one.writers if open_one is not None else (),
        writer=newest.log[-1].name if newest is not None else "",
        at=newest.at if newest is not None else None,
    )


def narrowed(entries: Iterable[Entry], wanted: Wanted) -> tuple[Entry, ...]:
    """The entries that fit what is wanted; words are looked for in both languages and in the id."""
    words = wanted.words.casefold().split()

    def fits(entry: Entry) -> bool:
        draft = entry.draft
        return (
            wanted.topic in ("", entry.topic)
            and wanted.competency in ("", draft.get("competency"))
            and (not wanted.position or wanted.position in draft.get("positions", ()))
            and wanted.level in ("", draft.get("level"))
            and wanted.kind in ("", draft.get("kind"))
            and (wanted.state in ("", entry.state, entry.open_state) or (wanted.state == HOUSE and entry.in_use))
            and (not words or all(word in _searched(entry) for word in words))
        )

    return tuple(entry for entry in entries if fits(entry))


def _searched(entry: Entry) -> str:
    texts = [entry.item_id, str(entry.draft.get("source", ""))]
    stack: list[object] = [entry.draft]
    while stack:
        one = stack.pop()
        if isinstance(one, dict):
            texts += [str(text) for name, text in one.items() if name in LANGUAGES or name == "pattern"]
            stack += [part for part in one.values() if isinstance(part, dict | list)]
        elif isinstance(one, list):
            stack += one
    return "\n".join(texts).casefold()


def waiting_for(ctx: Context, entries: Iterable[Entry]) -> tuple[Entry, ...]:
    """What waits for this person's review: not written by them, and a case as a whole."""
    if not ctx.actor.may("bank.review"):
        return ()
    return tuple(
        entry
        for entry in entries
        if entry.open_state == REVIEW and not entry.case_id and ctx.actor.person_id not in entry.writers
    )


def coverage_of(ctx: Context, entries: Iterable[Entry]) -> tuple[CellCount, ...]:
    """Items in use by competency and level, and what the tests lack to fill both their forms.

    Items of a case are counted, but fill no cell: they come only with their case.
    """
    used = [entry for entry in entries if entry.in_use]
    have: Counter[tuple[str, str]] = Counter(_cell(entry) for entry in used)
    lacking: dict[tuple[str, str], tuple[int, str]] = {}
    for test in TESTS:
        blueprint = definition_of(ctx, test).blueprint
        fit = Counter(_cell(entry) for entry in used if entry.topic in blueprint.topics and not entry.case_id)
        for cell in blueprint.cells:
            key = (cell.competency, cell.level)
            short = len(FORM_NAMES) * cell.count - fit[key]
            lacking[key] = max(lacking.get(key, (0, "")), (max(0, short), test if short > 0 else ""))
    order = {level: place for place, level in enumerate(LEVELS)}
    cells = sorted(set(have) | set(lacking), key=lambda cell: (cell[0], order.get(cell[1], len(order))))
    return tuple(CellCount(*cell, have[cell], *lacking.get(cell, (0, ""))) for cell in cells)


def _cell(entry: Entry) -> tuple[str, str]:
    return str(entry.draft.get("competency")), str(entry.draft.get("level"))


def get_item(ctx: Context, item_id: str) -> ItemSheet:
    """One item, or one case, with its versions and where it was answered.

    Raises: NotAllowed without `bank.write` or `bank.review`; NotFound.
    """
    _need(ctx)
    versions, house = versions_of(ctx, item_id), house_text(item_id)
    if house is not None:
        topic, draft, number = house
        if all(one.number != number for one in versions):
            versions = (*versions, _house_version(item_id, number, topic, draft))
    elif not versions:
        raise NotFound("There is no question {item} in the bank.", item=item_id)
    own_topic = house[0] if house is not None else versions[0].topic
    ids = {item_id}
    for version in versions:
        ids |= {item_id_of(item_id, item) for item in version.draft.get(ITEMS, ())}
    return ItemSheet(item_id, own_topic, versions, _uses_of(ctx, ids), _asked(ctx, ids, own_topic))


def find_case_of(ctx: Context, item_id: str) -> str:
    """The id of the case that an item belongs to, or that it is; empty for one that is asked alone.

    Raises: NotAllowed without `bank.write` or `bank.review`.
    """
    _need(ctx)
    house = house_text(item_id)
    if any(is_case(draft) for draft in ([house[1]] if house else [one.draft for one in versions_of(ctx, item_id)])):
        return item_id
    return case_of_item(ctx, item_id)


def item_of_version(ctx: Context, version_id: int) -> str:
    """The id of the item that a version belongs to. Raises: as `get_item`."""
    _need(ctx)
    return find_version(ctx, version_id).item_id


def _house_version(item_id: str, number: int, topic: str, draft: Draft) -> Version:
    return Version(
        id=0,
        item_id=item_id,
        number=number,
        topic=topic,
        state=HOUSE,
        draft=draft,
        author_id=0,
        at=0,
        writers=(),
        reviewer_id=None,
        reviewed_at=None,
        note="",
        origin="",
        log=(),
    )


def _uses_of(ctx: Context, ids: Collection[str]) -> tuple[Use, ...]:
    answers = (
        select(attempt.c.test, attempt.c.phase, func.count(attempt.c.id.distinct()).label("n"))
        .join(attempt_step, attempt_step.c.attempt_id == attempt.c.id)
        .where(attempt_step.c.item_id.in_(ids), attempt_step.c.response.is_not(None))
        .group_by(attempt.c.test, attempt.c.phase)
        .order_by(attempt.c.test, attempt.c.phase.desc())
    )
    return tuple(Use(row.test, row.phase, row.n) for row in ctx.db.execute(answers))


def _asked(ctx: Context, ids: Collection[str], topic: str) -> tuple[Asked, ...]:
    """The forms that hold one of these items now; a test whose forms can't be filled asks nothing."""
    found = []
    for definition in (definition_of(ctx, test) for test in TESTS):
        if topic in definition.blueprint.topics:
            with suppress(ContentError):
                forms = given_forms(ctx, definition)
                names = [name for name, form in forms.items() if any(item.id in ids for item in form.items)]
                found += [Asked(definition.blueprint.title, name) for name in names]
    return tuple(found)


def known_stems(ctx: Context) -> Mapping[str, str]:
    """What the items in use ask, as `item_quality.hints_about` compares it.

    Raises: NotAllowed without `bank.write` or `bank.review`.
    """
    _need(ctx)
    bank = bank_for(ctx, tuple(topics()))
    with _stems_lock:
        if not _stems or _stems[0][0] is not bank:
            found = {}
            for item in bank.items:
                if item.stem is not None:
                    found.update({letters(text): item.id for text in (item.stem.en, item.stem.zh)})
            _stems[:] = [(bank, found)]
        return _stems[0][1]
