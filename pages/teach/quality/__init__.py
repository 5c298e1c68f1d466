"""What figures of a test are called, what they mean and what they come to, in words for pages and reports."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import isnan

from assessments.bank import LEVEL_LABELS
from assessments.blueprint import blueprint_of
from assessments.competencies import name_of
from assessments.gradebook import gradebook_of
from assessments.questions import Choice
from assessments.statistics import verdicts
from assessments.statistics.definitions import (
    ITEM_FIGURE_LABELS,
    ITEM_MEANING_LABELS,
    TEST_FIGURE_LABELS,
    TEST_MEANING_LABELS,
)
from assessments.statistics.form_report import FormAnswers, FormReport, ItemReport
from assessments.statistics.paired import Interval
from assessments.statistics.response_model import TwoParameters
from assessments.statistics.sampling import alpha_interval, correlation_interval
from assessments.statistics.sizes import MODEL_LEAST, is_small
from assessments.statistics.verdicts import ITEM_ADVICE_LABELS, ITEM_VERDICT_LABELS
from assessments.test_statistics import TakenForm
from assessments.tries import PHASE_LABELS
from core.channels.export import to_csv
from core.channels.report_workbook import RATE, ReportSheet, to_report
from core.context import Context
from core.domain.rights import POSITION_LABELS, Position
from core.ui.i18n import format_day_at, format_number, format_rate, language, t
from core.ui.quality_charts import BAD, GOOD, QUIET, WARN
from core.ui.safe import safe

MEND = frozenset({verdicts.KEY, verdicts.NEGATIVE, verdicts.UNFAIR, verdicts.TOO_HARD})


@dataclass(frozen=True, slots=True)
class Fact:
    """One figure with what it means. Shape: `value` in words; `number` as a workbook takes it."""

    key: str
    name: str
    value: str
    meaning: str
    number: float | None


def number(value: float | None, digits: int = 2) -> str:
    """A figure, or a dash where there is none."""
    return "–" if value is None else format_number(value, digits)


def rate(value: float | None) -> str:
    """A share, or a dash."""
    return "–" if value is None else format_rate(value, 0)


def tone_of(item: ItemReport) -> str:
    """The colour of the most pressing thing there is to say of an item."""
    first = item.verdicts[0]
    if first in (verdicts.GOOD, verdicts.FEW):
        return GOOD if first == verdicts.GOOD else QUIET
    return BAD if first in MEND else WARN


def verdict_words(item: ItemReport) -> str:
    """All there is to say of an item."""
    return " · ".join(t(ITEM_VERDICT_LABELS[one]) for one in item.verdicts)


def advice_on(item: ItemReport) -> list[str]:
    """What to do about an item."""
    return [t(ITEM_ADVICE_LABELS[one]) for one in item.verdicts]


def item_label(item: ItemReport) -> str:
    """What an item is called: its id, and its version once there is more than one."""
    return item.item.item_id if item.item.version == 1 else f"{item.item.item_id} v{item.item.version}"


def form_words(form: TakenForm, forms: tuple[TakenForm, ...]) -> str:
    """What a form is called: its letter, and what tells it from others of the same letter."""
    words = t("Form {form}", form=form.form)
    if any(one.version != form.version for one in forms):
        words += " · " + t("version {n}", n=form.version)
    if any((one.form, one.version) == (form.form, form.version) and one != form for one in forms):
        words += " · " + t("items as of {day}", day=format_day_at(form.first_at))
    return words + " · " + t("{n} people", n=form.attempts_count)


def stem_of(item: ItemReport) -> str:
    """What was asked, without its emphasis."""
    return item.item.stem.in_language(language()).replace("**", "")


def fact_lines(facts: Sequence[Fact]) -> str:
    """Figures, each with its meaning beneath it, as markdown.

    Why no table: three columns of which one is a sentence can't be read on a phone.
    """
    return "\n".join(f"- {safe(fact.name)} **{safe(fact.value)}**  \n  :gray[{safe(fact.meaning)}]" for fact in facts)


def small_words(n: int) -> str:
    """What is to be said of figures of few people; nothing of many."""
    return t("Few people (n = {n}): every figure here can change a lot with the next ones.", n=n) if is_small(n) else ""


def together_words(phase: str | None) -> str:
    """What is to be said where pre-test and post-test are taken together; nothing of one of them.

    Why: of the same people consistency rises from 0.6 to 0.7 by an ordinary gain between the two.
    """
    if phase is not None:
        return ""
    return t(
        "Pre-test and post-test together: before and after training people differ more, so that consistency and"
        " discrimination look better than in either. Choose one of them to judge the test by."
    )


def test_facts(report: FormReport) -> list[Fact]:
    """The figures of a whole form."""
    whole, decision = report.figures, report.decision
    known = {
        "n": (str(whole.n), whole.n),
        "mean": (number(whole.mean), whole.mean),
        "median": (number(whole.median), whole.median),
        "sd": (number(whole.sd), whole.sd),
        "skewness": (number(whole.skewness), whole.skewness),
        "kurtosis": (number(whole.kurtosis), whole.kurtosis),
        "cic": (number(whole.cic, 1), whole.cic),
        "error_ratio": (number(whole.error_ratio, 1), whole.error_ratio),
        "standard_error": (number(whole.standard_error), whole.standard_error),
        "guess_score": (rate(report.guess_score), report.guess_score),
    }
    if decision is not None:
        known["agreement"] = rate(decision.agreement), decision.agreement
        known["kappa"] = number(decision.kappa), decision.kappa
    reach = alpha_interval(None if whole.cic is None else whole.cic / 100, whole.n, whole.items_count)
    low, high = _ends(reach, 100, 0)
    about = {"n": whole.n, "most": number(whole.maximum, 1), "low": low, "high": high}
    return [
        Fact(key, t(TEST_FIGURE_LABELS[key]), value, t(TEST_MEANING_LABELS[key], **about), figure)
        for key, (value, figure) in known.items()
    ]


def item_facts(report: FormReport, item: ItemReport) -> list[Fact]:
    """The figures of one item, always the same ones in the same order."""
    f, times, model, at = item.figures, item.seconds, report.model, report.items.index(item)
    rest = None if f.discrimination is None else f.discrimination / 100
    without = None if f.alpha_without is None else 100 * f.alpha_without
    blank = item.left_out + item.not_reached
    a, b, a_error, b_error = (None, None, None, None) if model is None else _parameters(model, at)
    known: dict[str, tuple[str, float | None, dict[str, object]]] = {
        "facility": (rate(f.facility), f.facility, {"guess": rate(item.guess)}),
        "sd": (rate(f.sd), f.sd, {}),
        "rest": (number(rest), rest, dict(zip(("low", "high"), _ends(correlation_interval(rest, f.n)), strict=True))),
        "upper_lower": (number(f.upper_lower), f.upper_lower, {}),
        "efficiency": (number(f.efficiency, 0), f.efficiency, {}),
        "intended_weight": (number(f.intended_weight, 1), f.intended_weight, {}),
        "effective_weight": (number(f.effective_weight, 1), f.effective_weight, {}),
        "alpha_without": (number(without, 1), without, {"all": number(report.figures.cic, 1)}),
        "blank": (str(blank), blank, {"out": item.left_out, "end": item.not_reached}),
        "time": (number(times and times[0], 0), times and times[0], {"n": number(times and times[1], 0)}),
        "a": (number(a), a, {"n": number(a_error), "least": MODEL_LEAST}),
        "b": (number(b), b, {"n": number(b_error)}),
    }
    return [
        Fact(key, t(ITEM_FIGURE_LABELS[key]), value, t(ITEM_MEANING_LABELS[key], **about), figure)
        for key, (value, figure, about) in known.items()
    ]


def _ends(reach: Interval | None, times: float = 1, digits: int = 2) -> tuple[str, str]:
    """Both ends of an interval; dashes where there is none."""
    return ("–", "–") if reach is None else (number(times * reach.low, digits), number(times * reach.high, digits))


def _parameters(model: TwoParameters, at: int) -> tuple[float | None, ...]:
    values = (model.a, model.b, model.a_error, model.b_error)
    return tuple(None if isnan(one[at]) else float(one[at]) for one in values)


def option_texts(item: ItemReport) -> dict[str, str]:
    """The options' words."""
    if not isinstance(item.item.content, Choice):
        return {}
    return {option.name: option.text.in_language(language()) for option in item.item.content.options}


