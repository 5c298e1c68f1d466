"""Marking by hand: open texts by their rubric, and disputed questions, each with what everybody else gets from it."""

from __future__ import annotations

from functools import partial
from typing import Any

import streamlit as st

from assessments.attempts import PHASE_LABELS
from assessments.disputes import (
    CREDITED,
    MARKED,
    OUTCOMES,
    REJECTED,
    REMARKED,
    STATUS_LABELS,
    Decided,
    Dispute,
    Reach,
    decide_dispute,
    disputes_in,
    reach_of,
)
from assessments.forms import blueprint_of
from assessments.manual_marks import (
    AnswerSheet,
    WaitingAnswer,
    answers_waiting,
    get_answer,
    mark_by_hand,
    mark_by_rubric,
)
from assessments.prose import Prose
from assessments.questions import Choice, Criterion, OpenText
from assessments.replay import answer_in_words
from core.ui import long_job, page
from core.ui.cards import chip, heading, section
from core.ui.empty import empty
from core.ui.i18n import format_instant, format_int, format_number, format_rate, language, t
from core.ui.long_job import Job
from core.ui.rich import emphasised
from core.ui.safe import safe
from core.ui.tables import Column, table

OUTCOME_HELP_LABELS = {
    REJECTED: "The question is right. Nothing changes; the reason is read by whoever disputed it.",
    REMARKED: "First mend the key in the item bank and have it approved; then every test that holds it is replayed.",
    CREDITED: "Everybody who had it gets its full mark, whatever they answered.",
    MARKED: "Only this answer was put right above; nobody else's mark changes.",
}
WAITING, DISPUTES, DECIDED = "waiting", "disputes", "decided"
JOB = "decide-dispute"
MANY = 200  # tests, from which on a decision takes longer than a click should


def said(prose: Prose) -> str:
    """Prose in the reader's language."""
    return prose.in_language(language())


def test_words(test: str, phase: str = "") -> str:
    """Which test, and whether before or after."""
    return " · ".join(filter(None, [said(blueprint_of(test).title), t(PHASE_LABELS[phase]) if phase else ""]))


# ---- one answer -----------------------------------------------------------------------------------------------


def draw_answer(sheet: AnswerSheet) -> None:
    """The question with its key, and what was answered."""
    with st.container(border=True, key="answer-sheet", gap="small"):
        st.markdown(emphasised(said(sheet.question.stem)))
        content = sheet.question.content
        if isinstance(content, Choice):
            for option in content.options:
                mark = ":green[:material/check:]" if option.fraction > 0 else ":material/close:"
                st.markdown(f"- {mark} {safe(said(option.text))}  \n  :gray[{emphasised(said(option.reason))}]")
        elif isinstance(content, OpenText):
            st.caption(emphasised(said(content.reason)))
        st.markdown(f"**{safe(t('The answer'))}**")
        st.text(said(answer_in_words(sheet.question, sheet.response)) or "–")
        worth = t("waits to be marked") if sheet.fraction is None else format_rate(sheet.fraction, 0)
        st.caption(safe(t("Worth now: {worth}", worth=worth)))


def _level_words(criterion: Criterion, points: float) -> str:
    """A number of points with what it stands for, where the rubric says so."""
    reached = next((said(level.text) for level in criterion.levels if level.points == points), "")
    return format_number(points, 1 if points % 1 else 0) + (f" · {reached}" if reached else "")


def draw_rubric(sheet: AnswerSheet, content: OpenText) -> None:
    """Points for each criterion, a comment, and the button that keeps them."""
    key = page.form_key(f"rubric-{sheet.attempt_id}-{sheet.question.item_id}-{sheet.number}")
    fields = {criterion.name: f"{key}-{criterion.name}" for criterion in content.rubric}
    with st.form(f"form-{key}", enter_to_submit=False):
        for criterion in content.rubric:
            st.radio(
                safe(said(criterion.text)),
                [level.points for level in criterion.levels],
                index=None,
                format_func=partial(_level_words, criterion),
                key=fields[criterion.name],
            )
        st.text_area(t("What you say to them"), max_chars=4_000, key=f"{key}-comment")
        st.form_submit_button(
            t("Keep the mark"),
            type="primary",
            icon=":material/check:",
            on_click=_keep_rubric,
            args=(sheet, key, fields),
        )


