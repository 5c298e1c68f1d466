"""A walk through the warehouse: stop by stop along the pick path, with what to take where, and for whom."""

from __future__ import annotations

import streamlit as st

from core.portal.colleagues import names_behind
from core.services import picking
from core.services.outbound_reads import House, Stop, Walk, stops_of, walks_in
from core.ui import page
from core.ui.empty import empty
from core.ui.i18n import format_int, language, t
from core.ui.safe import safe

REASON_LABELS = {
    "empty": "The place is empty",
    "fewer": "Fewer than the list says",
    "damaged": "Damaged",
    "other": "Something else lies there",
}


def draw_walk(house: House) -> None:
    """The walk that is under way, or why there is none."""
    walks = page.read(walks_in, house.id)
    if not walks:
        text = t("Take parcels from the list of tasks; their walk appears here.")
        empty(t("Nobody is picking here"), text, key="walk", icon="shopping_basket")
        return
    walk = _chosen(walks)
    stops = page.read(stops_of, walk.id)
    if not stops:
        return
    first, rest = stops[0], stops[1:]
    units = sum(stop.quantity for stop in stops)
    st.caption(
        safe(t("Stops left: {stops} · units left: {units}", stops=format_int(len(stops)), units=format_int(units)))
    )
    _draw_stop(first)
    if rest:
        with st.expander(t("What comes after"), icon=":material/route:", expanded=False):
            for stop in rest:
                st.markdown(f"**{_place(stop)}** · {_article(stop)} · **{format_int(stop.quantity)}**")
    st.button(
        t("Everything was found: report the whole walk"),
        icon=":material/done_all:",
        key="walk-whole",
        on_click=page.command,
        args=(picking.pick_batch_whole, walk.id),
        kwargs={"form_key": page.form_key(f"whole-{walk.id}"), "done": t("All parcels of the walk are picked.")},
    )


def _chosen(walks: tuple[Walk, ...]) -> Walk:
    """The walk to show: the one just taken, else one's own, else any; with the way to the others."""
    mine = f"person:{page.person().person_id}"
    names = page.portal_read(names_behind, {walk.actor for walk in walks}) | {mine: t("You")}
    by_id = {walk.id: walk for walk in walks}
    if st.session_state.get("outbound-walk") not in by_id:
        own = [walk.id for walk in walks if walk.actor == mine]
        st.session_state["outbound-walk"] = own[-1] if own else walks[0].id

    def words(number: int) -> str:
        walk = by_id[number]
        return t(
            "Walk {number}: {who}, {n} parcels",
            number=number,
            who=names.get(walk.actor, t("Automatic")),
            n=format_int(walk.shipments),
        )

    if len(walks) > 1:
        st.selectbox(t("Walk"), list(by_id), format_func=words, key="outbound-walk", label_visibility="collapsed")
    else:
        st.caption(safe(words(walks[0].id)))
    return by_id[st.session_state["outbound-walk"]]


def _place(stop: Stop) -> str:
    return safe(stop.bin_code) if stop.bin_code else safe(t("Shelf"))


def _article(stop: Stop) -> str:
    return safe(f"{stop.name_zh if language() == 'zh' else stop.name_en} ({stop.sku_code})")


def _draw_stop(stop: Stop) -> None:
    """The next stop, large, and one Enter to say that everything was there."""
    key = f"stop-{stop.bin_id}-{stop.lot_id}-{stop.quantity}"
    with st.container(border=True, key="stop", gap="small"):
        st.header(f":material/location_on: {_place(stop)}", anchor=False)
        st.subheader(f"{safe(t('Take {n}', n=format_int(stop.quantity)))} × {_article(stop)}", anchor=False)
        facts = [t("Lot {lot}", lot=stop.lot_id)]
        if stop.expires_on:
            facts.append(t("best before {day}", day=stop.expires_on))
        if stop.barcode:
            facts.append(t("Barcode {code}", code=stop.barcode))
        st.caption(safe(" · ".join(facts)))
        for number, units in stop.parcels.items():
            st.markdown(f"{format_int(units)} → **{safe(number)}**")
        with st.form(f"form-{key}", border=False):
            st.number_input(t("Found"), 0, stop.quantity, stop.quantity, key=f"{key}-found")
            with st.expander(t("Not everything is there"), icon=":material/report:"):
                st.selectbox(
                    t("Why?"), list(REASON_LABELS), format_func=lambda code: t(REASON_LABELS[code]), key=f"{key}-why"
                )
                st.text_input(t("In words"), max_chars=200, key=f"{key}-note")
            st.form_submit_button(
                t("Picked, next stop"),
                type="primary",
                icon=":material/arrow_forward:",
                on_click=_pick,
                args=(stop, key),
            )


def _pick(stop: Stop, key: str) -> None:
    """One stop done: all that was found, and why the rest wasn't."""
    found = int(st.session_state.get(f"{key}-found", 0))
    reason = ""
    if found < stop.quantity:
        words = [t(REASON_LABELS[st.session_state.get(f"{key}-why") or "empty"]), st.session_state.get(f"{key}-note")]
        reason = ": ".join(part for part in words if part)
    missing = stop.quantity - found
    done = t("{place}: {n} picked.", place=stop.bin_code or t("Shelf"), n=format_int(found))
    if missing == 1:
        done = t("1 unit wasn't there; it was looked for elsewhere.")
    elif missing:
        done = t("{n} units weren't there; they were looked for elsewhere.", n=format_int(missing))
    page.command(
        picking.pick_stop,
        stop.wanted,
        found,
        lot_id=stop.lot_id,
        bin_id=stop.bin_id,
        reason=reason,
        form_key=page.form_key(f"pick-{key}"),
        done=done,
    )
