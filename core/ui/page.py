"""What a page may do: read, hand a command over, remember a form's key, say what happened, change the world."""

from __future__ import annotations

import json
import time
import uuid
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, TypeVar

import streamlit as st
from sqlalchemy import Connection, Engine, Table, insert, select, update
from sqlalchemy.exc import IntegrityError

from core.context import Actor, Context, World
from core.db.engines import reader, run
from core.db.group_commit import write_together
from core.db.portal_tables import portal_command_key, practice_world
from core.db.world_tables import command_key
from core.db.worlds import practice_now, world_of
from core.domain.errors import DoubleSubmit, NotAllowed, NotFound, OrderlyError
from core.domain.rights import PRACTICE_RIGHTS, rights_of
from core.portal.preferences import set_preference
from core.security.audit import record_audit
from core.security.sessions import SignedIn, find_session
from core.ui.databases import databases, practice_files, wall_clock
from core.ui.i18n import translate_error
from core.ui.streamlit_turns import turns

T = TypeVar("T")
PORTAL = World("portal", "portal")
LIVE = World("live", "live")
_DOUBLE_CLICK = 0.6  # seconds in which a second click on the same form is the same click


class SignedOut(Exception):
    """The session behind this page has ended; the frame says so and offers the way back."""


@dataclass(frozen=True, slots=True)
class Field:
    """The value that a widget will have when its form is sent; `otherwise` where it is empty."""

    key: str
    otherwise: Any = None


def field(key: str, otherwise: Any = None) -> Any:
    """Stands for a widget's value in a command's arguments; it is read when the command runs.

    `otherwise` is what an empty widget means: a number field that was cleared has no value.
    """
    return Field(key, otherwise)


# ---- who ------------------------------------------------------------------------------------------------------


def person() -> SignedIn:
    """Who is looking at this page. Raises: SignedOut when their session has ended or they were disabled."""
    cached: tuple[float, SignedIn] | None = st.session_state.get("_person")
    if cached and time.monotonic() - cached[0] < 1.0 and cached[1].id == _session_id():
        return cached[1]
    return check_person()


def check_person() -> SignedIn:
    """Looks the session up again, as every run begins with. Raises: SignedOut."""
    with reader(databases().portal) as db:
        found = find_session(db, _session_id(), wall_clock())
    if found is None:
        st.session_state.pop("_person", None)
        raise SignedOut
    st.session_state["_person"] = (time.monotonic(), found)
    return found


def _session_id() -> str:
    return str(st.user.get("session") or "")


def actor() -> Actor:
    """Who asks, with the rights they carry in the world they are in."""
    who = person()
    rights = rights_of(who.role, who.position)
    if current_world().kind == "practice" and "practice.use" in rights:
        rights = rights | PRACTICE_RIGHTS
    return Actor(who.person_id, who.name, who.role, who.position, rights)


def portal_actor() -> Actor:
    """Who asks, with the rights they carry outside any practice world."""
    who = person()
    return Actor(who.person_id, who.name, who.role, who.position, rights_of(who.role, who.position))


# ---- where ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Place:
    """A world that can be spoken to: its engine, and what its clock shows."""

    world: World
    engine: Engine
    started_at: int | None = None

    def context(self, db: Connection, who: Actor) -> Context:
        now = wall_clock()
        if self.world.kind == "portal":
            return Context(db, who, now, self.world)
        world = world_of(db, self.world.kind, self.world.id)
        if self.started_at is not None:
            now = practice_now(db, self.started_at, now)
        return Context(db, who, now, world)


def current_world() -> World:
    """The world this page works on: live, or the practice world the person has entered."""
    practice_id = st.session_state.get("_practice")
    return World("practice", practice_id) if practice_id else LIVE


def current_exercise() -> str | None:
    """The exercise whose practice world the person is in, or None in the live world."""
    practice_id = st.session_state.get("_practice")
    return None if practice_id is None else _practice_row(practice_id).exercise


def practice_title(language: str) -> str:
    """What the banner calls the practice world the person is in: its exercise's title where it was said."""
    titles: dict[str, str] = st.session_state.get("_practice_title") or {}
    return titles.get(language) or current_exercise() or ""


def enter_world(practice_id: str, title: Mapping[str, str] | None = None) -> None:
    """Moves the person into one of their own practice worlds, until they leave it.

    `title` is what the banner calls it. Shape: language → text. Raises: NotFound; NotAllowed.
    """
    portal_actor().need("practice.use")
    _practice_row(practice_id)
    st.session_state["_practice"] = practice_id
    st.session_state["_practice_title"] = dict(title or {})
    portal_write(set_preference, "practice", json.dumps({"id": practice_id, "title": dict(title or {})}))


