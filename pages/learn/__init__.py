"""Answering a question: the widgets of each kind, and saving what they hold at once."""

from __future__ import annotations

from typing import Any

import streamlit as st

from assessments.attempts import StaleAnswer, check_answer, save_answer, save_certainty
from assessments.behaviours import CERTAINTIES, CERTAINTY_LABELS, MARK_WHEN_RIGHT, MARK_WHEN_WRONG
from assessments.exhibits import CaseView, Exhibit, series_in
from assessments.marking import MAX_OPEN_TEXT_LENGTH, MAX_TEXT_LENGTH, VERDICT_LABELS
from assessments.prose import Prose
from assessments.questions import QuestionView
from assessments.sheets import Feedback, Sheet
from assessments.test_settings import INTERACTIVE
from assessments.typed_numbers import read_number
from core.domain.errors import OrderlyError
from core.ui import page
from core.ui.cards import Tone, chip
from core.ui.charts import CONFIG, Series, drawable, pictured
from core.ui.i18n import format_number, format_rate, language, t, translate_error
from core.ui.kpi import is_dark
from core.ui.rich import emphasised, facts_table
from core.ui.safe import plain, safe

TRIAL = 0  # the attempt of an author who tries a question out; its answers stay in the session


def said(prose: Prose) -> str:
    """Prose in the reader's language."""
    return prose.in_language(language())


# ---- saving ---------------------------------------------------------------------------------------------------


def name_of(kind: str, attempt_id: int, item_id: str) -> str:
    """What something of a question is called in the session."""
    return f"{kind}-{attempt_id}-{item_id}"


def note_seen(sheet: Sheet) -> bool:
    """Remembers which of the item's steps the page shows; says whether this page didn't know of it yet."""
    seen: dict[str, int] = st.session_state.setdefault(f"seen-{sheet.attempt_id}", {})
    known = seen.get(sheet.item_id)
    seen[sheet.item_id] = sheet.number
    return known != sheet.number


def _carry_out(attempt_id: int, item_id: str, work: Any, *args: Any, **kwargs: Any) -> None:
    """Writes something about a question; a refusal is said in the run that follows."""
    seen: dict[str, int] = st.session_state.setdefault(f"seen-{attempt_id}", {})
    try:
        done = page.portal_write(work, attempt_id, item_id, *args, seen=seen.get(item_id), **kwargs)
        seen[item_id] = getattr(done, "number", seen.get(item_id, 0))
    except page.SignedOut:
        return  # the run that follows says so
    except OrderlyError as error:
        page.flash(translate_error(error), "error")
        if isinstance(error, StaleAnswer):
            seen.pop(item_id, None)  # so that the saved answer takes the place of what is shown here


def keep(attempt_id: int, item_id: str, response: Any) -> None:
    """Saves an answer, with how sure one is where that was said."""
    if attempt_id == TRIAL:
        st.session_state[name_of("tried", attempt_id, item_id)] = response
        return
    sure = st.session_state.get(name_of("sure", attempt_id, item_id))
    _carry_out(attempt_id, item_id, save_answer, response, certainty=sure)


def keep_value(attempt_id: int, item_id: str, key: str) -> None:
    """Saves what a single widget holds."""
    keep(attempt_id, item_id, st.session_state[key])


def keep_ticks(attempt_id: int, item_id: str, keys: dict[str, str]) -> None:
    """Saves the ticked boxes."""
    keep(attempt_id, item_id, [name for name, key in keys.items() if st.session_state[key]])


def keep_pairs(attempt_id: int, item_id: str, keys: dict[str, str]) -> None:
    """Saves the chosen partners."""
    chosen = {name: st.session_state[key] for name, key in keys.items()}
    keep(attempt_id, item_id, {name: right for name, right in chosen.items() if right is not None})


def keep_step(attempt_id: int, item_id: str, name: str, by: int | None) -> None:
    """Places a step behind the others, or moves it; a second press finds it placed already."""
    order: list[str] = st.session_state.setdefault(name_of("order", attempt_id, item_id), [])
    if by is None and name not in order:
        order.append(name)
    elif by is not None and name in order and 0 <= order.index(name) + by < len(order):
        place = order.index(name)
        order[place], order[place + by] = order[place + by], order[place]
    keep(attempt_id, item_id, list(order))


