"""The questions of a finished test one by one, with every reason, or that they are shown later."""

from __future__ import annotations

import streamlit as st

from assessments.behaviours import CERTAINTY_LABELS
from assessments.disputes import DAYS_OPEN, OPEN, STATUS_LABELS, Dispute, dispute_item, disputes_of, withdraw_dispute
from assessments.exhibits import CaseView, Exhibit
from assessments.key_release import Release, give_up_tries
from assessments.marking import BLANK, PARTLY, RIGHT, VERDICT_LABELS, WAITING, WRONG
from assessments.questions import Choice, OpenText, names_shown
from assessments.results import (
    ItemResult,
    Result,
    get_result,
)
from assessments.test_settings import CLOSED
from core.ui import page
from core.ui.cards import Tone, chip, section
from core.ui.guard import fragment
from core.ui.i18n import format_instant, format_rate, t
from core.ui.rich import emphasised, facts_table
from core.ui.safe import plain, safe
from pages.learn import said

TONES: dict[str, tuple[Tone, str]] = {
    RIGHT: ("good", "check_circle"),
    PARTLY: ("warn", "adjust"),
    WAITING: ("info", "hourglass_top"),
    WRONG: ("bad", "cancel"),
}


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
    for name in item.question.shown or names_shown(item.question.content):
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
    st.html(facts_table([said(column) for column in exhibit.columns], rows, said(exhibit.title)))


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


def draw_held(result: Result) -> None:
    """That the answers are shown later, when, and what one can do about it."""
    release = result.release
    section(t("Question by question"), t("What you answered, what is right, and the reason for every option."))
    with st.container(border=True, key="held", gap="small"):
        st.markdown(f":material/lock_clock: {safe(held_words(release))}")
        if release.rule != CLOSED and release.since is not None:
            st.caption(safe(t("At the latest on {at}, when the test closes.", at=format_instant(release.since))))
        if release.rule != CLOSED and release.tries_left:
            st.button(
                t("Take no further try and show the answers"),
                key=f"give-up-{result.attempt_id}",
                icon=":material/visibility:",
                on_click=page.portal_command,
                args=(give_up_tries, result.attempt_id),
                kwargs={
                    "form_key": page.form_key(f"give-up-{result.attempt_id}"),
                    "done": t("Noted: this test is done for you."),
                },
            )
            st.caption(t("That can't be taken back."))


def held_words(release: Release) -> str:
    """When the answers are shown."""
    if release.rule == CLOSED:
        assert release.since is not None
        return t(
            "The answers with their reasons are shown when the test closes: {at}.", at=format_instant(release.since)
        )
    if release.tries_left == 1:
        return t("You can take this test once more, with the same questions. The answers are shown after that.")
    if release.tries_left:
        return t(
            "You can take this test {n} more times, with the same questions. The answers are shown after that.",
            n=release.tries_left,
        )
    return t("The answers with their reasons are shown once you have finished the post-test, too.")
