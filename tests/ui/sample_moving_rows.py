"""A table whose rows move: a new one comes in on top at every run."""

import streamlit as st

from core.ui.tables import Column, table

turn = st.session_state["turn"] = st.session_state.get("turn", 0) + 1
st.button("again")
if st.toggle("table", True):
    rows = [{"id": f"row-{number}", "name": f"Row {number}"} for number in range(turn + 2, 0, -1)]
    st.text(f"turn {turn} chosen {table(rows, [Column('name', 'Name')], key='moving', id_key='id')}")
