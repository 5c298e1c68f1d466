"""The result of a finished test: by competency, item by item with every reason, and what to do next."""

from __future__ import annotations

import streamlit as st

from assessments.attempts import PHASE_LABELS, POST, PRE
from assessments.behaviours import CERTAINTY_LABELS
from assessments.certificates import issue_certificate
from assessments.competencies import name_of
from assessments.disputes import DAYS_OPEN, OPEN, STATUS_LABELS, Dispute, dispute_item, disputes_of, withdraw_dispute
from assessments.exhibits import CaseView, Exhibit
from assessments.forms import blueprint_of
from assessments.marking import BLANK, PARTLY, RIGHT, VERDICT_LABELS, WAITING, WRONG
from assessments.published_quality import quality_behind
from assessments.questions import Choice, OpenText
from assessments.readiness import NOT_YET, READY, TOO_LITTLE, PersonReadiness, own_readiness
from assessments.results import (
    CompetencyResult,
    Gain,
    ItemResult,
    Result,
    get_result,
    own_finished,
    own_standing,
)
from core.portal.certificates import certificate_of
from core.ui import page
from core.ui.cards import Tone, card_row, chip, heading, metric_card, section
from core.ui.certificate_card import draw_certificate
from core.ui.empty import empty
from core.ui.guard import fragment
from core.ui.i18n import format_duration, format_instant, format_number, format_rate, t
from core.ui.quality_card import quality_card
from core.ui.rich import emphasised, grid
from core.ui.safe import plain, safe
from core.ui.site import page_named
from pages.learn import said

TONES: dict[str, tuple[Tone, str]] = {
    RIGHT: ("good", "check_circle"),
    PARTLY: ("warn", "adjust"),
    WAITING: ("info", "hourglass_top"),
    WRONG: ("bad", "cancel"),
}


def signed_rate(rate: float) -> str:
    """A difference of shares in percentage points, with its sign."""
    return t("{n} pp", n=("+" if rate > 0 else "") + format_number(100 * rate, 1))


# ---- overall --------------------------------------------------------------------------------------------------


def draw_cards(result: Result, gain: Gain | None) -> None:
    """Score, time, the gain where there is one, and how exact the score is."""
    right = sum(item.verdict == RIGHT for item in result.items)
    answered = sum(item.mark.verdict != BLANK for item in result.items)
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
            t("{n} of {count}", n=right, count=len(result.items)),
            definition=t("{n} answered. Partly right ones count by their share.", n=answered),
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


# ---- item by item ---------------------------------------------------------------------------------------------


def item_text(item: ItemResult) -> str:
    """Everything that can be said of one item, as one piece of markdown."""
    if isinstance(item.question.content, Choice):
        return "\n".join(option_lines(item))
    lines = []
    for finding in item.mark.findings:
        mark = ":green[:material/check:]" if finding.right else ":red[:material/close:]"
        given = said(finding.given) if finding.given else t("no answer")
        wanted = said(finding.wanted) if finding.wanted else ""
        if item.question.kind in ("numeric", "short_text"):
            if finding.given is not None or not finding.right:
                lines.append(f"- {mark} {safe(t('You wrote:'))} **{safe(given)}**  ")
                lines.append(f"  {safe(t('Right is:'))} **{safe(wanted)}**  ")
            lines.append(f"  :gray[{emphasised(said(finding.reason))}]")
            continue
        if item.question.kind == "ordering":
            place = t("Place {n}", n=wanted) + ("" if finding.right else " · " + t("you: {given}", given=given))
            lines.append(f"- {mark} **{safe(place)}** {safe(said(finding.text))}  ")
        else:
            other = "" if finding.right else f" · :red[{safe(t('you: {given}', given=given))}]"
            lines.append(f"- {mark} {safe(said(finding.text))} → **{safe(wanted)}**{other}  ")
        lines.append(f"  :gray[{emphasised(said(finding.reason))}]")
    return "\n".join(lines)


def option_lines(item: ItemResult) -> list[str]:
    """The options of an item in the order in which they were shown, each with its reason."""
    assert isinstance(item.question.content, Choice)
    findings = dict(zip((option.name for option in item.question.content.options), item.mark.findings, strict=True))
    lines = []
    for name in item.question.shown:
        finding = findings[name]
        mark = ":green[:material/check:]" if finding.right else ":material/close:"
        if finding.chosen and not finding.right:
            mark = ":red[:material/close:]"
        text = safe(said(finding.text))
        chosen = f" :violet-badge[{safe(t('your answer'))}]" if finding.chosen else ""
        lines.append(f"- {mark} {'**' + text + '**' if finding.right else text}{chosen}  ")
        lines.append(f"  :gray[{emphasised(said(finding.reason))}]")
    return lines