def group_name(code: str) -> str:
    """What a group is called: a language or a position."""
    if code in ("en", "zh"):
        return t("Reading English") if code == "en" else t("Reading Chinese")
    return t(POSITION_LABELS[Position(code)]) if code in {one.value for one in Position} else code


def report_file(answers: FormAnswers, report: FormReport, title: str) -> bytes:
    """The whole report as a workbook: the test, its items, their options."""
    return to_report([_test_sheet(answers, report, title), _item_sheet(report), _option_sheet(report)])


def _test_sheet(answers: FormAnswers, report: FormReport, title: str) -> ReportSheet:
    rows: list[Sequence[object]] = [(t("Test"), title, "")]
    rows += [(fact.name, fact.number, fact.meaning) for fact in test_facts(report)]
    if note := small_words(len(answers.attempts)):
        rows.append((t("Note"), None, note))
    return ReportSheet(t("Test"), (t("Figure"), t("How much"), t("Meaning")), rows, {})


def _item_sheet(report: FormReport) -> ReportSheet:
    heads = (t("Item"), t("Question asked"), t("Competency"), t("Competency name"), t("Level"), t("Verdict"))
    rows = [
        (
            item_label(item),
            stem_of(item),
            item.item.competency,
            name_of(item.item.competency).in_language(language()),
            t(LEVEL_LABELS[item.item.level]),
            verdict_words(item),
            *(fact.number for fact in item_facts(report, item)),
        )
        for item in report.items
    ]
    figures = tuple(t(name) for name in ITEM_FIGURE_LABELS.values())
    return ReportSheet(t("Test items"), (*heads, *figures), rows, {t("Facility"): RATE})


