"""The report of a check, as the person who handed in and the trainer read it."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from assessments.blueprint import TESTS, blueprint_of
from assessments.exercise import CheckResult, Report
from assessments.prose import Prose
from core.ui.i18n import format_number, language, t
from core.ui.safe import safe


def said(prose: Prose) -> str:
    """Prose in the reader's language."""
    return prose.in_language(language())


def take_test(key: str) -> None:
    """Writes the chosen test into the address."""
    st.query_params["test"] = st.session_state[key]


def choose_test(key: str, otherwise: str = TESTS[0]) -> str:
    """The test in the address, or the other one; chosen anew with a widget of this key."""
    asked = st.query_params.get("test", "")
    test = asked if asked in TESTS else otherwise
    titles = {name: said(blueprint_of(name).title) for name in TESTS}
    st.session_state[key] = test
    st.selectbox(
        t("Test"),
        TESTS,
        format_func=titles.__getitem__,
        key=key,
        on_change=take_test,
        args=(key,),
        width=340,
    )
    return test


def choose_person(names: Mapping[int, str], first: int | None = None) -> int:
    """The person in the address, else `first` or the first of all; chosen anew with the widget."""
    asked = {str(one): one for one in names}.get(st.query_params.get("person", ""))
    if "person" not in st.session_state and (asked or first) in names:
        st.session_state["person"] = asked or first
    if st.session_state.get("person") not in names:
        st.session_state.pop("person", None)
    person_id = st.selectbox(
        t("Person"),
        list(names),
        format_func=names.__getitem__,
        key="person",
        width=420,
        help=t("Type a few letters of the name to find it."),
    )
    st.query_params["person"] = str(person_id)
    return int(person_id)


def draw_findings(report: Report) -> None:
    """Per check what was found and wanted, and what was changed that should have stayed."""
    for check in report.checks:
        draw_check(check)
    draw_limits(report)


def draw_check(check: CheckResult) -> None:
    """One check with its points; what was found is anybody's text."""
    icon, colour = (
        ("check_circle", "green")
        if check.fraction >= 1
        else ("cancel", "red")
        if not check.fraction
        else ("adjust", "orange")
    )
    points = t("{reached} of {points} points", reached=points_words(check.reached), points=check.points)
    with st.container(gap=None, key=f"check-{check.key}"):
        st.markdown(f":{colour}[:material/{icon}:] **{safe(said(check.text))}** · {safe(points)}")
        st.caption(f"{t('Found')}: {safe(said(check.found))}")
        if check.fraction < 1:
            st.caption(f"{t('Wanted')}: {safe(said(check.wanted))}")


def points_words(points: float) -> str:
    """Points without needless decimals."""
    return format_number(points, 0 if points == int(points) else 1)


def draw_limits(report: Report) -> None:
    """What was changed that should have stayed, and what it cost."""
    broken = [limit for limit in report.limits if limit.breaches]
    if not broken:
        st.caption(f":green[:material/shield:] {t('Nothing was changed that should have stayed.')}")
    for limit in broken:
        lost = t("{n} points lost", n=limit.lost)
        st.markdown(f":red[:material/gpp_bad:] **{safe(said(limit.text))}** · :red[{safe(lost)}]")
        for breach in limit.breaches:
            st.caption(safe(said(breach)))
