"""Practice: hands out worlds, takes them back, checks them, and keeps what was handed in."""

from __future__ import annotations

import threading
import uuid
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from pathlib import Path
from types import MappingProxyType
from typing import Any, TypeVar

from sqlalchemy import Row, delete, insert, select, text, update

from assessments.exercise import Exercise, Report, case_in, grade
from assessments.exercises import exercise_named
from assessments.ready_worlds import Template, case_version, prepare_soon, ready_world
from core.context import Context
from core.db.engines import reader
from core.db.portal_tables import practice_world, preference, snapshot, submission
from core.db.worlds import PracticeFiles, practice_now, world_of
from core.domain.errors import NotFound
from core.portal.preferences import set_preference
from core.security.audit import record_deed
from seed import templates

T = TypeVar("T")

SNAPSHOT_SECONDS = 60
HINTS = "hints."
_ORPHAN_SECONDS = 600
_COMPRESSION = 1  # a world is mostly text: level 6 saves a tenth and takes three times as long

_INSERT_WORLD = text(
    "INSERT INTO practice_world (id, person_id, exercise, file, scenario, seed, schema_version, started_at)"
    " VALUES (:id, :person_id, :exercise, :file, :scenario, :seed, :schema_version, :started_at)"
    " ON CONFLICT (person_id, exercise) DO NOTHING"
)


class Notice(StrEnum):
    """What happened to a practice world on the way to its owner."""

    REPLACED = "replaced"
    RESTORED = "restored"
    LOST = "lost"


NOTICE_LABELS: Mapping[Notice, str] = MappingProxyType(
    {
        Notice.REPLACED: "This exercise has been revised since you began it, so it starts anew. Your results are kept.",
        Notice.RESTORED: "Your practice world was brought back from its last snapshot; check your latest step.",
        Notice.LOST: "Your practice world was lost and there was no snapshot of it, so the exercise starts anew.",
    }
)


@dataclass(frozen=True, slots=True)
class PracticeRoom:
    """Where practice worlds lie: the open files, and the templates that ready worlds are made from."""

    files: PracticeFiles
    template: Template | None = None

    def ready(self, exercise: Exercise) -> Path:
        """The packed file with the exercise's case."""
        return ready_world(exercise, self._shelf, self._templates)

    def ready_soon(self, exercise: Exercise) -> threading.Thread | None:
        """Has the packed file made on the side; None if it is there."""
        return prepare_soon(exercise, self._shelf, self._templates)

    @property
    def _shelf(self) -> Path:
        return self.files.folder / "ready"

    @property
    def _templates(self) -> Template:
        return self.template or partial(templates.template, folder=self.files.folder.parent / "templates")


@dataclass(frozen=True, slots=True)
class Stay:
    """A practice world that its owner can work in now, and what had to be done for that."""

    practice_id: str
    exercise: str
    notice: Notice | None
    unsaved: bool  # something was done in it since its last snapshot


def open_practice(ctx: Context, room: PracticeRoom, key: str) -> Stay:
    """Hands a person the practice world of an exercise: their own as they left it, or a fresh one.

    Raises: NotAllowed without `practice.use`; NotFound for an exercise that isn't there.
    """
    ctx.actor.need("practice.use")
    exercise = exercise_named(key)
    w = practice_world.c
    mine = select(w.id).where(w.person_id == ctx.actor.person_id, w.exercise == key)
    practice_id = ctx.db.execute(mine).scalar_one_or_none()
    if practice_id is not None:
        return enter_practice(ctx, room, practice_id)
    file = room.files.copy(room.ready(exercise))
    new_id = uuid.uuid4().hex
    row = {
        "id": new_id,
        "person_id": ctx.actor.person_id,
        "exercise": key,
        "file": file,
        "scenario": exercise.scenario,
        "seed": exercise.seed,
        "schema_version": case_version(exercise),
        "started_at": ctx.now,
    }
    if ctx.db.execute(_INSERT_WORLD, row).rowcount == 1:
        _audit(ctx, "practice_started", new_id, exercise=key)
    else:  # the other half of a double click was faster
        room.files.remove(file)
    return enter_practice(ctx, room, ctx.db.execute(mine).scalar_one())


def enter_practice(ctx: Context, room: PracticeRoom, practice_id: str) -> Stay:
    """Sees to it that one's own practice world can be worked in here and now.

    A world of another version is replaced; a file that isn't here (another replica held it) comes back from its
    snapshot.
    Raises: NotAllowed; NotFound for a world of somebody else.
    """
    ctx.actor.need("practice.use")
    row = _own_row(ctx, practice_id)
    exercise = exercise_named(row.exercise)
    notice = None
    if row.schema_version != case_version(exercise):
        _renew(ctx, room, row, exercise)
        notice = Notice.REPLACED
    elif not room.files.exists(row.file):
        notice = _bring_back(ctx, room, row, exercise)
    return Stay(practice_id, row.exercise, notice, notice is None and _is_unsaved(row))