def _option_sheet(report: FormReport) -> ReportSheet:
    header = (
        t("Item"), t("Option"), t("Text"), t("Worth"), t("Chosen"), t("Share"), t("Point-biserial"),
        t("weakest third"), t("middle third"), t("best third"), t("Remark"),
    )  # fmt: skip
    rows = [
        (
            item_label(item),
            option.name,
            option_texts(item)[option.name],
            option.fraction,
            option.chosen,
            option.share,
            option.point_biserial,
            *option.by_third,
            option_remark(item, option.name),
        )
        for item in report.items
        for option in item.options
    ]
    shares = dict.fromkeys((t("Share"), t("weakest third"), t("middle third"), t("best third")), RATE)
    return ReportSheet(t("Options"), header, rows, shares)


def option_remark(item: ItemReport, name: str) -> str:
    """What is to be said of one option."""
    if item.suspicion is not None and name == item.suspicion.option:
        return t("Better people choose this: is it the key?")
    if item.suspicion is not None and name == item.suspicion.key:
        return t("Is this really the key?")
    return t("Weak distractor") if name in item.weak_options else ""


def gradebook_file(ctx: Context) -> bytes:
    """Everybody's counting scores in every test, as CSV that a spreadsheet opens without calculating."""
    book = gradebook_of(ctx)
    head = [t("Person number"), t("Login"), t("Name"), t("Team"), t("Position")]
    for test, phase in book.columns:
        title = f"{blueprint_of(test).title.in_language(language())}, {t(PHASE_LABELS[phase])}"
        head += [f"{title} (%)", t("{test}: passed", test=title)]
    rows = []
    for one in book.rows:
        position = t(POSITION_LABELS[Position(one.position)]) if one.position else ""
        cells: list[object] = [one.person_id, one.login, one.name, one.team, position]
        for key in book.columns:
            grade = one.grades.get(key)
            if grade is not None and grade.score is None:
                cells += [t("Waiting for marking"), ""]
            else:
                passed = None if grade is None else grade.passed
                cells += [
                    None if grade is None or grade.score is None else round(100 * grade.score, 2),
                    "" if passed is None else t("yes") if passed else t("no"),
                ]
        rows.append(cells)
    return to_csv(head, rows)