def _keep_rubric(sheet: AnswerSheet, key: str, fields: dict[str, str]) -> None:
    points = {name: st.session_state[field] for name, field in fields.items() if st.session_state[field] is not None}
    page.portal_command(
        mark_by_rubric,
        sheet.attempt_id,
        sheet.question.item_id,
        points,
        page.field(f"{key}-comment", ""),
        number=sheet.number,
        form_key=key,
        done=t("The mark is kept."),
    )


def draw_share(sheet: AnswerSheet) -> None:
    """What an answer is worth, set by hand, with the reason."""
    key = page.form_key(f"share-{sheet.attempt_id}-{sheet.question.item_id}-{sheet.number}")
    with st.form(f"form-{key}", enter_to_submit=False):
        start = round(100 * max(0.0, sheet.fraction or 0.0))
        st.slider(t("Worth, in % of the question"), 0, 100, start, step=5, key=f"{key}-share")
        st.text_area(t("Why"), max_chars=4_000, key=f"{key}-comment")
        st.form_submit_button(t("Keep the mark"), icon=":material/check:", on_click=_keep_share, args=(sheet, key))


def _keep_share(sheet: AnswerSheet, key: str) -> None:
    page.portal_command(
        mark_by_hand,
        sheet.attempt_id,
        sheet.question.item_id,
        int(st.session_state[f"{key}-share"]) / 100,
        page.field(f"{key}-comment", ""),
        number=sheet.number,
        form_key=key,
        done=t("The mark is kept."),
    )


# ---- what waits -----------------------------------------------------------------------------------------------


def draw_waiting(waiting: tuple[WaitingAnswer, ...]) -> None:
    """Answers that wait, the oldest first; one of them open below."""
    if not waiting:
        text = t("Open texts come here when somebody has finished a test that asks for one.")
        empty(t("Nothing waits to be marked"), text, key="no-marking", icon="task_alt")
        return
    cells = [
        {
            "id": (one.attempt_id, one.item_id),
            "name": one.name,
            "team": one.team,
            "test": test_words(one.test, one.phase),
            "finished": format_instant(one.finished_at),
        }
        for one in waiting
    ]
    columns = [
        Column("name", t("Name"), width=160, pinned=True),
        Column("team", t("Team"), width=140),
        Column("test", t("Test"), width=320),
        Column("finished", t("Finished"), width=160),
    ]
    chosen = table(cells, columns, key="waiting-answers", id_key="id", height="content" if len(cells) < 11 else 400)
    one = next((found for found in waiting if (found.attempt_id, found.item_id) == chosen), waiting[0])
    sheet = page.portal_read(get_answer, one.attempt_id, one.item_id)
    section(one.name, test_words(one.test, one.phase))
    draw_answer(sheet)
    if isinstance(sheet.question.content, OpenText):
        draw_rubric(sheet, sheet.question.content)
    else:
        draw_share(sheet)


def draw_disputes(disputes: tuple[Dispute, ...], *, decided: bool) -> None:
    """Disputes, the oldest open one first; one of them open below."""
    if not disputes:
        text = t("Whoever has finished a test can dispute its questions on the result page.")
        empty(t("No dispute waits"), text, key="no-disputes", icon="gavel")
        return
    cells: list[dict[str, Any]] = [
        {
            "id": one.id,
            "item": one.item_id,
            "name": one.name,
            "test": test_words(one.test),
            "reason": one.reason,
            "at": format_instant(one.at),
            "status": t(STATUS_LABELS[one.status]),
        }
        for one in disputes
    ]
    columns = [
        Column("item", t("Question"), width=90, pinned=True),
        Column("name", t("Name"), width=130),
        Column("test", t("Test"), width=180),
        Column("at", t("Disputed at"), width=155),
        *([Column("status", t("Status"), width=270)] if decided else []),
        Column("reason", t("What is wrong with it?"), width=220 if decided else 480),
    ]
    chosen = table(cells, columns, key=f"disputes-{decided}", id_key="id", height="content" if len(cells) < 11 else 400)
    draw_dispute(next((one for one in disputes if one.id == chosen), disputes[0]))


