"""Templates: a scenario's world built once into one packed file, so that handing out a world is a file copy."""

from __future__ import annotations

import hashlib
import os
import threading
import uuid
from functools import cache
from pathlib import Path

from core.context import ENGINE, Context
from core.db.engines import bulk_transaction, var_folder
from core.db.worlds import SCHEMA_VERSION, create_world, pack_world, world_of
from seed.base import lay_base
from seed.history import write_history
from seed.inbound import lay_inbound
from seed.rhythm import DAY
from seed.scenario import PRACTICE_CLOCK_AT, get_scenario

_FOLDER = Path(__file__).resolve().parent
_lock = threading.Lock()


@cache
def seed_version() -> str:
    """Tells templates of different generators apart: changes with every change of this package."""
    sources = sorted((*_FOLDER.glob("*.py"), *_FOLDER.glob("*.toml")))
    digest = hashlib.blake2b(digest_size=4)
    for source in sources:
        digest.update(source.read_bytes())
    return digest.hexdigest()


def template_path(scenario: str, seed: int, folder: Path | None = None) -> Path:
    """Where a scenario's template lies, or will lie."""
    folder = folder or var_folder() / "templates"
    return folder / f"{scenario}-{seed}-{SCHEMA_VERSION}-{seed_version()}.db"


def template(scenario: str, seed: int, folder: Path | None = None) -> Path:
    """The packed world of a scenario, built at the first call.

    Raises: NotFound for a scenario that isn't there.
    """
    path = template_path(scenario, seed, folder)
    if path.is_file():
        return path
    with _lock:
        if not path.is_file():
            _build(scenario, seed, path)
    return path


def _build(name: str, seed: int, path: Path) -> None:
    """Builds a draft and renames it: whoever looks sees the whole template or none; two builders make the same one."""
    scenario = get_scenario(name)
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f"{path.stem}.{uuid.uuid4().hex}.part")
    try:
        engine = create_world(draft, scenario=name, seed=seed, clock_at=PRACTICE_CLOCK_AT)
        with bulk_transaction(engine) as db:
            ctx = Context(db, ENGINE, PRACTICE_CLOCK_AT, world_of(db, "practice", name))
            lay_base(ctx.at(PRACTICE_CLOCK_AT - scenario.days * DAY), scenario, seed)
            write_history(ctx, scenario, seed)
            lay_inbound(ctx, seed)
        pack_world(engine, draft)
        os.replace(draft, path)
    finally:
        for leftover in path.parent.glob(f"{draft.name}*"):
            leftover.unlink()
    for old in path.parent.glob(f"{name}-{seed}-*.db"):
        if old != path:
            old.unlink(missing_ok=True)