def needs_entering(ctx: Context, room: PracticeRoom, practice_id: str) -> Stay | None:
    """A practice world as it is found by a page: None where `enter_practice` has to mend something first.

    Raises: NotFound for a world of somebody else.
    """
    row = _own_row(ctx, practice_id)
    if row.schema_version != case_version(exercise_named(row.exercise)) or not room.files.exists(row.file):
        return None
    return Stay(practice_id, row.exercise, None, _is_unsaved(row))


def reset_practice(ctx: Context, room: PracticeRoom, practice_id: str) -> None:
    """Puts a practice world back to where its exercise begins; what was done in it is gone for good.

    The world is switched to a new file; whoever still reads the old one reads it to the end.
    Raises: NotAllowed; NotFound for a world of somebody else.
    """
    ctx.actor.need("practice.use")
    row = _own_row(ctx, practice_id, lock=True)
    _renew(ctx, room, row, exercise_named(row.exercise))
    _audit(ctx, "practice_reset", practice_id, exercise=row.exercise)
    _sweep(ctx, room)


def check_practice(ctx: Context, room: PracticeRoom, practice_id: str) -> Report:
    """Judges one's own practice world as it stands; keeps the report, and a snapshot to judge it by again.

    Raises: NotAllowed; NotFound for a world of somebody else, or one that has to be entered again first.
    """
    ctx.actor.need("practice.use")
    row = _own_row(ctx, practice_id)
    exercise = exercise_named(row.exercise)
    report = in_world(ctx, room, row, lambda world: grade(case_in(world, exercise), exercise))
    snapshot_id = _keep_snapshot(ctx, room, row, "check")
    ctx.db.execute(
        insert(submission).values(
            practice_id=practice_id,
            person_id=row.person_id,
            exercise=row.exercise,
            at=ctx.now,
            reset_count=row.reset_count,
            score=report.score,
            report=report.dumped(),
            snapshot_id=snapshot_id,
        )
    )
    _audit(ctx, "practice_checked", practice_id, exercise=row.exercise, score=round(report.score, 4))
    return report


def snapshot_due(ctx: Context, room: PracticeRoom, practice_id: str) -> bool:
    """Keeps a snapshot of a world that was worked in since the last one; says whether there was need.

    Raises: NotFound when the world or its file is gone.
    """
    row = _row(ctx, practice_id, lock=True)
    if not _is_unsaved(row):
        return False
    _keep_snapshot(ctx, room, row, "command")
    return True


def reveal_hint(ctx: Context, key: str) -> int:
    """Shows a person one more hint of an exercise, and remembers that; gives how many they have seen now.

    Raises: NotAllowed; NotFound for an exercise that isn't there.
    """
    ctx.actor.need("practice.use")
    hints = exercise_named(key).hints
    p = preference.c
    known = select(p.value).where(p.person_id == ctx.actor.person_id, p.key == hint_key(key))
    shown = min(len(hints), int(ctx.db.execute(known).scalar_one_or_none() or 0) + 1)
    set_preference(ctx, hint_key(key), str(shown))
    _audit(ctx, "hint_shown", key, number=shown)
    return shown


def hint_key(exercise: str) -> str:
    """The name under which the portal remembers how many hints of an exercise a person has looked at."""
    return f"{HINTS}{exercise}"


def grade_again(ctx: Context, room: PracticeRoom, submission_id: int) -> Report:
    """Judges what was handed in once more, from its snapshot, by the checks as they are now; writes nothing.

    Raises: NotAllowed without `attempts.read`; NotFound when there is no such submission or its case has changed.
    """
    ctx.actor.need("attempts.read")
    s = snapshot.c
    found = ctx.db.execute(
        select(submission.c.exercise, s.data, s.schema_version)
        .select_from(submission.join(snapshot, s.id == submission.c.snapshot_id))
        .where(submission.c.id == submission_id)
    ).one_or_none()
    exercise = exercise_named(found.exercise) if found is not None else None
    if found is None or exercise is None or found.schema_version != case_version(exercise):
        raise NotFound("There is nothing that submission {id} could be judged by again.", id=submission_id)
    name = room.files.restore(zlib.decompress(found.data))
    try:
        with reader(room.files.engine(name)) as db:
            world = Context(db, ctx.actor, ctx.now, world_of(db, "practice", name))
            return grade(case_in(world, exercise), exercise)
    finally:
        room.files.remove(name)


