"""Effect of training: what people gained between two tests, freed from how hard the forms are, with how sure it is."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from sqlalchemy import select

from assessments.competencies import name_of
from assessments.handout import places_in
from assessments.prose import Prose, same
from assessments.sittings import ItemKey, Sitting, read_steps, sittings_of, steps_by_sitting
from assessments.statistics.classical import test_figures
from assessments.statistics.corrected_means import Pulls, mean_error, pulls_on_ease, pulls_on_line
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
from assessments.tries import PHASES, POST, PRE
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
    """What a group gained.

    Shape: `raw` as measured, `freed` without the form's part; `uncorrected` where that couldn't be told for this group,
    though it could for the test.
    """

    key: str
    name: Prose
    raw: PairedGain
    freed: PairedGain
    uncorrected: bool = False


@dataclass(frozen=True, slots=True)
class Correction:
    """How the forms' difficulty was taken out of the gains; the effect or the line where there is one.

    Shape: `pulls` says how far each person pulls it, and `first_forms` with which form each began: the correction is
    itself told from people, and what they leave open is in the intervals of the gains.
    """

    method: str
    effect: FormEffect | None = None
    line: Line | None = None
    pulls: Pulls = field(default_factory=dict)
    first_forms: Mapping[int, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Effect:
    """What training did.

    Units: `errors` form → standard error of measurement as a share of the marks. Shape: `only_pre`, `only_post` count
    the people without the other test, `waiting` those with both of whom an answer waits for a mark by hand; they are
    in no figure.
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
    waiting: int


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

    Why of several tries the first, whichever counts for a pass: a further one has the same questions, and who took
    more of them after training than before would seem to have learned by it.
    Raises: NotAllowed without `attempts.read`.
    """
    ctx.actor.need("attempts.read")
    everything = _scores(ctx, test)
    scores = [one for one in everything if not one.waiting]
    pre, post = ({one.sitting.person_id: one for one in scores if one.sitting.phase == phase} for phase in (PRE, POST))
    both = sorted(set(pre) & set(post))
    begun, ended = ({one.sitting.person_id for one in everything if one.sitting.phase == phase} for phase in PHASES)
    errors = _errors(scores)
    known = _people(ctx, both)
    people = [_person_gain(known[who], pre[who], post[who], errors) for who in both if who in known]
    correction = _correction(people, pre.values())
    freed = tuple(_freed(one, correction, errors) for one in people)
    return Effect(
        test=test,
        people=freed,
        whole=_group("all", same("–"), freed, correction),
        teams=_groups(freed, lambda one: one.team, same, correction),
        positions=_groups(freed, lambda one: one.position or "", same, correction),
        competencies=_by_competency(freed, correction),
        correction=correction,
        errors=errors,
        only_pre=len(begun - ended),
        only_post=len(ended - begun),
        waiting=len((begun & ended) - set(both)),
    )


def _scores(ctx: Context, test: str) -> list[_Score]:
    sittings = sittings_of(ctx, test)
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
    return scores


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
    if (swapped := _swapped(people)) is not None:
        return swapped
    first: dict[str, dict[int, float]] = {"A": {}, "B": {}}
    for one in pre:
        first.setdefault(one.sitting.form, {})[one.sitting.person_id] = one.share
    a, b = first["A"], first["B"]
    if min(len(a), len(b)) >= TOO_FEW:
        line = linear(np.array(list(b.values())), np.array(list(a.values())))
        if line is not None:
            forms = {who: form for form, scores in first.items() for who in scores}
            return Correction(EQUATED, line=line, pulls=pulls_on_line(line, b, a), first_forms=forms)
    return Correction(UNCORRECTED)


def _swapped(people: Sequence[PersonGain]) -> Correction | None:
    """The correction from both orders; None where either has too few."""
    ab, ba = ({one.person_id: one.gain for one in people if one.order == order} for order in ("AB", "BA"))
    if min(len(ab), len(ba)) < ORDER_LEAST:
        return None
    effect = swapped_effect(np.array(list(ab.values())), np.array(list(ba.values())))
    forms = {one.person_id: one.order[0] for one in people}
    return Correction(SWAPPED, effect=effect, pulls=pulls_on_ease(ab, ba), first_forms=forms)


def _rates(people: Sequence[PersonGain], correction: Correction) -> tuple[float, ...]:
    """By how much a group's mean moves when each figure of the correction does."""
    if correction.effect is not None:
        return (-sum(_sign(one.order) for one in people) / len(people),)
    if correction.line is None:
        return ()
    scores = [
        sign * score
        for one in people
        for sign, form, score in ((-1, one.order[0], one.pre), (1, one.order[1], one.post))
        if form == "B"
    ]
    shifts = sum((one.order[1] == "B") - (one.order[0] == "B") for one in people)
    return sum(scores) / len(people), shifts / len(people)


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


def _group(key: str, name: Prose, people: Sequence[PersonGain], correction: Correction) -> GroupGain | None:
    pre = [one.pre for one in people]
    raw = paired_gain(pre, [one.post for one in people])
    if raw is None:
        return None
    gains = {one.person_id: one.freed for one in people}
    error = mean_error(gains, _rates(people, correction), correction.pulls, correction.first_forms)
    if error is None or correction.method == UNCORRECTED:
        freed = paired_gain(pre, [before + one.freed for before, one in zip(pre, people, strict=True)])
    else:
        after = [before + one.freed for before, one in zip(pre, people, strict=True)]
        freed = paired_gain(pre, after, error=error.value, freedom=error.freedom)
    return None if freed is None else GroupGain(key, name, raw, freed)


def _groups(
    people: Sequence[PersonGain],
    key_of: Callable[[PersonGain], str],
    name: Callable[[str], Prose],
    correction: Correction,
) -> tuple[GroupGain, ...]:
    keys = sorted({key_of(one) for one in people})
    found = (_group(key, name(key), [one for one in people if key_of(one) == key], correction) for key in keys)
    return tuple(one for one in found if one is not None)


def _by_competency(people: Sequence[PersonGain], correction: Correction) -> tuple[GroupGain, ...]:
    """Gains by competency; the form's part is taken out of each by itself where forms were swapped.

    Why not by a line: two or three questions have too few different scores to draw one.
    """
    found = []
    for code in sorted({code for one in people for code in one.by_competency}):
        those = [
            replace(one, pre=before, post=after, gain=after - before, freed=after - before)
            for one in people
            if code in one.by_competency
            for before, after in [one.by_competency[code]]
        ]
        own = (_swapped(those) if correction.method == SWAPPED else None) or Correction(UNCORRECTED)
        group = _group(code, name_of(code), [_freed(one, own, {}) for one in those], own)
        if group is not None:
            found.append(replace(group, uncorrected=own.method != correction.method))
    return tuple(found)
