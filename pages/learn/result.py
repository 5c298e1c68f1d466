"""The result of a finished test: by competency, item by item with every reason, and what to do next."""

from __future__ import annotations

import streamlit as st

from assessments.attempts import PHASE_LABELS, POST, PRE
from assessments.certificates import issue_certificate
from assessments.competencies import name_of
from assessments.forms import blueprint_of
from assessments.published_quality import quality_behind
from assessments.readiness import NOT_YET, READY, TOO_LITTLE, PersonReadiness, own_readiness
from assessments.results import (
    CompetencyResult,
    Gain,
    Result,
    get_result,
    own_finished,
    own_standing,
)
from core.portal.certificates import certificate_of
from core.ui import page
from core.ui.cards import Tone, card_row, heading, metric_card, section
from core.ui.certificate_card import draw_certificate
from core.ui.empty import empty
from core.ui.i18n import format_duration, format_instant, format_number, format_rate, t
from core.ui.quality_card import quality_card
from core.ui.safe import safe
from core.ui.site import page_named
from pages.learn import said
from pages.learn.result_items import draw_held, draw_items


def signed_rate(rate: float) -> str:
    """A difference of shares in percentage points, with its sign."""
    return t("{n} pp", n=("+" if rate > 0 else "") + format_number(100 * rate, 1))


# ---- overall --------------------------------------------------------------------------------------------------


def draw_cards(result: Result, gain: Gain | None) -> None:
    """Score, time, the gain where there is one, and how exact the score is."""
    places = card_row(4)
    with places[0]:
        metric_card(
            t("Score"),
            format_rate(result.score, digits(result)),
            definition=score_words(result),
            key="score",
            tone=score_tone(result),
        )
    with places[1]:
        metric_card(
            t("Questions right"),
            t("{n} of {count}", n=result.right_count, count=result.items_count),
            definition=t("{n} answered. Partly right ones count by their share.", n=result.answered_count),
            key="right",
        )
    with places[2]:
        if gain is None:
            metric_card(
                t("From begin to end"),
                format_duration(result.finished_at - result.started_at),
                definition=t(
                    "Begun {begun}, finished {finished}.",
                    begun=format_instant(result.started_at),
                    finished=format_instant(result.finished_at),
                ),
                key="finished",
            )
        else:
            draw_gain(gain)
    with places[3]:
        quality = page.portal_read(quality_behind, result.attempt_id)
        quality_card(quality.n, quality.reliability, quality.error, quality.most)


def score_words(result: Result) -> str:
    """What the score means: whether it was enough, where the test says what is enough."""
    words = t("Marks reached of all marks; every question counts by its weight.")
    if result.provisional:
        return t("Provisional: an answer still waits to be marked by a person.") + " " + words
    if result.passed is None:
        return words
    wanted = format_rate(result.pass_rate or 0.0, digits(result))
    said_so = t("Passed: {wanted} was needed.", wanted=wanted)
    return (said_so if result.passed else t("Not passed: {wanted} was needed.", wanted=wanted)) + " " + words


def digits(result: Result) -> int:
    """How many decimals tell a score from the pass mark it missed: nobody fails with 67% where 67% was needed."""
    if result.passed is not False:
        return 0
    shown = ({format_rate(rate or 0.0, n) for rate in (result.score, result.pass_rate)} for n in range(3))
    return next((n for n, both in enumerate(shown) if len(both) == 2), 2)


def score_tone(result: Result) -> Tone:
    """Good or bad by the pass mark, where there is one."""
    if result.provisional:
        return "info"
    if result.passed is not None:
        return "good" if result.passed else "bad"
    return "good" if result.score >= 0.8 else "warn" if result.score >= 0.5 else "bad"


def draw_gain(gain: Gain) -> None:
    """What was gained since the pre-test."""
    share = t("Nothing was left to gain.")
    if gain.normalised is not None:
        share = t("That is {rate} of what was left to gain.", rate=format_rate(gain.normalised, 0))
    metric_card(
        t("Gain"),
        signed_rate(gain.absolute),
        definition=t(
            "Post-test {post} less pre-test {pre}.", post=format_rate(gain.post, 0), pre=format_rate(gain.pre, 0)
        )
        + " "
        + share,
        key="gain",
        tone="good" if gain.absolute > 0 else "warn",
    )


