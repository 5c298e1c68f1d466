"""Every piece of the kit, with text in it that markdown would take for something else."""

import streamlit as st

from core.ui import guard, page
from core.ui.cards import card_row, chip, chips, facts, heading, metric_card, panel, section
from core.ui.empty import empty
from core.ui.tables import Column, table

ODD = "**x** [y](http://e.example) $z$"

with guard.guarded():
    page.person()
    heading(ODD, ODD, "group")
    section(ODD, ODD)
    places = card_row(2)
    with places[0]:
        metric_card(
            "Late",
            "7.7%",
            definition="596 of 7,773 delivered orders",
            key="late",
            tone="bad",
            delta="+1",
            delta_good=False,
        )
    with places[1]:
        metric_card(
            "Orders", "8,000", definition=ODD, key="orders", on_rows=lambda: st.session_state.update(seen="orders")
        )
    chip(ODD, "bad", "error")
    chips({"one": "good", "two": "warn"})
    facts({"Buyer": ODD, "Phone": "13800000000"})
    with panel("odd"):
        st.text("in a panel")
    rows = [{"id": n, "name": f"{ODD}\x00{n}", "price": n + 0.5, "share": n / 600} for n in range(600)]
    columns = [Column("name", "Name"), Column("price", "Price", "money"), Column("share", "Share", "rate")]
    chosen = table(rows, columns, key="rows", id_key="id")
    st.text(f"chosen {chosen}")
    empty(ODD, ODD, key="odd", go_label="Start", on_go=lambda: st.session_state.update(seen="empty"))
    st.text(f"seen {st.session_state.get('seen')}")
