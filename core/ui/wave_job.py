"""Solves a wave behind the page: begun by a click, seen while it runs, kept when it is done, whoever looks.

Why: solving takes seconds; nobody else's command may wait for it, and a closed tab must not end it.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from core.domain.errors import OrderlyError
from core.services import waves
from core.services.wave_policy import wave_policy
from core.services.wave_shortage import shortages
from core.services.wave_solver import solve
from core.ui import page

_AT_ONCE = threading.BoundedSemaphore(2)  # waves solved at the same time; more of them wait their turn
_lock = threading.Lock()


@dataclass(slots=True)
class Job:
    """A wave being solved. `began` counts from when it had its turn; `refusal` is why nothing came of it."""

    limit: float
    began: float | None = None
    refusal: OrderlyError | None = None
    failed: bool = False
    ended: bool = False

    def progress(self) -> float:
        """The share of the time it may take that has passed. Units: 0..1."""
        return 0.0 if self.began is None else min(1.0, (time.monotonic() - self.began) / max(self.limit, 0.1))


_jobs: dict[tuple[str, int], Job] = {}


def start(wave_id: int) -> None:
    """Begins to solve a wave of the world the person is in, unless that is being done already."""
    key = (page.current_world().id, wave_id)
    job = Job(wave_policy().solve_seconds)
    with _lock:
        before = _jobs.get(key)
        if before is not None and not before.ended:
            return
        _jobs[key] = job
    read, keep = page.reading(waves.wave_case, wave_id), page.writing(waves.keep_plan)
    threading.Thread(target=_carry_out, args=(job, read, keep), name=f"wave-{wave_id}", daemon=True).start()


def current(wave_id: int) -> Job | None:
    """The work on a wave that is under way, or that ended without anybody having been told."""
    return _jobs.get((page.current_world().id, wave_id))


def forget(wave_id: int) -> None:
    """Puts work away that ended, once it was told of."""
    with _lock:
        _jobs.pop((page.current_world().id, wave_id), None)


def _carry_out(job: Job, read: Callable[[], waves.WaveCase], keep: Callable[..., None]) -> None:
    job.failed = True  # until it is done
    try:
        with _AT_ONCE:
            job.began = time.monotonic()
            case = read()
            solved = solve(case.problem, time.monotonic, job.limit)
            short = solved.outcome is None or solved.outcome.unfilled_units > 0
            lacking = shortages(case.problem, time.monotonic) if short else ()
        keep(case, solved, lacking)
        job.failed = False
    except OrderlyError as refusal:
        job.refusal, job.failed = refusal, False
    except page.SignedOut:  # the page says so, too
        job.failed = False
    finally:
        job.ended = True