def keep_no_order(attempt_id: int, item_id: str) -> None:
    """Takes all steps back."""
    st.session_state[name_of("order", attempt_id, item_id)] = []
    keep(attempt_id, item_id, [])


def keep_certainty(attempt_id: int, item_id: str) -> None:
    """Saves how sure one is of the answer saved last."""
    sure = st.session_state[name_of("sure", attempt_id, item_id)]
    if sure is not None:
        _carry_out(attempt_id, item_id, save_certainty, sure)


def check(attempt_id: int, item_id: str) -> None:
    """Has the saved answer marked."""
    _carry_out(attempt_id, item_id, check_answer)


# ---- one question ---------------------------------------------------------------------------------------------


def draw_exhibit(exhibit: Exhibit, key: str = "exhibit") -> None:
    """The facts a question is about: a table, or a picture with its table folded under it."""
    title, columns = said(exhibit.title), [said(column) for column in exhibit.columns]
    rows = [[said(cell) for cell in row] for row in exhibit.rows]
    with st.container(border=True, key=key, gap=None):
        st.caption(safe(title))
        if not exhibit.chart:
            st.html(facts_table(columns, rows, title))
            return
        names = [row[0] for row in rows]
        series = [Series(str(at), columns[at + 1], values) for at, values in enumerate(series_in(exhibit))]
        figure = pictured(exhibit.chart, names, series, dark=is_dark())
        st.plotly_chart(drawable(figure), theme=None, config=dict(CONFIG), key=f"{key}-chart", alt=title)
        with st.expander(t("The same as a table"), key=f"{key}-table"):
            st.html(facts_table(columns, rows, title))


def draw_case(case: CaseView, key: str = "case") -> None:
    """The situation that several questions share."""
    with st.container(key=key, gap="small"):
        st.markdown(f":material/cases: **{safe(said(case.title))}**  \n{emphasised(said(case.situation))}")
        for place, exhibit in enumerate(case.exhibits):
            draw_exhibit(exhibit, f"{key}-exhibit-{place}")


def draw_single(sheet: Sheet, label: str) -> None:
    """One of several options."""
    key = name_of("answer", sheet.attempt_id, sheet.item_id)
    texts = {choice.name: safe(said(choice.text)) for choice in sheet.question.choices}
    st.session_state[key] = sheet.response
    st.radio(
        label,
        list(texts),
        index=None,
        format_func=texts.__getitem__,
        key=key,
        label_visibility="collapsed",
        width="stretch",
        disabled=sheet.locked,
        on_change=keep_value,
        args=(sheet.attempt_id, sheet.item_id, key),
    )


def draw_multiple(sheet: Sheet) -> None:
    """Several of several options."""
    st.caption(t("Several answers can be right; a wrong one costs marks."))
    keys = {
        choice.name: f"answer-{sheet.attempt_id}-{sheet.item_id}-{choice.name}" for choice in sheet.question.choices
    }
    with st.container(key="ticks", gap="small"):
        for choice in sheet.question.choices:
            st.session_state[keys[choice.name]] = choice.name in (sheet.response or ())
            st.checkbox(
                safe(said(choice.text)),
                key=keys[choice.name],
                disabled=sheet.locked,
                on_change=keep_ticks,
                args=(sheet.attempt_id, sheet.item_id, keys),
            )


def draw_typed(sheet: Sheet, label: str, newer: bool) -> None:
    """A number, a few words, or a longer text."""
    key, view = name_of("answer", sheet.attempt_id, sheet.item_id), sheet.question
    if newer or key not in st.session_state:  # what is being typed is never overwritten but by what another page saved
        st.session_state[key] = sheet.response or ""
    common: dict[str, Any] = {
        "key": key,
        "label_visibility": "collapsed",
        "disabled": sheet.locked,
        "on_change": keep_value,
        "args": (sheet.attempt_id, sheet.item_id, key),
    }
    if view.kind == "open_text":
        place = t("Write your answer here. It is saved while you write.")
        st.text_area(label, height=260, max_chars=MAX_OPEN_TEXT_LENGTH, placeholder=place, **common)
        st.caption(t("A person marks this answer; until then the score is provisional."))
        return
    numeric = view.kind == "numeric"
    unit = said(view.unit) if view.unit else ""
    asked = (t("A number, in {unit}", unit=unit) if unit else t("A number")) if numeric else t("A word or phrase")
    st.text_input(
        label, placeholder=asked, max_chars=MAX_TEXT_LENGTH, autocomplete="off", live="2s", width=420, **common
    )
    if numeric and sheet.response and sheet.response.strip():
        number = read_number(sheet.response, view.unit)
        if number is None:
            st.caption(":orange[" + safe(t("This can't be read as a number yet. Write it like 1234.5.")) + "]")
        else:
            digits = min(4, max(0, -int(number.normalize().as_tuple().exponent)))
            st.caption(safe(t("Read as {number} {unit}", number=format_number(float(number), digits), unit=unit)))


