"""Published quality: what everybody may know of the test behind a score: how reliable it is, and its standard error."""

from __future__ import annotations

from dataclasses import dataclass
from math import log

import numpy as np
from sqlalchemy import func, select

from assessments.attempt_rows import readable_row
from assessments.handout import places_in
from assessments.sittings import ItemKey, every_sitting, item_keys, read_steps, steps_by_sitting
from assessments.statistics.classical import test_figures
from assessments.statistics.sizes import is_too_few
from assessments.tries import FINISHED
from core.context import Context
from core.db.assessment_tables import attempt

MOST_KEPT = 64
GROWTH = 1.05
KEPT_SECONDS = 600
Figures = tuple[int, float | None, float | None]
_KEPT: dict[tuple[str, str, frozenset[ItemKey], int, int], Figures] = {}


@dataclass(frozen=True, slots=True)
class PublishedQuality:
    """How exact the scores of a form are, told from `n` people.

    Units: reliability (Cronbach's alpha) at most 1, may be below 0; error and most in marks. Both are None while too
    few people have taken the form to say.
    """

    n: int
    reliability: float | None
    error: float | None
    most: float


def quality_behind(ctx: Context, attempt_id: int) -> PublishedQuality:
    """How exact the score of an attempt is: one's own, or anybody's with `attempts.read`.

    Raises: NotFound, also for another's attempt without the right.
    """
    row = readable_row(ctx, attempt_id)
    most = sum(place.weight for place in places_in(row.items))
    return PublishedQuality(*_figures(ctx, row.test, frozenset(item_keys(row.items))), most)


def _figures(ctx: Context, test: str, items: frozenset[ItemKey]) -> Figures:
    """People, reliability and error of the form that has these items; kept until a twentieth more have finished, for
    ten minutes at most.

    Why not until the next one has: a class that finishes together would have it worked out anew for each of them. Why
    not for ever: marks by hand and a mended key change figures without anybody finishing.
    """
    count = select(func.count()).select_from(attempt).where(attempt.c.test == test, attempt.c.status == FINISHED)
    stage = int(log(1 + int(ctx.db.execute(count).scalar_one())) / log(GROWTH))
    key = (str(ctx.db.engine.url), test, items, stage, ctx.now // KEPT_SECONDS)
    if key not in _KEPT:
        while len(_KEPT) >= MOST_KEPT:
            _KEPT.pop(next(iter(_KEPT)), None)
        _KEPT[key] = _told(ctx, test, items)
    return _KEPT[key]


def _told(ctx: Context, test: str, items: frozenset[ItemKey]) -> Figures:
    sittings = [one for one in every_sitting(ctx, test) if frozenset(one.items) == items]
    steps = steps_by_sitting(ctx, test, sittings)
    order = {item_id: at for at, (item_id, _) in enumerate(sorted(items))}
    read = [one for one in (read_steps(steps[sitting.id], order) for sitting in sittings) if not one.waiting]
    if is_too_few(len(read)):
        return len(read), None, None
    by_item = {place.item_id: place.weight for place in places_in(sittings[0].handout)}
    weights = np.array([by_item[item_id] for item_id in order])
    figures = test_figures(np.array([one.fractions for one in read]) * weights, weights)
    return len(read), None if figures.cic is None else figures.cic / 100, figures.standard_error
