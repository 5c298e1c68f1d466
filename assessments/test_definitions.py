"""Definitions: a test as trainers set it up, saved as drafts, published as versions; the house's own until then."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Row, Select, func, select, text, update

from assessments.blueprint import Blueprint, blueprint_data, blueprint_from, blueprint_of
from assessments.form_draws import check_fillable
from assessments.test_settings import BEHAVIOURS, CLOSED, COUNTING, KEYS_SHOWN, Settings
from core.context import Context
from core.db.assessment_tables import attempt, test_definition
from core.db.portal_tables import person
from core.domain.errors import NotFound, RuleViolation
from core.security.audit import record_deed

DRAFT, PUBLISHED = "draft", "published"
STATE_LABELS = {DRAFT: "Draft", PUBLISHED: "Published"}

OWN_VERSION = 0
"""The version of a test that nobody has changed here."""

LONGEST_MINUTES = 480
MOST_TRIES = 10
MOST_TRIES_PER_ITEM = 5

_d = test_definition.c
_INSERT = text(
    "INSERT INTO test_definition (test, version, state, data, author_id, at)"
    " VALUES (:test, :version, :state, :data, :author_id, :at) ON CONFLICT (test, version) DO NOTHING"
)


@dataclass(frozen=True, slots=True)
class Definition:
    """What a test consists of and how it is given.

    Shape: `version` 0 is the house's own; `at` is when it was saved, for a published one when it was published.
    """

    test: str
    version: int
    state: str
    blueprint: Blueprint
    settings: Settings
    at: int = 0
    author: str = ""


def definition_of(ctx: Context, test: str) -> Definition:
    """A test as it is given now: the version published last, or the house's own.

    Raises: ContentError when there is no test of this name.
    """
    own = own_definition(test)
    latest = _rows().where(_d.test == test, _d.state == PUBLISHED).order_by(_d.version.desc()).limit(1)
    row = ctx.db.execute(latest).one_or_none()
    return own if row is None else _definition(row)


def own_definition(test: str) -> Definition:
    """A test as the house has it. Raises: ContentError when there is no test of this name."""
    return Definition(test, OWN_VERSION, PUBLISHED, blueprint_of(test), Settings())


def definitions_of(ctx: Context, test: str) -> tuple[Definition, ...]:
    """Every version of a test, newest first, the house's own at the end.

    Raises: NotAllowed without `tests.design`; ContentError when there is no test of this name.
    """
    ctx.actor.need("tests.design")
    rows = ctx.db.execute(_rows().where(_d.test == test).order_by(_d.version.desc()))
    return (*(_definition(row) for row in rows), own_definition(test))


def judged_as(ctx: Context, definition: Definition) -> int:
    """The version under which a definition's questions are judged: the first that asked as it does, unchanged since.

    Why: publishing a pass mark, a time limit or a window changes nothing about the questions.
    """
    rows = ctx.db.execute(
        _rows()
        .where(_d.test == definition.test, _d.state == PUBLISHED, _d.version < definition.version)
        .order_by(_d.version.desc())
    )
    found = definition
    for earlier in (*(_definition(row) for row in rows), own_definition(definition.test)):
        if earlier.blueprint != definition.blueprint or earlier.version > found.version:
            break
        found = earlier
    return found.version


def open_on_older(ctx: Context, definition: Definition) -> int:
    """How many attempts are open that began on an older version, and keep it."""
    a = attempt.c
    counted = select(func.count()).where(
        a.test == definition.test, a.status == "open", a.test_version < definition.version
    )
    return int(ctx.db.execute(counted).scalar_one())


def save_definition(ctx: Context, test: str, blueprint: Blueprint, settings: Settings, *, base: int) -> int:
    """Keeps a test as a new draft and gives its version; nobody is given it before it is published.

    `base` is the version that was changed. A draft may ask for more than the banks have.
    Raises: NotAllowed; RuleViolation when somebody saved meanwhile, or a setting makes no sense.
    """
    ctx.actor.need("tests.design")
    newest = _newest(ctx, test)
    if newest != base:
        raise RuleViolation(
            "Version {version} was saved meanwhile. Look at it before you change the test.", version=newest
        )
    check_settings(settings)
    blueprint = blueprint_from(test, blueprint_data(replace(blueprint, test=test)))
    data = json.dumps({"blueprint": blueprint_data(blueprint), "settings": settings.as_data()}, ensure_ascii=False)
    version = newest + 1
    row = {
        "test": test,
        "version": version,
        "state": DRAFT,
        "data": data,
        "author_id": ctx.actor.person_id,
        "at": ctx.now,
    }
    if ctx.db.execute(_INSERT, row).rowcount != 1:  # somebody else's transaction was a moment faster
        raise RuleViolation(
            "Version {version} was saved meanwhile. Look at it before you change the test.", version=version
        )
    _audit(ctx, "test_saved", test, version=version)
    return version


def publish_definition(ctx: Context, test: str, version: int) -> None:
    """Gives a draft to everybody who begins the test from now on; who has begun keeps the version they began with.

    Raises: NotAllowed; NotFound; RuleViolation when it isn't the newest draft; ContentError naming the cell that the
    banks can't fill.
    """
    ctx.actor.need("tests.design")
    row = ctx.db.execute(_rows().where(_d.test == test, _d.version == version)).one_or_none()
    if row is None:
        raise NotFound("There is no version {version} of this test.", version=version)
    if row.state != DRAFT or version != _newest(ctx, test):
        raise RuleViolation("Only the draft saved last can be published.")
    check_fillable(ctx, _definition(row).blueprint)
    change = update(test_definition).where(_d.test == test, _d.version == version, _d.state == DRAFT)
    changed = ctx.db.execute(change.values(state=PUBLISHED, at=ctx.now, author_id=ctx.actor.person_id))
    if changed.rowcount != 1:  # somebody else's transaction was a moment faster
        raise RuleViolation("Only the draft saved last can be published.")
    _audit(ctx, "test_published", test, version=version)


def check_settings(settings: Settings) -> None:
    """Refuses settings under which a test can't be given. Raises: RuleViolation naming the first of them."""
    limit, opens, closes = settings.time_limit_minutes, settings.opens_at, settings.closes_at
    if settings.behaviour not in BEHAVIOURS or settings.counting not in COUNTING:
        raise RuleViolation("Choose how the test behaves and which try counts.")
    if settings.keys_shown not in KEYS_SHOWN:
        raise RuleViolation("Choose when the answers are shown.")
    if settings.keys_shown == CLOSED and closes is None:
        raise RuleViolation("Say when the test closes, or show the answers at another moment.")
    if limit is not None and not 1 <= limit <= LONGEST_MINUTES:
        raise RuleViolation("A time limit lies between 1 and {most} minutes.", most=LONGEST_MINUTES)
    if opens is not None and closes is not None and closes <= opens:
        raise RuleViolation("The test would close before it opens.")
    if not 1 <= settings.tries <= MOST_TRIES:
        raise RuleViolation("A test can be tried 1 to {most} times.", most=MOST_TRIES)
    if not 1 <= settings.tries_per_item <= MOST_TRIES_PER_ITEM:
        raise RuleViolation("A question can be tried 1 to {most} times.", most=MOST_TRIES_PER_ITEM)
    if not 0 <= settings.penalty <= 1:
        raise RuleViolation("The penalty per further try lies between 0% and 100% of the mark.")
    if settings.pass_rate is not None and not 0 < settings.pass_rate <= 1:
        raise RuleViolation("The pass mark lies above 0%, and at most at 100%.")


def _newest(ctx: Context, test: str) -> int:
    found = ctx.db.execute(select(func.max(_d.version)).where(_d.test == test)).scalar_one()
    own_definition(test)
    return OWN_VERSION if found is None else int(found)


def _rows() -> Select[Any]:
    return select(test_definition, person.c.name.label("author")).join(person, person.c.id == _d.author_id)


def _definition(row: Row[Any]) -> Definition:
    data = json.loads(row.data)
    return Definition(
        test=row.test,
        version=row.version,
        state=row.state,
        blueprint=blueprint_from(row.test, data["blueprint"]),
        settings=Settings.from_data(data["settings"]),
        at=row.at,
        author=row.author,
    )


def _audit(ctx: Context, kind: str, test: str, **data: object) -> None:
    record_deed(ctx, kind, subject=f"test:{test}", data=data)
