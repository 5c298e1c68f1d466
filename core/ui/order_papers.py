"""Buttons that print an order's papers, or those of many orders in one file."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import streamlit as st

from core.context import Context
from core.documents.packing_slip import draw_packing_slip, packing_slips
from core.documents.pick_list import draw_pick_list, pick_lists
from core.documents.sheet import Sheet
from core.documents.voice import Voice
from core.documents.waybill_label import draw_waybill_label, waybill_labels
from core.services.order_file import OrderFile
from core.services.papers import Papers, papers_of
from core.ui import page
from core.ui.i18n import in_language, language, t
from core.ui.voices import voice

PDF = "application/pdf"
Writer = Callable[[Papers, Voice], bytes]


def everything(papers: Papers, said: Voice) -> bytes:
    """All papers in one file: the walks first, then each parcel's slip, then the labels."""
    sheet = Sheet(said.t("Papers of the orders"))
    for walk in papers.pick_lists:
        draw_pick_list(sheet, walk, said)
    for slip in papers.slips:
        draw_packing_slip(sheet, slip, said)
    for label in papers.labels:
        draw_waybill_label(sheet, label, said)
    return sheet.finished()


def file_of(ctx: Context, order_ids: Sequence[int], code: str, write: Writer) -> bytes:
    """A file for downloading, in the language that was spoken when its button was drawn."""
    with in_language(code):
        return write(papers_of(ctx, order_ids), voice())


def draw_papers(file: OrderFile) -> None:
    """The papers of one order, each behind its button; those that there is nothing to print on say so."""
    waiting = any(lot.account == "reserved" for lot in file.lots)
    labelled = any(parcel.waybill or parcel.carrier for parcel in file.parcels)
    closed = t("The order is closed.") if not file.fields["is_open"] and not file.parcels else ""
    with st.popover(t("Print"), icon=":material/print:", key="print"):
        _button(
            t("Pick list"),
            file,
            "pick-list",
            lambda papers, said: pick_lists(papers.pick_lists, said),
            "" if waiting else t("Nothing is waiting to be picked: no units are reserved."),
        )
        _button(t("Packing slip"), file, "packing-slip", lambda papers, said: packing_slips(papers.slips, said), closed)
        _button(
            t("Waybill label"),
            file,
            "waybill-label",
            lambda papers, said: waybill_labels(papers.labels, said),
            ""
            if labelled
            else t(
                "The label can be printed once the parcel's carrier is decided: by a wave, or at the packing table."
            ),
        )


def _button(label: str, file: OrderFile, name: str, write: Writer, refused: str) -> None:
    st.download_button(
        label,
        data=page.reading(file_of, [file.fields["id"]], language(), write),
        file_name=f"{name}-{file.fields['number'].strip('#')}.pdf",
        mime=PDF,
        icon=":material/picture_as_pdf:",
        on_click="ignore",
        disabled=bool(refused),
        help=refused or None,
        key=f"print-{name}",
        width="stretch",
    )


def draw_all_papers(order_ids: Sequence[int], *, key: str) -> None:
    """One file with the papers of several orders."""
    st.download_button(
        t("Print all papers"),
        data=page.reading(file_of, list(order_ids), language(), everything),
        file_name="papers.pdf",
        mime=PDF,
        icon=":material/print:",
        on_click="ignore",
        key=key,
    )
