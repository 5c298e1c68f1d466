"""The dock: packed parcels go onto the carrier's manifest, and all of it into the driver's hands."""

from __future__ import annotations

from itertools import groupby

import streamlit as st

from core.domain.labels import label_of
from core.domain.shipments import ManifestStatus, ShipmentStatus
from core.services import manifests, shipping
from core.services.outbound_reads import House, ManifestFile, OutboundTask, manifests_in, tasks_in
from core.ui import page
from core.ui.cards import section
from core.ui.empty import empty
from core.ui.i18n import format_instant, format_int, format_number, t
from core.ui.outbound_parts import carrier_names, clock_of, urgency
from core.ui.safe import safe


def draw_dock(house: House) -> None:
    """Carriers with packed parcels, and the manifests that wait for a lorry."""
    packed = page.read(tasks_in, house.id, [ShipmentStatus.PACKED])
    lists = page.read(manifests_in, house.id)
    if not packed and not lists:
        text = t("What is packed waits here for its carrier.")
        empty(t("Nothing stands at the dock"), text, key="dock", icon="local_shipping")
        return
    now, timezone = page.read(clock_of)
    names = carrier_names()
    for one in lists:
        _draw_manifest(one, names, now, timezone)
    open_lists = {one.carrier: one for one in lists if one.status is ManifestStatus.OPEN}
    if packed:
        section(t("Packed, not on a manifest yet"))
    by_carrier = sorted(packed, key=lambda task: task.carrier or "")
    for code, group in groupby(by_carrier, key=lambda task: task.carrier or ""):
        _draw_group(house, code, list(group), names, open_lists.get(code), now)


def _draw_manifest(one: ManifestFile, names: dict[str, str], now: int, timezone: str) -> None:
    count = len(one.parcels)
    with st.container(border=True, key=f"manifest-{one.id}", gap="small"):
        title = t("Manifest {id}: {carrier}", id=one.id, carrier=names.get(one.carrier, one.carrier))
        st.markdown(f"**{safe(title)}** :blue-badge[{safe(t(label_of(one.status)))}]")
        parcels = t("1 parcel") if count == 1 else t("{n} parcels", n=format_int(count))
        since = t("begun {time}", time=format_instant(one.opened_at, timezone))
        weight = t("{kg} kg", kg=format_number(sum(task.weight_g for task in one.parcels) / 1000))
        st.caption(safe(" · ".join([parcels, weight, since])))
        if one.parcels:
            with st.expander(parcels, icon=":material/list:"):
                for task in one.parcels:
                    _draw_loaded(task, one, now)
        if one.status is ManifestStatus.OPEN:
            st.button(
                t("Close the manifest"),
                icon=":material/lock:",
                key=f"close-{one.id}",
                disabled=not count,
                on_click=page.command,
                args=(manifests.close_manifest, one.id),
                kwargs={"form_key": page.form_key(f"close-{one.id}"), "done": t("The manifest is closed.")},
            )
        else:
            st.button(
                t("Hand everything over"),
                type="primary",
                icon=":material/local_shipping:",
                key=f"gone-{one.id}",
                on_click=page.command,
                args=(manifests.hand_over_manifest, one.id),
                kwargs={
                    "form_key": page.form_key(f"gone-{one.id}"),
                    "done": t("{n} parcels are with the carrier.", n=format_int(count)),
                },
            )


def _draw_loaded(task: OutboundTask, one: ManifestFile, now: int) -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.markdown(f"**{safe(task.number)}** {urgency(task, now)} {safe(task.waybill)}")
        if one.status is ManifestStatus.OPEN:
            st.button(
                t("Take off"),
                key=f"off-{task.id}",
                on_click=page.command,
                args=(manifests.take_off_manifest, task.id),
                kwargs={"form_key": page.form_key(f"off-{task.id}")},
            )


def _draw_group(
    house: House, code: str, group: list[OutboundTask], names: dict[str, str], manifest: ManifestFile | None, now: int
) -> None:
    """One carrier's packed parcels: all onto its manifest, or one by one."""
    with st.container(border=True, key=f"dock-{code}", gap="small"):
        count = t("1 parcel") if len(group) == 1 else t("{n} parcels", n=format_int(len(group)))
        st.markdown(f"**{safe(names.get(code, code))}** · {safe(count)}")
        free = [task.id for task in group if not task.held]
        with st.container(horizontal=True, gap="small"):
            st.button(
                t("Load all onto the manifest") if manifest else t("Begin a manifest with all of them"),
                type="primary",
                icon=":material/playlist_add:",
                key=f"load-{code}",
                disabled=not free,
                on_click=page.command,
                args=(manifests.load_manifest, house.id, code, free),
                kwargs={"form_key": page.form_key(f"load-{code}"), "done": t("The parcels are on the manifest.")},
            )
        with st.expander(t("One by one"), icon=":material/list:"):
            for task in group:
                _draw_packed(task, manifest, now)


def _draw_packed(task: OutboundTask, manifest: ManifestFile | None, now: int) -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.markdown(f"**{safe(task.number)}** {urgency(task, now)} {safe(task.waybill)}")
        if manifest is not None:
            st.button(
                t("Load"),
                key=f"load-{task.id}",
                disabled=task.held,
                on_click=page.command,
                args=(manifests.add_to_manifest, manifest.id, task.id),
                kwargs={"form_key": page.form_key(f"load-{task.id}")},
            )
        st.button(
            t("Hand over without a manifest"),
            key=f"over-{task.id}",
            disabled=task.held,
            on_click=page.command,
            args=(shipping.hand_over, task.id),
            kwargs={"form_key": page.form_key(f"over-{task.id}"), "done": t("The parcel was handed over.")},
        )