def in_world(ctx: Context, room: PracticeRoom, row: Row[Any], work: Callable[[Context], T]) -> T:
    """What a read finds in a practice world, at that world's own time."""
    with reader(room.files.engine(row.file)) as db:
        now = practice_now(db, row.started_at, ctx.now)
        return work(Context(db, ctx.actor, now, world_of(db, "practice", row.id)))


def _is_unsaved(row: Row[Any]) -> bool:
    """Whether something was done in a world since its last snapshot, or in the same second."""
    return row.command_at is not None and row.command_at >= (row.snapshot_at or 0)


def _renew(ctx: Context, room: PracticeRoom, row: Row[Any], exercise: Exercise) -> None:
    """Switches a practice world to a fresh file; snapshots of the old one no longer bring anything back."""
    changes = {
        "file": room.files.copy(room.ready(exercise)),
        "scenario": exercise.scenario,
        "seed": exercise.seed,
        "schema_version": case_version(exercise),
        "started_at": ctx.now,
        "reset_count": row.reset_count + 1,
        "command_at": None,
        "snapshot_at": None,
    }
    ctx.db.execute(update(practice_world).where(practice_world.c.id == row.id).values(changes))
    ctx.db.execute(delete(snapshot).where(snapshot.c.practice_id == row.id, snapshot.c.reason.like("command:%")))


def _bring_back(ctx: Context, room: PracticeRoom, row: Row[Any], exercise: Exercise) -> Notice | None:
    """Writes a world's file again: from the last snapshot since its reset, else as it was handed out."""
    s = snapshot.c
    last = ctx.db.execute(
        select(s.data)
        .where(s.practice_id == row.id, s.reason.like(f"%:{row.reset_count}"))
        .order_by(s.id.desc())
        .limit(1)
    ).scalar_one_or_none()
    w = practice_world.c
    if last is None:
        file = room.files.copy(room.ready(exercise))
        changes: dict[str, Any] = {"file": file, "command_at": None}
        notice = Notice.LOST if row.command_at is not None else None
    else:
        file = room.files.restore(zlib.decompress(last))
        changes = {"file": file, "command_at": None}
        notice = Notice.RESTORED
    ctx.db.execute(update(practice_world).where(w.id == row.id).values(changes))
    return notice


def _keep_snapshot(ctx: Context, room: PracticeRoom, row: Row[Any], reason: str) -> int:
    """Keeps a world's content in the portal; one of a command takes the place of the one before."""
    data = zlib.compress(room.files.serialise(row.file), _COMPRESSION)
    s = snapshot.c
    ctx.db.execute(delete(snapshot).where(s.practice_id == row.id, s.reason.like("command:%")))
    key = ctx.db.execute(
        insert(snapshot).values(
            practice_id=row.id,
            at=ctx.now,
            reason=f"{reason}:{row.reset_count}",
            schema_version=row.schema_version,
            data=data,
        )
    ).inserted_primary_key
    assert key is not None
    ctx.db.execute(update(practice_world).where(practice_world.c.id == row.id).values(snapshot_at=ctx.now))
    return int(key[0])


def _sweep(ctx: Context, room: PracticeRoom) -> None:
    """Deletes files that no practice world speaks of any more, once nobody can be reading them."""
    known = set(ctx.db.execute(select(practice_world.c.file)).scalars())
    for path in room.files.folder.glob("*.db*"):
        name = path.name.removesuffix("-wal").removesuffix("-shm").removesuffix(".part")
        if name not in known and ctx.now - path.stat().st_mtime > _ORPHAN_SECONDS:
            room.files.remove(name)
            path.unlink(missing_ok=True)


def _row(ctx: Context, practice_id: str, *, lock: bool = False) -> Row[Any]:
    found = select(practice_world).where(practice_world.c.id == practice_id)
    row = ctx.db.execute(found.with_for_update() if lock else found).one_or_none()
    if row is None:
        raise NotFound("The practice world isn't here any more.")
    return row


def _own_row(ctx: Context, practice_id: str, *, lock: bool = False) -> Row[Any]:
    row = _row(ctx, practice_id, lock=lock)
    if row.person_id != ctx.actor.person_id:
        raise NotFound("The practice world isn't here any more.")
    return row


def _audit(ctx: Context, kind: str, practice_id: str, **data: object) -> None:
    record_deed(
        ctx,
        kind,
        subject=f"practice:{practice_id}",
        data=data,
    )