def draw_item(item: ItemResult, dispute: Dispute | None, attempt_id: int, own: bool) -> None:
    """One item: verdict, question, facts, the reasons, and what was said about it by people."""
    tone, icon = TONES.get(item.verdict, ("quiet", "radio_button_unchecked"))
    with st.container(border=True, key=f"item-{item.place}", gap="small"):
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.markdown(f"**{safe(t('Question {n}', n=item.place + 1))}**", width="content")
            chip(t(VERDICT_LABELS[item.verdict]), tone, icon)
            if item.certainty is not None:
                st.caption(t(CERTAINTY_LABELS[item.certainty]), width="content")
            if not item.waiting and (item.verdict == PARTLY or item.fraction != item.mark.fraction):
                st.caption(safe(format_rate(item.fraction, 0)), width="content")
        if item.question.case is not None:
            draw_situation(item.question.case)
        st.markdown(emphasised(said(item.question.stem)))
        if item.question.exhibit is not None:
            with st.expander(safe(said(item.question.exhibit.title))):
                draw_table(item.question.exhibit)
        if isinstance(item.question.content, OpenText):
            draw_open_text(item.question.content, item)
        else:
            st.markdown(item_text(item))
        if item.comment:
            st.info(safe(item.comment), icon=":material/rate_review:")
        if dispute is not None:
            draw_dispute(dispute, own)
        elif own:
            draw_disputing(item, attempt_id)


def draw_open_text(content: OpenText, item: ItemResult) -> None:
    """What was written, and what a good answer holds; right or wrong is for people to say."""
    st.caption(t("You wrote:"))
    st.text(plain(str(item.response)) if item.mark.verdict != BLANK else t("no answer"))
    st.markdown(f":gray[{emphasised(said(content.reason))}]")


def draw_situation(case: CaseView) -> None:
    """The situation a question belongs to, folded; pictures as their tables, since every question of it has one."""
    with st.expander(safe(said(case.title)), icon=":material/cases:"):
        st.markdown(emphasised(said(case.situation)))
        for exhibit in case.exhibits:
            st.caption(safe(said(exhibit.title)))
            draw_table(exhibit)


def draw_table(exhibit: Exhibit) -> None:
    """The facts a question is about."""
    rows = [[said(cell) for cell in row] for row in exhibit.rows]
    st.markdown(grid([said(column) for column in exhibit.columns], rows))


def draw_dispute(dispute: Dispute, own: bool) -> None:
    """A dispute with its decision, or the way to take it back."""
    with st.container(border=True, key=f"dispute-{dispute.id}", gap="small"):
        chip(t(STATUS_LABELS[dispute.status]), "info" if dispute.status == OPEN else "quiet", "gavel")
        st.markdown(f"**{safe(t('Disputed:'))}** {safe(dispute.reason)}")
        if dispute.decision:
            st.markdown(f"**{safe(t('Decision:'))}** {safe(dispute.decision)}")
        if own and dispute.status == OPEN:
            st.button(
                t("Take it back"),
                key=f"withdraw-{dispute.id}",
                icon=":material/undo:",
                on_click=page.portal_command,
                args=(withdraw_dispute, dispute.id),
                kwargs={"form_key": page.form_key(f"withdraw-{dispute.id}"), "done": t("You have taken it back.")},
            )


def draw_disputing(item: ItemResult, attempt_id: int) -> None:
    """The way to say that a question was wrong."""
    item_id, key = item.question.item_id, f"dispute-{attempt_id}-{item.place}"
    with st.popover(t("Something is wrong with this question"), icon=":material/gavel:", key=f"open-{key}"):
        st.caption(
            t(
                "A trainer decides, and everybody's marks follow. Possible for {days} days.",
                days=DAYS_OPEN,
            )
        )
        st.text_area(t("What is wrong with it?"), max_chars=4_000, key=f"{key}-reason")
        st.button(
            t("Dispute the question"),
            key=f"{key}-send",
            type="primary",
            on_click=page.portal_command,
            args=(dispute_item, attempt_id, item_id, page.field(f"{key}-reason", "")),
            kwargs={"form_key": page.form_key(key), "done": t("A trainer will decide; you read it here.")},
        )


@fragment()
def draw_items(attempt_id: int) -> None:
    """All items, or those worth another look."""
    result = page.portal_read(get_result, attempt_id)
    own = result.person_id == page.person().person_id
    disputes = page.portal_read(disputes_of, attempt_id)
    again = [item for item in result.items if item.verdict != RIGHT]
    section(t("Question by question"), t("What you answered, what is right, and the reason for every option."))
    names = {"again": t("To look at again ({n})", n=len(again)), "all": t("All ({n})", n=len(result.items))}
    shown = st.segmented_control(
        t("Show"),
        list(names),
        default="again" if again else "all",
        format_func=names.__getitem__,
        key=f"shown-{attempt_id}",
        label_visibility="collapsed",
        required=True,
    )
    items = again if shown == "again" else list(result.items)
    if not items:
        st.success(t("Every question is right."), icon=":material/task_alt:")
    for item in items:
        draw_item(item, disputes.get(item.question.item_id), attempt_id, own)


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
    draw_items(attempt_id)


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
