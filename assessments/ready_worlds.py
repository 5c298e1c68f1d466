"""Ready worlds: each exercise's case laid once into its scenario's template, so that handing one out is a file copy."""

from __future__ import annotations

import hashlib
import os
import shutil
import threading
import uuid
from collections.abc import Callable
from functools import cache
from pathlib import Path

from assessments import situations
from assessments.exercise import Exercise, lay
from core.context import ENGINE, Context
from core.db.engines import sqlite_engine, transaction
from core.db.worlds import SCHEMA_VERSION, pack_world, read_meta, world_of
from seed.templates import seed_version

Template = Callable[[str, int], Path]

_lock = threading.Lock()


@cache
def case_version(exercise: Exercise) -> str:
    """Which case a world holds: the schema's version and a digest of the files that the exercise is written in.

    Why: checks look for what their own situation laid; a world of another version is replaced, never judged.
    """
    digest = hashlib.blake2b(f"{exercise.scenario}:{exercise.seed}".encode(), digest_size=6)
    for source in (exercise.situation.__code__.co_filename, situations.__file__):
        digest.update(Path(source).read_bytes())
    return f"{SCHEMA_VERSION}-{digest.hexdigest()}"


def ready_path(exercise: Exercise, folder: Path) -> Path:
    """Where an exercise's ready world lies, or will lie."""
    return folder / f"{exercise.key}-{case_version(exercise)}-{seed_version()}.db"


def ready_world(exercise: Exercise, folder: Path, template: Template) -> Path:
    """The packed file that holds an exercise's case, made at the first call.

    Raises: ContentError when the case can't be laid into its scenario.
    """
    path = ready_path(exercise, folder)
    if path.is_file():
        return path
    with _lock:
        if not path.is_file():
            _prepare(exercise, path, template)
    return path


def prepare_soon(exercise: Exercise, folder: Path, template: Template) -> threading.Thread | None:
    """Makes an exercise's ready world on the side, while its brief is read; None if it is there."""
    if ready_path(exercise, folder).is_file():
        return None
    thread = threading.Thread(target=ready_world, args=(exercise, folder, template), daemon=True)
    thread.start()
    return thread


def _prepare(exercise: Exercise, path: Path, template: Template) -> None:
    """Lays the case into a draft and renames it: another process never sees half of it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f"{path.stem}.{uuid.uuid4().hex}.part")
    shutil.copyfile(template(exercise.scenario, exercise.seed), draft)
    engine = sqlite_engine(draft, durable=False)
    with transaction(engine) as db:
        now = int(read_meta(db)["clock_at"])
        lay(Context(db, ENGINE, now, world_of(db, "practice", exercise.key)), exercise)
    pack_world(engine, draft)
    for old in path.parent.glob(f"{exercise.key}-*.db"):
        old.unlink(missing_ok=True)
    os.replace(draft, path)
