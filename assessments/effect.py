"""Effect of training: what people gained between two tests, freed from how hard the forms are, with how sure it is."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import select

from assessments.competencies import name_of
from assessments.handout import places_in
from assessments.prose import Prose, same
from assessments.sittings import ItemKey, Sitting, read_steps, sittings_of, steps_by_sitting
from assessments.statistics.classical import test_figures
from assessments.statistics.equating import (
    RELIABLE,
    FormEffect,
    Line,
    linear,
    reliable_change,
    swapped_effect,
)
from assessments.statistics.paired import PairedGain, hake, paired_gain
from assessments.statistics.sizes import TOO_FEW
from assessments.test_definitions import definition_of
from assessments.tries import POST, PRE
from core.context import Context
from core.db.portal_tables import person

ORDER_LEAST = 5
"""So many people have to have taken the forms in either order before the form's effect is told from it."""

SWAPPED, EQUATED, UNCORRECTED = "swapped", "equated", "none"

CORRECTION_LABELS: Mapping[str, str] = {
    SWAPPED: "Forms swapped for half of the people",
    EQUATED: "Forms made comparable by those who took either as pre-test",
    UNCORRECTED: "Not corrected for the forms",
}

BETTER, SAME, WORSE = "better", "same", "worse"

CHANGE_LABELS: Mapping[str, str] = {
    BETTER: "Reliably better",
    SAME: "No reliable change",
    WORSE: "Reliably worse",
}


@dataclass(frozen=True, slots=True)
class PersonGain:
    """What one person gained.

    Units: scores and gains in shares of the marks; `gain` as measured, `freed` without the form's part; `hake` the
    share of what was left to gain; `change` in errors of a difference (None where the test's error isn't known).
    Shape: `order` as "AB"; `by_competency` code → (pre, post).
    """

    person_id: int
    name: str
    team: str
    position: str | None
    pre_id: int
    post_id: int
    order: str
    pre: float
    post: float
    gain: float
    freed: float
    hake: float | None
    change: float | None
    by_competency: Mapping[str, tuple[float, float]]

    @property
    def verdict(self) -> str | None:
        """Better, the same or worse beyond what chance explains."""
        if self.change is None:
            return None
        return SAME if abs(self.change) <= RELIABLE else BETTER if self.change > 0 else WORSE


@dataclass(frozen=True, slots=True)
class GroupGain:
    """What a group gained. Shape: `raw` as measured, `freed` without the form's part."""

    key: str
    name: Prose
    raw: PairedGain
    freed: PairedGain


@dataclass(frozen=True, slots=True)
class Correction:
    """How the forms' difficulty was taken out of the gains; the effect or the line where there is one."""

    method: str
    effect: FormEffect | None = None
    line: Line | None = None


@dataclass(frozen=True, slots=True)
class Effect:
    """What training did.

    Units: `errors` form → standard error of measurement as a share of the marks. Shape: `only_pre`, `only_post` count
    the people without the other test; they are in no figure.
    """

    test: str
    people: tuple[PersonGain, ...]
    whole: GroupGain | None
    teams: tuple[GroupGain, ...]
    positions: tuple[GroupGain, ...]
    competencies: tuple[GroupGain, ...]
    correction: Correction
    errors: Mapping[str, float]
    only_pre: int
    only_post: int


@dataclass(frozen=True, slots=True)
class _Score:
    """One sitting's marks. Shape: `reached`, `most` by competency; fractions and weights in the order of items' ids."""

    sitting: Sitting
    share: float
    waiting: bool
    reached: Mapping[str, float]
    most: Mapping[str, float]
    fractions: tuple[float, ...]
    weights: tuple[float, ...]


def effect_of(ctx: Context, test: str) -> Effect:
    """What everybody gained who has taken both tests; what still waits for a mark by hand is left out.

    Raises: NotAllowed without `attempts.read`.
    """
    ctx.actor.need("attempts.read")
    scores = _scores(ctx, test)
    pre, post = ({one.sitting.person_id: one for one in scores if one.sitting.phase == phase} for phase in (PRE, POST))
    both = sorted(set(pre) & set(post))
    errors = _errors(scores)
    known = _people(ctx, both)
    people = [_person_gain(known[who], pre[who], post[who], errors) for who in both if who in known]
    correction = _correction(people, pre.values())
    freed = tuple(_freed(one, correction, errors) for one in people)
    return Effect(
        test=test,
        people=freed,
        whole=_group("all", same("–"), freed),
        teams=_groups(freed, lambda one: one.team, same),
        positions=_groups(freed, lambda one: one.position or "", same),
        competencies=_by_competency(freed, correction),
        correction=correction,
        errors=errors,
        only_pre=len(set(pre) - set(post)),
        only_post=len(set(post) - set(pre)),
    )


def _scores(ctx: Context, test: str) -> list[_Score]:
    sittings = sittings_of(ctx, test, definition_of(ctx, test).settings.counting)
    steps = steps_by_sitting(ctx, test, sittings)
    scores = []
    for one in sittings:
        places = places_in(one.handout)
        read = read_steps(steps[one.id], {place.item_id: at for at, place in enumerate(places)})
        reached: dict[str, float] = {}
        most: dict[str, float] = {}
        for place, fraction in zip(places, read.fractions, strict=True):
            reached[place.competency] = reached.get(place.competency, 0.0) + place.weight * fraction
            most[place.competency] = most.get(place.competency, 0.0) + place.weight
        share = max(0.0, sum(reached.values()) / sum(most.values()))
        # By id, since further tries have the same items in another order.
        items = sorted(
            zip((place.item_id for place in places), read.fractions, (place.weight for place in places), strict=True)
        )
        _, fractions, weights = zip(*items, strict=True)
        scores.append(_Score(one, share, read.waiting, reached, most, fractions, weights))
    return [one for one in scores if not one.waiting]