def leave_world() -> None:
    """Moves the person back to the live world; also a button's callback."""
    st.session_state.pop("_practice", None)
    st.session_state.pop("_practice_title", None)
    with suppress(SignedOut):  # the run that follows says so
        portal_write(set_preference, "practice", "-")


def _practice_row(practice_id: str) -> Any:
    query = select(practice_world.c.file, practice_world.c.started_at, practice_world.c.exercise).where(
        practice_world.c.id == practice_id, practice_world.c.person_id == person().person_id
    )
    with reader(databases().portal) as db:
        row = db.execute(query).one_or_none()
    if row is None:
        raise NotFound("The practice world isn't here any more.")
    return row


def _place() -> _Place:
    world = current_world()
    if world.kind == "live":
        return _Place(world, databases().live)
    row = _practice_row(world.id)
    return _Place(world, practice_files().engine(row.file), row.started_at)


def _portal_place() -> _Place:
    return _Place(PORTAL, databases().portal)


# ---- reading --------------------------------------------------------------------------------------------------


def read(work: Callable[..., T], /, *args: Any, **kwargs: Any) -> T:
    """What a service reads in the world the person is in: `work(ctx, *args, **kwargs)`."""
    return _read(_place(), actor(), work, args, kwargs)


def portal_read(work: Callable[..., T], /, *args: Any, **kwargs: Any) -> T:
    """What a service reads in the portal."""
    return _read(_portal_place(), portal_actor(), work, args, kwargs)


def reading(work: Callable[..., T], /, *args: Any, portal: bool = False, **kwargs: Any) -> Callable[[], T]:
    """A read for later, when no script runs: a file that is made when it is asked for. Raises then: SignedOut.

    World (or the portal) and rights are those of now; that the session still stands is looked up again.
    """
    place, who = (_portal_place(), portal_actor()) if portal else (_place(), actor())
    session_id = _session_id()

    def later() -> T:
        with reader(databases().portal) as db:
            if find_session(db, session_id, wall_clock()) is None:
                raise SignedOut
        return _read(place, who, work, args, kwargs)

    return later


def errand() -> tuple[World, Engine, Callable[[Connection], Context]]:
    """For work that goes on behind the page: the world the person is in, its engine, and contexts of theirs in it."""
    place, who = _place(), actor()
    return place.world, place.engine, lambda db: place.context(db, who)


def _read(place: _Place, who: Actor, work: Callable[..., T], args: Any, kwargs: Any) -> T:
    with reader(place.engine) as db:
        return work(place.context(db, who), *args, **kwargs)


# ---- commands -------------------------------------------------------------------------------------------------


def command(work: Callable[..., Any], /, *args: Any, form_key: str, done: str = "", **kwargs: Any) -> None:
    """A button's callback: one service call in one transaction of the world the person is in.

    `form_key` comes from `form_key(name)`; `done` is said afterwards, already translated. A refusal is said
    instead and nothing is written. Arguments may be `field("widget key")`. The result is kept for `result(name)`.
    """
    _command(_place, actor, command_key, work, args, kwargs, form_key, done)


def writing(work: Callable[..., T], /, *, portal: bool = False) -> Callable[..., T]:
    """A command for a thread that goes on by itself: each call is one transaction. Raises then: SignedOut.

    World (or the portal) and rights are those of now; that the session still stands is looked up again at every call.
    """
    place, who = (_portal_place(), portal_actor()) if portal else (_place(), actor())
    session_id = _session_id()

    def later(*args: Any, **kwargs: Any) -> T:
        with reader(databases().portal) as db:
            if find_session(db, session_id, wall_clock()) is None:
                raise SignedOut
        outcome = run(place.engine, lambda db: work(place.context(db, who), *args, **kwargs))
        if place.world.kind == "practice":
            _note_practice(place.world.id)
        return outcome

    return later


def portal_command(work: Callable[..., Any], /, *args: Any, form_key: str, done: str = "", **kwargs: Any) -> None:
    """A button's callback: one service call in one transaction of the portal; see `command`."""
    _command(_portal_place, portal_actor, portal_command_key, work, args, kwargs, form_key, done)


def portal_write(work: Callable[..., T], /, *args: Any, **kwargs: Any) -> T:
    """One small write in the portal that may be repeated without harm (a preference, an answer saved again)."""
    place, who = _portal_place(), portal_actor()
    with turns().aside():
        return write_together(place.engine, lambda db: work(place.context(db, who), *args, **kwargs))