def draw_dispute(one: Dispute) -> None:
    """One dispute with the answer, and the decision or the way to it."""
    section(t("Question {item}", item=one.item_id), f"{one.name} · {test_words(one.test)} · {format_instant(one.at)}")
    chip(t(STATUS_LABELS[one.status]), "info" if one.decided_at is None else "quiet", "gavel")
    st.markdown(f"> {safe(one.reason)}")
    sheet = page.portal_read(get_answer, one.attempt_id, one.item_id)
    draw_answer(sheet)
    if one.decided_at is not None:
        st.markdown(f"**{safe(t('Decision:'))}** {safe(one.decision)}")
        return
    if long_job.going_on(JOB):
        return  # one after the other; how far it is stands above
    reach = page.portal_read(reach_of, one.item_id)
    st.caption(
        safe(
            t(
                "{n} finished tests hold this question; {m} people dispute it.",
                n=reach.attempts_count,
                m=reach.disputes_count,
            )
        )
    )
    with st.expander(t("Put only this answer right"), icon=":material/edit_note:"):
        draw_share(sheet)
    draw_decision(one, reach)


def draw_decision(one: Dispute, reach: Reach) -> None:
    """What is decided, and why."""
    key = f"decide-{one.id}"
    with st.container(border=True, key="decision", gap="small"):
        outcome = st.radio(
            t("Your decision"),
            OUTCOMES,
            format_func=lambda name: t(STATUS_LABELS[name]),
            captions=[t(OUTCOME_HELP_LABELS[name]) for name in OUTCOMES],
            key=f"{key}-outcome",
        )
        st.text_area(t("Why you decide so"), max_chars=4_000, key=f"{key}-why")
        if outcome in (REMARKED, CREDITED) and reach.attempts_count >= MANY:
            many = t("{n} tests are marked anew; that takes some seconds.", n=format_int(reach.attempts_count))
            st.caption(f":material/hourglass_empty: {safe(many)}")
        st.button(
            t("Give the decision"),
            type="primary",
            icon=":material/gavel:",
            key=f"{key}-go",
            on_click=give_decision,
            args=(one.id, outcome, f"{key}-why"),
        )


def give_decision(dispute_id: int, outcome: str, why: str) -> None:
    """A button's callback: decides, behind the page, since very many tests may follow."""
    reason = str(st.session_state.get(why) or "").replace("\x00", "\ufffd")
    long_job.start(JOB, decide_dispute, dispute_id, outcome, reason, done_words=decided_words)


def decided_words(decided: Decided) -> str:
    """What a decision brought."""
    if not decided.attempts_count:
        return t("Decided.")
    if not decided.changed_count:
        return t("Decided. Tests marked anew: {n}; no score changed.", n=format_int(decided.attempts_count))
    return t(
        "Decided. Tests marked anew: {n}; scores changed: {changed}, by at most {largest} percentage points.",
        n=format_int(decided.attempts_count),
        changed=format_int(decided.changed_count),
        largest=format_number(100 * decided.largest, 1),
    )


def job_words(job: Job) -> str:
    """How far a decision is."""
    if not job.parts:
        return t("The decision is being carried out.")
    return t(
        "The decision is being carried out: {n} of {count} tests.", n=format_int(job.done), count=format_int(job.parts)
    )


heading(t("Marking"), t("What only a person can judge: open texts, and questions somebody disputes."), "rate_review")
if long_job.going_on(JOB):
    long_job.draw_job(JOB, job_words)
waiting = page.portal_read(answers_waiting)
disputes = page.portal_read(disputes_in)
views = {
    WAITING: t("To be marked · {n}", n=len(waiting)),
    DISPUTES: t("Disputes · {n}", n=len(disputes)),
    DECIDED: t("Settled disputes"),
}
view = st.segmented_control(
    t("What to mark"),
    list(views),
    default=DISPUTES if disputes and not waiting else WAITING,
    format_func=views.__getitem__,
    required=True,
    key="marking-view",
    label_visibility="collapsed",
)
if view == WAITING:
    draw_waiting(waiting)
elif view == DISPUTES:
    draw_disputes(disputes, decided=False)
else:
    past = page.portal_read(disputes_in, open_only=False)
    draw_disputes(tuple(one for one in past if one.decided_at is not None), decided=True)