def draw_matching(sheet: Sheet) -> None:
    """A partner for each line."""
    texts = {choice.name: said(choice.text) for choice in sheet.question.choices}
    keys = {left.name: f"answer-{sheet.attempt_id}-{sheet.item_id}-{left.name}" for left in sheet.question.lefts}
    for left in sheet.question.lefts:
        key = keys[left.name]
        st.session_state[key] = (sheet.response or {}).get(left.name)
        st.selectbox(
            safe(said(left.text)),
            list(texts),
            index=None,
            format_func=texts.__getitem__,
            key=key,
            placeholder=t("Choose what belongs to it"),
            filter_mode=None,
            disabled=sheet.locked,
            on_change=keep_pairs,
            args=(sheet.attempt_id, sheet.item_id, keys),
        )


def draw_ordering(sheet: Sheet) -> None:
    """Steps, tapped one after the other in their order; a placed one can be moved."""
    placed: list[str] = list(sheet.response or ())
    st.session_state[name_of("order", sheet.attempt_id, sheet.item_id)] = list(placed)
    texts = {choice.name: safe(said(choice.text)) for choice in sheet.question.choices}
    left = [name for name in texts if name not in placed]
    st.caption(
        t("Press the steps in the order in which they happen.") if left else t("Your order. Move a step up or down.")
    )
    with st.container(key="placed", gap="small"):
        for place, name in enumerate(placed):
            with st.container(
                horizontal=True, vertical_alignment="center", wrap=False, key=f"placed-{name}", gap="small"
            ):
                st.markdown(f"**{place + 1}.** {texts[name]}", width="stretch")
                for icon, by, tip in (("arrow_upward", -1, t("Move up")), ("arrow_downward", 1, t("Move down"))):
                    st.button(
                        f":material/{icon}:",
                        key=f"move-{icon}-{sheet.item_id}-{name}",
                        help=tip,
                        disabled=sheet.locked or not 0 <= place + by < len(placed),
                        on_click=keep_step,
                        args=(sheet.attempt_id, sheet.item_id, name, by),
                    )
    with st.container(key="unplaced", gap="small"):
        for name in left:
            st.button(
                texts[name],
                key=f"place-{sheet.item_id}-{name}",
                icon=":material/add:",
                width="stretch",
                wrap=True,
                disabled=sheet.locked,
                on_click=keep_step,
                args=(sheet.attempt_id, sheet.item_id, name, None),
            )
    if placed and not sheet.locked:
        st.button(
            t("Start over"),
            key=f"restart-{sheet.item_id}",
            type="tertiary",
            icon=":material/restart_alt:",
            on_click=keep_no_order,
            args=(sheet.attempt_id, sheet.item_id),
        )


# ---- how sure, right or not, and why --------------------------------------------------------------------------


def signed(mark: int) -> str:
    """A mark with its sign, as a table shows it."""
    return f"+{mark}" if mark > 0 else str(mark).replace("-", "−")


def certainty_name(sure: int) -> str:
    """A certainty with what it earns and costs."""
    return f"{t(CERTAINTY_LABELS[sure])} ({signed(MARK_WHEN_RIGHT[sure])} / {signed(MARK_WHEN_WRONG[sure])})"