def draw_competencies(competencies: tuple[CompetencyResult, ...]) -> None:
    """A bar per competency, the weakest marked."""
    section(t("By competency"), t("A few questions each: a hint where to look, not a verdict."))
    with st.container(border=True, key="by-competency", gap="small"):
        for one in competencies:
            label, bar, value = st.columns([4, 5, 1], vertical_alignment="center", gap="small")
            count = t("1 question") if one.items_count == 1 else t("{n} questions", n=one.items_count)
            label.markdown(f"{safe(said(one.name))} :gray[{safe(one.code)} · {safe(count)}]")
            bar.progress(min(1.0, one.rate))
            value.markdown(f"**{safe(format_rate(one.rate, 0))}**")


# ---- what next ------------------------------------------------------------------------------------------------


def draw_gaps(readiness: PersonReadiness | None) -> None:
    """What one's position requires and isn't shown yet, the weakest first."""
    if readiness is None or not readiness.required_count:
        return
    section(
        t("Ready for your work"),
        t(
            "{n} of {count} things that your position requires are shown by your tests.",
            n=readiness.count(READY),
            count=readiness.required_count,
        ),
    )
    gaps = [gap for gap in readiness.gaps() if gap.state == NOT_YET][:5]
    if gaps:
        st.markdown(safe(t("What to work on next:")))
        lines = [
            f"- **{safe(said(name_of(gap.code)))}** :gray[{safe(gap.code)} · "
            f"{safe(t('{rate} so far', rate=format_rate(gap.rate or 0.0, 0)))}]"
            for gap in gaps
        ]
        st.markdown("\n".join(lines))
    if few := readiness.count(TOO_LITTLE):
        st.caption(t("Too little is known of {n} of them; further tests ask about those.", n=few))


# ---- which attempt --------------------------------------------------------------------------------------------


def chosen_attempt() -> int | None:
    """The attempt in the address, or the latest finished one of one's own."""
    asked = st.query_params.get("attempt", "")
    if asked.isascii() and asked.isdigit() and len(asked) < 15:
        return int(asked)
    if not page.portal_actor().may("tests.take"):
        return None
    finished = page.portal_read(own_finished)
    return finished[0].attempt_id if finished else None


def draw(attempt_id: int) -> None:
    """The whole result."""
    result = page.portal_read(get_result, attempt_id)
    own = result.person_id == page.person().person_id
    lead = f"{t(PHASE_LABELS[result.phase])} · {said(blueprint_of(result.test).title)}"
    heading(t("Result"), lead, "insights")
    gain = page.portal_read(own_standing, result.test).gain if own and result.phase == POST else None
    draw_cards(result, gain)
    if own:
        label = t("What next: the exercises") if result.phase == PRE else t("See your path")
        with st.container(key="what-next"):
            if st.button(label, type="primary", icon=":material/arrow_forward:"):
                st.switch_page(page_named("path").path)
    certificate = page.portal_read(certificate_of, attempt_id)
    if certificate is not None or (own and result.passed):
        draw_certificate(certificate, attempt_id, issue_certificate)
        if certificate is not None and certificate.revoked_at is None and result.passed is False:
            st.warning(t("Marks were changed since, and the test isn't passed any more. The certificate still holds."))
    draw_competencies(result.competencies)
    if own:
        draw_gaps(page.portal_read(own_readiness))
    if result.items or result.release.shown:
        draw_items(attempt_id)
    else:
        draw_held(result)


def draw_nothing() -> None:
    """What is here before a test is finished, and the way on."""
    heading(t("Result"), t("What was right in a test, and why."), "insights")
    if page.portal_actor().may("tests.take"):
        text, label, target = t("Finish a test, and its result is here."), t("See your path"), "path"
    else:
        text, label, target = (
            t("Choose a person whose result you want to read."),
            t("See the progress"),
            "people_progress",
        )
    empty(t("No result yet"), text, key="result", icon="insights", go_label=label, go_page=target)


attempt_id = chosen_attempt()
if attempt_id is None:
    draw_nothing()
else:
    draw(attempt_id)