def _errors(scores: Iterable[_Score]) -> Mapping[str, float]:
    """Each form's standard error of measurement, told from everybody who took the set of items that most took."""
    together: dict[str, dict[frozenset[ItemKey], list[_Score]]] = {}
    for one in scores:
        together.setdefault(one.sitting.form, {}).setdefault(frozenset(one.sitting.items), []).append(one)
    found = {}
    for form, sets in together.items():
        most = max(sets.values(), key=len)
        if len(most) < TOO_FEW:
            continue
        weights = np.array(most[0].weights)
        figures = test_figures(np.array([one.fractions for one in most]) * weights, weights)
        if figures.standard_error is not None:
            found[form] = figures.standard_error / figures.maximum
    return found


def _people(ctx: Context, ids: Sequence[int]) -> Mapping[int, tuple[int, str, str, str | None]]:
    columns = select(person.c.id, person.c.name, person.c.team, person.c.position)
    return {row.id: tuple(row) for row in ctx.db.execute(columns.where(person.c.id.in_(ids)))}


def _person_gain(
    who: tuple[int, str, str, str | None], pre: _Score, post: _Score, errors: Mapping[str, float]
) -> PersonGain:
    codes = [code for code in pre.most if code in post.most]
    gain = post.share - pre.share
    return PersonGain(
        *who,
        pre_id=pre.sitting.id,
        post_id=post.sitting.id,
        order=pre.sitting.form + post.sitting.form,
        pre=pre.share,
        post=post.share,
        gain=gain,
        freed=gain,
        hake=hake(pre.share, post.share),
        change=None,
        by_competency={
            code: (pre.reached[code] / pre.most[code], post.reached[code] / post.most[code]) for code in codes
        },
    )


# ---- taking the form out --------------------------------------------------------------------------------------


def _correction(people: Sequence[PersonGain], pre: Iterable[_Score]) -> Correction:
    """From both orders where there are enough people; else from those who took either form first."""
    ab, ba = (_gains(people, order) for order in ("AB", "BA"))
    if min(len(ab), len(ba)) >= ORDER_LEAST:
        return Correction(SWAPPED, effect=swapped_effect(ab, ba))
    first: dict[str, list[float]] = {"A": [], "B": []}
    for one in pre:
        first.setdefault(one.sitting.form, []).append(one.share)
    if min(len(first["A"]), len(first["B"])) >= TOO_FEW:
        line = linear(np.array(first["B"]), np.array(first["A"]))
        if line is not None:
            return Correction(EQUATED, line=line)
    return Correction(UNCORRECTED)


def _gains(people: Iterable[PersonGain], order: str) -> NDArray[np.float64]:
    return np.array([one.gain for one in people if one.order == order])


def _freed(one: PersonGain, correction: Correction, errors: Mapping[str, float]) -> PersonGain:
    """The person's gain without the form's part, and whether that is more than chance."""
    freed = one.gain
    if correction.effect is not None:
        freed -= _sign(one.order) * correction.effect.ease
    elif correction.line is not None:
        before, after = (
            correction.line.on(score) if form == "B" else score
            for form, score in zip(one.order, (one.pre, one.post), strict=True)
        )
        freed = after - before
    change = None
    if all(form in errors for form in one.order):
        change = reliable_change(0.0, freed, errors[one.order[0]], errors[one.order[1]])
    return replace(one, freed=freed, change=change)


def _sign(order: str) -> int:
    """Whether an easier form B adds to a gain, takes from it, or does neither."""
    return {"AB": 1, "BA": -1}.get(order, 0)


# ---- groups ---------------------------------------------------------------------------------------------------


def _group(key: str, name: Prose, people: Sequence[PersonGain]) -> GroupGain | None:
    pre = [one.pre for one in people]
    raw, freed = (
        paired_gain(pre, [before + gain for before, gain in zip(pre, gains, strict=True)])
        for gains in ([one.gain for one in people], [one.freed for one in people])
    )
    return None if raw is None or freed is None else GroupGain(key, name, raw, freed)


def _groups(
    people: Sequence[PersonGain], key_of: Callable[[PersonGain], str], name: Callable[[str], Prose]
) -> tuple[GroupGain, ...]:
    keys = sorted({key_of(one) for one in people})
    found = (_group(key, name(key), [one for one in people if key_of(one) == key]) for key in keys)
    return tuple(one for one in found if one is not None)


def _by_competency(people: Sequence[PersonGain], correction: Correction) -> tuple[GroupGain, ...]:
    """Gains by competency; the form's part is taken out of each by itself where forms were swapped."""
    found = []
    for code in sorted({code for one in people for code in one.by_competency}):
        those = [
            replace(one, pre=before, post=after, gain=after - before, freed=after - before)
            for one in people
            if code in one.by_competency
            for before, after in [one.by_competency[code]]
        ]
        ab, ba = (_gains(those, order) for order in ("AB", "BA"))
        if correction.method == SWAPPED and min(len(ab), len(ba)) >= ORDER_LEAST:
            own = Correction(SWAPPED, effect=swapped_effect(ab, ba))
            those = [_freed(one, own, {}) for one in those]
        group = _group(code, name_of(code), those)
        if group is not None:
            found.append(group)
    return tuple(found)
