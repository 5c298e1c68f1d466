"""The effect of training in words and rows: figures with definitions, tables of groups and people, the workbook."""

from __future__ import annotations

from collections.abc import Sequence

from assessments.effect import (
    BETTER,
    CHANGE_LABELS,
    CORRECTION_LABELS,
    UNCORRECTED,
    WORSE,
    Effect,
    GroupGain,
    PersonGain,
)
from assessments.statistics.definitions import EFFECT_FIGURE_LABELS, EFFECT_MEANING_LABELS
from assessments.statistics.paired import Interval, PairedGain
from core.channels.report_workbook import RATE, ReportSheet, to_report
from core.domain.rights import POSITION_LABELS, Position
from core.ui.gain_charts import GroupPoint
from core.ui.i18n import format_number, language, t
from core.ui.quality_charts import BAD, GOOD, QUIET, WARN
from pages.teach.quality import Fact, number

TEAMS, POSITIONS, COMPETENCIES = "teams", "positions", "competencies"
GROUPING_LABELS = {TEAMS: "Teams", POSITIONS: "Positions", COMPETENCIES: "Competencies"}
UNKNOWN = "unknown"


def points(value: float | None, digits: int = 1, *, unit: bool = True) -> str:
    """A difference of shares in percentage points, with its sign."""
    if value is None:
        return "–"
    shown = format_number(abs(100 * value), digits)
    sign = "" if shown == format_number(0.0, digits) else "+" if value > 0 else "−"
    return t("{n} pp", n=sign + shown) if unit else sign + shown


def span(found: Interval | None) -> str:
    """An interval in percentage points; a dash where there is none."""
    if found is None:
        return "–"
    return " … ".join(points(end, unit=False) for end in (found.low, found.high))


def interval_of(gain: PairedGain) -> Interval | None:
    """The interval that is shown.

    Why cut off: two people's interval may reach beyond what anybody can gain or lose.
    """
    found = gain.interval
    return None if found is None else Interval(max(-1.0, found.low), min(1.0, found.high))


def effect_facts(effect: Effect, whole: GroupGain) -> list[Fact]:
    """The figures of everybody together, freed from the forms' part."""
    gain = whole.freed
    shown, of_d = interval_of(gain), gain.d_z_interval
    low, high = (None, None) if shown is None else (shown.low, shown.high)
    d_low, d_high = (None, None) if of_d is None else (of_d.low, of_d.high)
    corrected = effect.correction.method != UNCORRECTED
    how = t("Student's t, with what the forms' part leaves open") if corrected else t("Student's t")
    verdicts = [one.verdict for one in effect.people]
    known = sum(verdict is not None for verdict in verdicts)
    better = t("{n} of {count}", n=verdicts.count(BETTER), count=known) if known else "–"
    form = effect.correction.effect
    rows: list[tuple[str, str, float | None, dict[str, object]]] = [
        ("mean", points(gain.mean), gain.mean, {"n": gain.n, "low": points(low), "high": points(high), "how": how}),
        ("d_z", number(gain.d_z), gain.d_z, {"low": number(d_low), "high": number(d_high), "g": number(gain.g_z)}),
        ("hake_class", number(gain.hake_class), gain.hake_class, {}),
        ("reliable", better, verdicts.count(BETTER) if known else None, {"worse": verdicts.count(WORSE)}),
        ("hake_people", number(gain.hake_people), gain.hake_people, {}),
    ]
    if form is not None:
        about: dict[str, object] = {"low": points(form.interval.low), "high": points(form.interval.high)}
        rows.append(("form", points(form.ease), form.ease, about))
    return [
        Fact(key, t(EFFECT_FIGURE_LABELS[key]), value, t(EFFECT_MEANING_LABELS[key], **about), figure)
        for key, value, figure, about in rows
    ]


def correction_words(effect: Effect) -> str:
    """How the forms' difficulty was dealt with, in one sentence."""
    whole, correction = effect.whole, effect.correction
    if whole is None or correction.method not in CORRECTION_LABELS:
        return ""
    how = t(CORRECTION_LABELS[correction.method])
    if correction.effect is None and correction.line is None:
        return t(
            "{how}: too few people took the forms in either order, so that a harder form can't be told from less"
            " learning.",
            how=how,
        )
    measured = {"raw": points(whole.raw.mean), "freed": points(whole.freed.mean)}
    return t("{how}: measured gain {raw}, without the forms' part {freed}.", how=how, **measured)


def groups_of(effect: Effect, grouping: str) -> tuple[GroupGain, ...]:
    """The groups of one kind."""
    return {TEAMS: effect.teams, POSITIONS: effect.positions, COMPETENCIES: effect.competencies}[grouping]


def group_words(group: GroupGain, grouping: str) -> str:
    """What a group is called."""
    if grouping == POSITIONS:
        return t(POSITION_LABELS[Position(group.key)]) if group.key else t("Without a position")
    if grouping == TEAMS:
        return group.key or t("Without a team")
    return f"{group.key} {group.name.in_language(language())}"


