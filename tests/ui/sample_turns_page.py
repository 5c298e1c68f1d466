"""A page whose callback takes a while, one that draws a lot, and one that goes quiet half-way."""

import time

import streamlit as st


@st.cache_resource
def everybodys() -> list[int]:
    """The clicks of all who have the page open."""
    return []


def count() -> None:
    """Counts a click, slowly, looking at the session's state before and after."""
    before = st.session_state.get("clicks", 0)
    time.sleep(0.3)
    st.session_state.clicks = before + 1
    everybodys().append(before)


st.button("count", on_click=count)
st.text(f"clicks {st.session_state.get('clicks', 0)}")
st.text(f"everybody {len(everybodys())}")
if st.button("many"):
    for number in range(1_200):
        st.text(f"line {number}")
if st.button("quiet"):
    st.text("half of it")
    time.sleep(2)
    st.text("the other half")