def form_key(name: str) -> str:
    """The key that the form called `name` carries until its command is done; the database keeps it unique."""
    kept = st.session_state.setdefault("_form_keys", {})
    return str(kept.setdefault(name, f"{name}:{uuid.uuid4().hex}"))


def result(name: str) -> Any:
    """What the last command of the form called `name` returned, once; None when there is nothing to tell."""
    return st.session_state.get("_results", {}).pop(name, None)


def _command(
    find: Callable[[], _Place],
    who: Callable[[], Actor],
    table: Table,
    work: Callable[..., Any],
    args: tuple[Any, ...],
    kwargs: dict[str, Any],
    key: str,
    done: str,
) -> None:
    name = key.rpartition(":")[0]
    values = [_resolve(value) for value in args]
    named = {label: _resolve(value) for label, value in kwargs.items()}
    asked = _fingerprint(work, values, named)
    finished: dict[str, tuple[float, str]] = st.session_state.setdefault("_finished", {})
    at, before = finished.get(name, (-9.0, ""))
    if before == asked and time.monotonic() - at < _DOUBLE_CLICK:
        return  # the second half of a double click, on the form as it was drawn again
    try:
        place, asker = find(), who()
        with turns().aside():
            outcome = run(place.engine, lambda db: _once(place, asker, db, table, key, work, values, named))
    except SignedOut:
        return  # the run that follows says so
    except DoubleSubmit:
        outcome = None  # carried out already: the first result stands
    except OrderlyError as error:
        if isinstance(error, NotAllowed):
            audit_refusal(error)
        flash(translate_error(error), "error")
        return
    else:
        st.session_state.setdefault("_results", {})[name] = outcome
        if place.world.kind == "practice":
            _note_practice(place.world.id)
    finished[name] = time.monotonic(), asked
    st.session_state.get("_form_keys", {}).pop(name, None)
    if done:
        flash(done)


def _once(
    place: _Place,
    who: Actor,
    db: Connection,
    table: Table,
    key: str,
    work: Callable[..., Any],
    args: list[Any],
    kwargs: dict[str, Any],
) -> Any:
    """Carries the command out and keeps its form's key, in one transaction. Raises: DoubleSubmit."""
    ctx = place.context(db, who)
    try:
        with db.begin_nested():
            db.execute(insert(table).values(key=key, at=ctx.now, actor=who.name))
    except IntegrityError as error:
        raise DoubleSubmit("This was done already.") from error
    outcome = work(ctx, *args, **kwargs)
    db.execute(update(table).where(table.c.key == key).values(result=_as_json(outcome)))
    return outcome


def _resolve(value: Any) -> Any:
    """A widget's value where one is meant; a NUL, which PostgreSQL can't store, becomes a visible replacement sign."""
    if not isinstance(value, Field):
        return value
    typed = st.session_state.get(value.key)
    if typed is None:
        return value.otherwise
    return typed.replace("\x00", "\ufffd") if isinstance(typed, str) else typed


def _fingerprint(work: Callable[..., Any], values: list[Any], named: dict[str, Any]) -> str:
    """What a command was asked to do, short enough to compare: a double click asks for the very same."""
    said = [value if isinstance(value, str | int | float | None) else id(value) for value in [*values, *named.values()]]
    return f"{work.__module__}.{work.__qualname__}{said}"


def _as_json(outcome: Any) -> str:
    try:
        return json.dumps(outcome, ensure_ascii=False)[:2000]
    except TypeError:
        return ""


def _note_practice(practice_id: str) -> None:
    """Notes when a practice world was last worked in, so that a snapshot of it is kept."""
    change = update(practice_world).where(practice_world.c.id == practice_id).values(command_at=wall_clock())
    run(databases().portal, lambda db: db.execute(change))


def audit_refusal(error: NotAllowed) -> None:
    """Writes into the audit log that somebody asked for what they may not have."""
    who = person()
    world = current_world()
    data = {"right": error.right, "world": world.kind if world.kind != "practice" else f"practice {world.id}"}
    run(
        databases().portal,
        lambda db: record_audit(
            db,
            wall_clock(),
            "refused",
            actor_id=who.person_id,
            actor=who.name,
            subject=f"person:{who.person_id}",
            data=data,
        ),
    )


# ---- saying what happened -------------------------------------------------------------------------------------


def flash(text: str, kind: str = "done") -> None:
    """Says something at the top of the next run: `done`, `note`, or `error`. The text is translated already."""
    st.session_state.setdefault("_flash", []).append((kind, text))


def take_flashes() -> list[tuple[str, str]]:
    """What is to be said now, oldest first; each thing is said once."""
    said: list[tuple[str, str]] = st.session_state.pop("_flash", [])
    return said
