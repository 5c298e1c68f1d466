"""What can be done with a version of a question or of a case: finished, reviewed, retired, compared with others."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import streamlit as st

from assessments import item_editing as editing
from assessments.attempts import PHASE_LABELS
from assessments.bank_rows import (
    APPROVED,
    DISCARDED,
    HOUSE,
    RETIRED,
    REVIEW,
    SENT_BACK,
    STATE_LABELS,
    STEP_LABELS,
    Version,
)
from assessments.blueprint import blueprint_of
from assessments.draft_values import gaps_in
from assessments.item_drafts import ITEMS, Spot
from assessments.item_quality import Hint, hints_about
from assessments.item_reads import ItemSheet, get_item, item_of_version, known_stems
from core.context import Context
from core.ui import page
from core.ui.cards import chip, section
from core.ui.i18n import format_instant, language, t
from core.ui.safe import safe
from core.ui.site import page_named
from pages.teach.questions import command, draw_changes, draw_whole, hint_words, spot_words

TONES = {HOUSE: "good", APPROVED: "good", REVIEW: "info", SENT_BACK: "warn", RETIRED: "bad", DISCARDED: "bad"}


@dataclass(frozen=True, slots=True)
class Face:
    """How a question or a case is drawn: its editor, its preview, what it is about, and what is said of retiring it."""

    editor: Callable[[Version], None]
    preview: Callable[[Version], None]
    about: Callable[[Version], None]
    new: str
    retiring: str


def read_all(ctx: Context, item_id: str) -> tuple[ItemSheet, Mapping[str, str]]:
    """The question or the case, and what the items of the bank ask, in one read."""
    return get_item(ctx, item_id), known_stems(ctx)


def follow_begun(shown_id: str, page_name: str, asked: str) -> None:
    """Goes on to what was just begun from the one that is shown: its new version stays here, a copy has an own page.

    `asked` is what the address of that page calls it.
    """
    for name in ("begin", "copy"):
        begun = page.result(name)
        if begun is None:
            continue
        found = page.portal_read(item_of_version, begun)
        if found != shown_id:
            st.switch_page(page_named(page_name).path, query_params={asked: found})


def draw_sheet(sheet: ItemSheet, known: Mapping[str, str], face: Face) -> None:
    """Everything about a question or a case below its title: what is to be done, and all its versions."""
    version = shown_version(sheet)
    with st.container(horizontal=True, gap="small", vertical_alignment="center"):
        chip(t(STATE_LABELS[version.state]), TONES.get(version.state, "quiet"))  # type: ignore[arg-type]
        if sheet.open_version is not None and sheet.used_version is not None:
            st.caption(
                t("Version {n} is asked until this one is approved.", n=sheet.used_version.number), width="content"
            )
        st.page_link(page_named("bank").path, label=t("All questions"), icon=":material/library_books:")
    if version.is_writable and page.portal_actor().may("bank.write"):
        draw_draft(version, known, face)
    elif version.state == REVIEW:
        draw_review(sheet, version, known, face)
    else:
        draw_used(sheet, version, face)
    draw_versions(sheet)


def shown_version(sheet: ItemSheet) -> Version:
    """The version that its page is about: the one being written, else the one in use."""
    return sheet.open_version or sheet.used_version or sheet.versions[0]


def hints_of(version: Version, known: Mapping[str, str]) -> list[Hint]:
    """What could be better about a version, in the questions of a case each with its number."""
    if ITEMS not in version.draft:
        return list(hints_about(version.draft, known, version.item_id))
    found = []
    own = {text: item for text, item in known.items() if not item.startswith(f"{version.item_id}-")}
    for number, item in enumerate(version.draft[ITEMS], start=1):
        for hint in hints_about(item, own, str(item.get("id") or "")):
            spot = Spot("") if hint.spot is None else hint.spot
            found.append(replace(hint, spot=replace(spot, item=number)))
    return found


# ---- what could be better, and what is to be done --------------------------------------------------------------------


def draw_hints(version: Version, known: Mapping[str, str]) -> None:
    """What is missing, and what could be better."""
    gaps, hints = gaps_in(version.draft), hints_of(version, known)
    if gaps:
        with st.expander(t("Still missing: {n}", n=len(gaps)), icon=":material/pending:", key="gaps"):
            st.markdown("\n".join(f"- {safe(spot_words(gap))}" for gap in gaps))
    if hints:
        with st.expander(
            t("Could be better: {n}", n=len(hints)), icon=":material/lightbulb:", key="hints-open", expanded=not gaps
        ):
            st.markdown("\n".join(f"- {hint_words(hint)}" for hint in hints))


def draw_draft(version: Version, known: Mapping[str, str], face: Face) -> None:
    """A draft: the editor beside the preview, and the way to its review."""
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="draft-actions"):
        command(
            t("Send to review"), "send", editing.send_to_review, version.id,
            icon="send", type="primary", done=t("Sent. A second person reads it now."),
        )  # fmt: skip
        command(
            t("Discard"), "discard", editing.discard_version, version.id,
            icon="delete", done=t("Discarded. It can be recovered under “Versions”."),
        )  # fmt: skip
        st.caption(t("Everything is saved as soon as you leave a field."), width="content")
    if version.state == SENT_BACK:
        st.warning(
            safe(t("Sent back by {name}: {note}", name=last_name(version), note=version.note)), icon=":material/reply:"
        )
    draw_hints(version, known)
    left, right = st.columns([3, 2], gap="medium")
    with left:
        face.editor(version)
    with right:
        face.preview(version)


def last_name(version: Version) -> str:
    """Who did the last thing but writing on a version."""
    return next((step.name for step in reversed(version.log) if step.kind != "changed"), "")


def draw_review(sheet: ItemSheet, version: Version, known: Mapping[str, str], face: Face) -> None:
    """A version under review: read, tried out, compared; approved or sent back by a second person."""
    actor = page.portal_actor()
    if actor.may("bank.review") and actor.person_id not in version.writers:
        with st.container(horizontal=True, vertical_alignment="center", gap="small", key="review-actions"):
            command(
                t("Approve"), "approve", editing.approve_version, version.id, version.mark,
                icon="check", type="primary", done=t("Approved. It is asked from now on."),
            )  # fmt: skip
            with st.popover(t("Send back"), icon=":material/reply:", key="send-back"):
                st.text_area(t("What is to be mended?"), key="send-back-note", max_chars=1_000)
                command(
                    t("Send back"), "send-back-now", editing.send_back, version.id, page.field("send-back-note"),
                    icon="reply", done=t("Sent back with your note."),
                )  # fmt: skip
    else:
        st.info(
            t("A second person reads this version now; it can't be changed meanwhile."), icon=":material/hourglass_top:"
        )
        if actor.may("bank.write"):
            command(t("Take back"), "take-back", editing.take_back, version.id, icon="undo", done=t("Taken back."))
    draw_hints(version, known)
    left, right = st.columns([3, 2], gap="medium")
    with left:
        before = next((one for one in sheet.versions if one.number < version.number and one.state != DISCARDED), None)
        section(t("What is new"))
        if before is None:
            st.caption(face.new)
            draw_whole(version)
        else:
            draw_changes(before, version)
            with st.expander(t("The whole text"), key="whole"):
                draw_whole(version)
    with right:
        face.preview(version)


def draw_used(sheet: ItemSheet, version: Version, face: Face) -> None:
    """A version in use or retired: read, tried out; a new version, a copy, retirement and its undoing."""
    actor = page.portal_actor()
    if actor.may("bank.write"):
        with st.container(horizontal=True, vertical_alignment="center", gap="small", key="used-actions"):
            if version.state == DISCARDED:
                command(
                    t("Recover"),
                    "recover",
                    editing.recover_version,
                    version.id,
                    icon="restore_from_trash",
                    type="primary",
                    done=t("The draft is back."),
                )
            else:
                command(
                    t("Write a new version"), "begin", editing.begin_version, sheet.item_id, icon="edit", type="primary"
                )
            command(t("Begin with a copy"), "copy", editing.duplicate_item, sheet.item_id, icon="content_copy")
            if version.state == RETIRED:
                command(
                    t("Put back into use"),
                    "restore",
                    editing.restore_item,
                    sheet.item_id,
                    icon="undo",
                    done=t("It is asked again."),
                )
            elif version.state != DISCARDED:
                draw_retire(sheet, face)
    if version.state == RETIRED:
        st.warning(
            safe(t("Retired by {name}: {note}", name=last_name(version), note=version.note)), icon=":material/block:"
        )
    left, right = st.columns([2, 3], gap="medium")
    with left:
        face.about(version)
        draw_uses(sheet)
        with st.expander(t("The whole text"), key="whole"):
            draw_whole(version)
    with right:
        face.preview(version)


def draw_retire(sheet: ItemSheet, face: Face) -> None:
    """The way out of use, with what it means and a reason."""
    with st.popover(t("Retire"), icon=":material/block:", key="retire"):
        st.caption(face.retiring)
        st.text_area(t("Why?"), key="retire-note", max_chars=1_000)
        command(
            t("Retire it"), "retire-now", editing.retire_item, sheet.item_id, page.field("retire-note"),
            icon="block", done=t("Retired. It can be put back into use at any time."),
        )  # fmt: skip


def draw_uses(sheet: ItemSheet) -> None:
    """In which tests it was answered, and how often."""
    st.markdown(f"**{t('Asked now')}**")
    if not sheet.asked:
        st.caption(t("No form holds it at present."))
    for asked in sheet.asked:
        st.caption(safe(t("{test} · form {form}", test=asked.title.in_language(language()), form=asked.form)))
    st.markdown(f"**{t('Answered')}**")
    if not sheet.uses:
        st.caption(t("Nobody has answered it yet."))
    for use in sheet.uses:
        title = blueprint_of(use.test).title.in_language(language())
        st.caption(safe(f"{title} · {t(PHASE_LABELS[use.phase])}: {t('{n} times', n=use.answers_count)}"))


# ---- versions ------------------------------------------------------------------------------------------------------


def draw_versions(sheet: ItemSheet) -> None:
    """All versions, newest first: who did what when, and what changed."""
    section(t("Versions"), t("A version that was in use never changes."))
    for place, version in enumerate(sheet.versions):
        title = t("Version {n} · {state}", n=version.number, state=t(STATE_LABELS[version.state]))
        with st.expander(safe(title), key=f"version-{version.number}-{version.id}"):
            if version.state == HOUSE:
                st.caption(t("As it came with Orderly."))
            for step in version.log:
                note = f": {step.note}" if step.note else ""
                st.caption(safe(f"{format_instant(step.at)} · {step.name} · {t(STEP_LABELS[step.kind])}{note}"))
            if version.origin:
                st.caption(safe(t("From the file {file}", file=version.origin)))
            if version.state == DISCARDED and sheet.open_version is None:
                command(
                    t("Recover"),
                    f"recover-{version.id}",
                    editing.recover_version,
                    version.id,
                    icon="restore_from_trash",
                    done=t("The draft is back."),
                )
            if place + 1 < len(sheet.versions):
                draw_changes(sheet.versions[place + 1], version)
