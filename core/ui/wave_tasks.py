"""What became of a wave's plan: the tasks, what warehouses and carriers answered, and the orders that came back."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from core.domain.labels import label_of
from core.services import wave_answers, waves
from core.services.wave_views import WaveView
from core.ui import page, wave_job
from core.ui.cards import section
from core.ui.i18n import format_int, t
from core.ui.tables import Column, ticked
from core.ui.wave_parts import carrier_words

ANSWER_LABELS = {"offered": "asked", "accepted": "accepted", "refused": "refused"}


def said_words(answer: str) -> str:
    """What a warehouse or carrier answered; a dash where nobody was asked."""
    return t(ANSWER_LABELS[answer]) if answer in ANSWER_LABELS else "–"


def open_again(view: WaveView, order_ids: Sequence[int], key: str) -> None:
    """The button's callback: a new wave of the orders that came back, planned at once."""
    page.command(waves.open_wave, list(order_ids), view.settings, form_key=key)
    wave_id = page.result(f"again-{view.id}")
    if wave_id is not None:
        wave_job.start(wave_id)
        st.query_params["id"] = str(wave_id)


def answer(shipment_ids: Sequence[int], accepted: bool, key: str) -> None:
    """The carriers' answer, noted for the parcels that are ticked."""
    if accepted:
        done = t("The carriers' yes is noted.")
        page.command(wave_answers.accept_for_carrier, list(shipment_ids), form_key=key, done=done)
    else:
        done = t("The orders went back to planning.")
        reason = page.field("carrier-reason")
        page.command(wave_answers.refuse_for_carrier, list(shipment_ids), reason, form_key=key, done=done)


def draw_tasks(view: WaveView) -> None:
    """What became of the plan: who was asked, what they answered, and what came back."""
    section(
        t("Tasks"),
        t("Warehouses answer on their outbound page. What carriers say is noted here: tick their parcels."),
    )
    numbers = {member.order_id: member.number for member in view.members}
    places = {place.id: place.code for place in view.places}
    parcels = [parcel for parcel in view.parcels if parcel.shipment_id is not None]
    cells = [
        {
            "id": parcel.shipment_id,
            "shipment": parcel.shipment_number,
            "order": numbers[parcel.order_id],
            "warehouse": places.get(parcel.warehouse_id, "?"),
            "says": said_words(parcel.warehouse_answer),
            "carrier": carrier_words(parcel.carrier, view.carriers),
            "answers": said_words(parcel.carrier_answer),
            "state": "" if parcel.shipment_status is None else t(label_of(parcel.shipment_status)),
            "refusal": parcel.refusal,
        }
        for parcel in parcels
    ]
    columns = [
        Column("shipment", t("Parcel"), width=130),
        Column("order", t("Order"), width=180),
        Column("warehouse", t("Warehouse"), width=100),
        Column("says", t("Its answer"), width=110),
        Column("carrier", t("Carrier"), width=120),
        Column("answers", t("Carrier's answer"), width=130),
        Column("state", t("State"), width=140),
        Column("refusal", t("Refused because"), width="medium"),
    ]
    chosen = ticked(cells, columns, key="tasks", id_key="id", height=420 if len(cells) > 10 else "content")
    with st.container(horizontal=True, gap="small", key="carrier-answers"):
        asked = [one.shipment_id for one in parcels if one.carrier_answer == "offered" and one.shipment_id in chosen]
        st.button(
            t("The carrier takes them"),
            icon=":material/check:",
            disabled=not asked,
            on_click=answer,
            args=(asked, True, page.form_key("carriers-yes")),
            key="carriers-yes",
        )
        with st.popover(t("The carrier refuses them"), icon=":material/close:", disabled=not asked):
            st.text_input(t("Why not?"), max_chars=500, key="carrier-reason")
            st.button(
                t("Back to planning"),
                on_click=answer,
                args=(asked, False, page.form_key("carriers-no")),
                key="carriers-no",
            )
    draw_refused(view)


def draw_refused(view: WaveView) -> None:
    """The orders that came back, and the way to plan them again."""
    waiting = page.read(waves.still_waiting, [member.order_id for member in view.refused])
    if not waiting:
        return
    again = len(waiting)
    st.warning(
        t("1 order came back: it was refused, or had changed.")
        if again == 1
        else t("{n} orders came back: they were refused, or had changed.", n=format_int(again)),
        icon=":material/undo:",
    )
    st.button(
        t("Plan them again"),
        icon=":material/hub:",
        on_click=open_again,
        args=(view, waiting, page.form_key(f"again-{view.id}")),
        key="plan-refused",
    )
