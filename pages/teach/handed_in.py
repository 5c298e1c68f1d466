"""Exercises handed in: each check as it was judged, judged again from its snapshot, and what was done in the world."""

from __future__ import annotations

import streamlit as st

from assessments.exercises import EXERCISES, exercise_named
from assessments.forms import TESTS
from assessments.practice import PracticeRoom, grade_again
from assessments.practice_reads import Deed, Submission, checks_by_person, look_inside, submissions_of
from assessments.results import overview_of
from core.domain.errors import NotFound
from core.ui import page
from core.ui.cards import heading, score_bar, section
from core.ui.databases import practice_files
from core.ui.empty import empty
from core.ui.i18n import format_instant, t, translate_error
from core.ui.order_sheet import fact_details, fact_title
from core.ui.tables import Column, table
from pages.teach import choose_person, draw_findings, said

ROOM = PracticeRoom(practice_files())


def chosen_person() -> int | None:
    """Whose checks are read: those who have handed in something come first; None while there is nobody."""
    counts = page.portal_read(checks_by_person)
    people = sorted(page.portal_read(overview_of, TESTS[0]).standings, key=lambda one: one.person_id not in counts)
    names = {}
    for one in people:
        n = counts.get(one.person_id, 0)
        said_n = t("{n} checks", n=n) if n else t("nothing yet")
        names[one.person_id] = " · ".join(filter(None, [one.name, one.team, said_n]))
    return choose_person(names) if names else None


def draw_submission(one: Submission) -> None:
    """One check: as it was judged then, and the way to judge it again."""
    section(said(exercise_named(one.exercise).title), format_instant(one.at, seconds=True))
    st.html(score_bar(one.report.score, t("As it was judged then")))
    draw_findings(one.report)
    again = st.button(
        t("Judge again"),
        key=f"again-{one.id}",
        icon=":material/replay:",
        help=t("Judges the kept state of the world by the checks as they are now. Nothing is changed by it."),
    )
    if again:
        draw_again(one)
    draw_deeds(one)


def draw_again(one: Submission) -> None:
    """The judgement of today beside the one of then."""
    try:
        report = page.portal_read(grade_again, ROOM, one.id)
    except NotFound as gone:
        st.info(translate_error(gone), icon=":material/history:")
        return
    if report == one.report:
        st.success(t("Judged by today's checks, it comes out the same."), icon=":material/done_all:")
        return
    with st.container(border=True, key="judged-again"):
        st.html(score_bar(report.score, t("By today's checks")))
        draw_findings(report)


def draw_deeds(one: Submission) -> None:
    """What the person did in the world they have now, step by step."""
    section(t("What was done in this world"), t("Since it was handed out or begun again, in the world's own time."))
    try:
        inside = page.portal_read(look_inside, ROOM, one.practice_id)
    except NotFound as gone:
        st.caption(translate_error(gone))
        return
    if not inside.deeds:
        st.caption(t("Nothing yet."))
        return
    table(
        [row_of(number, deed, inside.timezone) for number, deed in enumerate(inside.deeds, start=1)],
        [
            Column("number", t("Step"), "number", width=55, digits=0),
            Column("at", t("Time"), width=160),
            Column("kind", t("What"), width=190),
            Column("order", t("Order"), width=180),
            Column("details", t("Details"), width=440),
        ],
        key=f"deeds-{one.id}",
    )


def row_of(number: int, deed: Deed, timezone: str) -> dict[str, object]:
    """One thing that was done."""
    return {
        "number": number,
        "at": format_instant(deed.at, timezone, seconds=True),
        "kind": fact_title(deed.kind),
        "order": deed.order_number,
        "details": " · ".join(fact_details(deed.kind, deed.data, str(deed.data.get("currency", "CNY")))),
    }


heading(t("Exercises handed in"), t("Every check with what was found, and what was done in the world"), "task")
person_id = chosen_person()
handed_in = page.portal_read(submissions_of, person_id) if person_id is not None else ()
if not handed_in:
    empty(
        t("Nothing handed in yet"),
        t("A check of an exercise appears here as soon as somebody presses “Check my work”."),
        key="handed-in",
        icon="task",
    )
else:
    order = {one.key: number for number, one in enumerate(EXERCISES, start=1)}
    picked = table(
        [
            {
                "id": one.id,
                "exercise": f"{order[one.exercise]}. {said(exercise_named(one.exercise).title)}",
                "at": format_instant(one.at, seconds=True),
                "score": one.score,
                "resets": one.reset_count,
            }
            for one in handed_in
        ],
        [
            Column("score", t("Score"), "rate", width=70, digits=0),
            Column("exercise", t("Exercise"), width=320),
            Column("at", t("Checked"), width=170),
            Column("resets", t("Begun again"), "number", width=95, digits=0, help=t("How often before this check")),
        ],
        key=f"submissions-{person_id}",
        id_key="id",
        height=320 if len(handed_in) > 8 else "content",
    )
    if picked is not None:
        st.query_params["check"] = str(picked)
    shown = [one for one in handed_in if str(one.id) == st.query_params.get("check")]
    if shown:
        draw_submission(shown[0])
    else:
        st.caption(t("Click a check to read it."))