def draw_certainty(sheet: Sheet) -> None:
    """How sure one is of the answer, with what that earns and costs."""
    key = name_of("sure", sheet.attempt_id, sheet.item_id)
    if sheet.certainty is not None or key not in st.session_state:
        st.session_state[key] = sheet.certainty
    st.segmented_control(
        t("How sure are you?"),
        CERTAINTIES,
        format_func=certainty_name,
        key=key,
        on_change=keep_certainty,
        args=(sheet.attempt_id, sheet.item_id),
    )
    st.caption(t("In brackets: marks if right / if wrong. Without a choice, your answer counts as not sure."))


VERDICT_TONES: dict[str, tuple[Tone, str]] = {
    "right": ("good", "check_circle"), "partly": ("warn", "adjust"), "wrong": ("bad", "cancel")
}  # fmt: skip


def draw_check(sheet: Sheet) -> None:
    """The check of an answer, and what the checks so far have said."""
    feedback = sheet.feedback
    if feedback is not None:
        with st.container(key=f"feedback-{feedback.verdict}", gap="small"):
            draw_feedback(sheet, feedback)
    if sheet.locked:
        return
    more = feedback is not None
    st.button(
        t("Check it again") if more else t("Check the answer"),
        key=name_of("check", sheet.attempt_id, sheet.item_id),
        icon=":material/fact_check:",
        disabled=feedback is not None and not feedback.changed and sheet.question.kind not in ("numeric", "short_text"),
        on_click=check,
        args=(sheet.attempt_id, sheet.item_id),
    )
    if sheet.settings.behaviour == INTERACTIVE:
        cost = format_rate(sheet.settings.penalty, 0)
        st.caption(
            safe(t("Tries left: {n}. Each further try costs {rate} of the mark.", n=sheet.tries_left, rate=cost))
        )
    else:
        st.caption(t("A checked answer can't be changed any more."))


def draw_feedback(sheet: Sheet, feedback: Feedback) -> None:
    """What a check says: the verdict, hints while there are tries left, the reasons once there are none."""
    tone, icon = VERDICT_TONES[feedback.verdict]
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        chip(t(VERDICT_LABELS[feedback.verdict]), tone, icon)
        if feedback.locked and feedback.worth is not None:
            st.caption(safe(t("Worth {rate}", rate=format_rate(feedback.worth, 0))), width="content")
    if feedback.mark is None:
        for hint in feedback.hints:
            st.info(emphasised(said(hint)), icon=":material/lightbulb:")
        if len(feedback.hints) < feedback.checks:
            st.info(
                t("Not right yet. Read the question once more, word by word, and change your answer."),
                icon=":material/lightbulb:",
            )
        return
    lines, shown = [], {choice.text: at for at, choice in enumerate(sheet.question.choices)}
    for finding in sorted(feedback.mark.findings, key=lambda one: shown.get(one.text, 0) if one.given is None else 0):
        missed = ":red[:material/close:]" if finding.chosen else ":material/close:"
        sign = ":green[:material/check:]" if finding.right else missed
        own = f" :violet-badge[{safe(t('your answer'))}]" if finding.chosen and finding.given is None else ""
        wanted = ""
        if finding.wanted is not None and finding.wanted != finding.text:
            place = said(finding.wanted)
            wanted = f" → **{safe(t('Place {n}', n=place) if sheet.question.kind == 'ordering' else place)}**"
        words = f"**{safe(said(finding.text))}**" if finding.right else safe(said(finding.text))
        lines.append(f"- {sign} {words}{wanted}{own}  ")
        lines.append(f"  :gray[{emphasised(said(finding.reason))}]")
    st.markdown("\n".join(lines))


def draw_question(sheet: Sheet) -> None:
    """The question at the sheet's place with its way of answering."""
    view: QuestionView = sheet.question
    newer, stem = note_seen(sheet), said(view.stem)
    if view.case is not None:
        draw_case(view.case)
    st.markdown(f"#### {emphasised(stem)}")
    if view.exhibit is not None:
        draw_exhibit(view.exhibit)
    label = plain(stem.replace("**", ""))
    match view.kind:
        case "single":
            draw_single(sheet, label)
        case "multiple":
            draw_multiple(sheet)
        case "numeric" | "short_text" | "open_text":
            draw_typed(sheet, label, newer)
        case "matching":
            draw_matching(sheet)
        case "ordering":
            draw_ordering(sheet)
    if sheet.asks_certainty:
        draw_certainty(sheet)
    if sheet.checkable:
        draw_check(sheet)