def group_point(group: GroupGain, grouping: str) -> GroupPoint:
    """A group as its figures draw it."""
    gain, shown = group.freed, interval_of(group.freed)
    low, high = (None, None) if shown is None else (shown.low, shown.high)
    return GroupPoint(
        group_words(group, grouping), gain.pre, gain.pre + gain.mean, gain.mean, low, high, gain.n, gain.too_few
    )


def remark_on(gain: PairedGain) -> str:
    """What is to be said of a group's size."""
    if gain.too_few:
        return t("too few to say more than how these did")
    return t("small group") if gain.small else ""


def size_of(gain: PairedGain) -> str:
    """The same in a cell."""
    return t("too few") if gain.too_few else t("small group") if gain.small else ""


def group_remark(group: GroupGain) -> str:
    """What has to be known of a group before its figures are read."""
    words = (size_of(group.freed), t("forms not corrected") if group.uncorrected else "")
    return " · ".join(one for one in words if one)


def group_row(group: GroupGain, grouping: str) -> dict[str, object]:
    """One group's line."""
    gain, shown = group.freed, interval_of(group.freed)
    return {
        "name": group_words(group, grouping),
        "n": gain.n,
        "pre": group.raw.pre,
        "post": group.raw.post,
        "gain": group.raw.mean,
        "freed": gain.mean,
        "interval": span(shown),
        "d_z": gain.d_z,
        "hake": gain.hake_class,
        "remark": group_remark(group),
    }


def tone_of(one: PersonGain) -> str:
    """The colour of what can be said of a person's change."""
    return {BETTER: GOOD, WORSE: BAD, None: WARN}.get(one.verdict, QUIET)


def tone_names() -> dict[str, str]:
    """What each colour means."""
    return {GOOD: t(CHANGE_LABELS[BETTER]), QUIET: t("No reliable change"), BAD: t(CHANGE_LABELS[WORSE]),
            WARN: t("error of the test not known yet")}  # fmt: skip


def change_words(one: PersonGain) -> str:
    """What can be said of a person's change."""
    return "–" if one.verdict is None else t(CHANGE_LABELS[one.verdict])


def person_row(one: PersonGain) -> dict[str, object]:
    """One person's line."""
    return {
        "id": one.person_id,
        "name": one.name,
        "team": one.team,
        "order": " → ".join(one.order),
        "pre": one.pre,
        "post": one.post,
        "gain": one.gain,
        "freed": one.freed,
        "hake": one.hake,
        "change": one.change,
        "verdict": change_words(one),
    }


def effect_file(effect: Effect, title: str) -> bytes:
    """The whole effect as a workbook: everybody together, the groups, the people."""
    whole: list[Sequence[object]] = [(t("Test"), title, "")]
    if effect.whole is not None:
        whole += [(fact.name, fact.number, fact.meaning) for fact in effect_facts(effect, effect.whole)]
        whole.append((t("Forms"), None, correction_words(effect)))
        if remark := remark_on(effect.whole.freed):
            whole.append((t("Note"), effect.whole.freed.n, remark))
    return to_report(
        [
            ReportSheet(t("Effect"), (t("Figure"), t("How much"), t("Meaning")), whole, {}),
            _group_sheet(effect),
            _people_sheet(effect),
        ]
    )


def _group_sheet(effect: Effect) -> ReportSheet:
    head = (
        t("Grouped by"), t("Group"), t("People"), t("Pre-test"), t("Post-test"), t("Gain as measured"),
        t("Gain without the forms' part"), t("Interval from"), t("Interval to"), "d_z", "g_z",
        t("Normalised gain, class"), t("Normalised gain, people"), t("Remark"),
    )  # fmt: skip
    rows = []
    for grouping, label in GROUPING_LABELS.items():
        for group in groups_of(effect, grouping):
            raw, freed, shown = group.raw, group.freed, interval_of(group.freed)
            rows.append(
                (
                    t(label),
                    group_words(group, grouping),
                    raw.n,
                    raw.pre,
                    raw.post,
                    raw.mean,
                    freed.mean,
                    None if shown is None else shown.low,
                    None if shown is None else shown.high,
                    freed.d_z,
                    freed.g_z,
                    freed.hake_class,
                    freed.hake_people,
                    group_remark(group),
                )
            )
    return ReportSheet(t("Groups"), head, rows, dict.fromkeys(head[3:9], RATE))


def _people_sheet(effect: Effect) -> ReportSheet:
    head = (
        t("Name"), t("Team"), t("Position"), t("Order of forms"), t("Pre-test"), t("Post-test"),
        t("Gain as measured"), t("Gain without the forms' part"), t("Normalised gain"), t("Reliable change index"),
        t("Verdict"),
    )  # fmt: skip
    rows = [
        (
            one.name,
            one.team,
            t(POSITION_LABELS[Position(one.position)]) if one.position else "",
            one.order,
            one.pre,
            one.post,
            one.gain,
            one.freed,
            one.hake,
            one.change,
            change_words(one),
        )
        for one in effect.people
    ]
    return ReportSheet(t("People"), head, rows, dict.fromkeys(head[4:8], RATE))
