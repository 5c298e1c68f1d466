"""A page with one of everything that the load client uses."""

import streamlit as st


def first() -> None:
    """Draws widgets, a form, a fragment that refreshes itself, and a table large enough to be cached."""
    st.title("First")
    st.radio("Pick", ["x", "y", "z"], key="pick", index=None)
    st.text(f"picked {st.session_state.pick}")
    if st.button("Go", key="go"):
        st.text("gone")
    counted()
    with st.form("details"):
        st.text_input("Name", key="name")
        st.number_input("Number", key="number", value=3.0)
        st.form_submit_button("Send")
    st.checkbox("Tick", key="tick")
    st.text(f"form {st.session_state.name} {st.session_state.number} {st.session_state.tick}")
    st.table({"a": ["long" * 10] * 500})


@st.fragment(run_every=0.5)
def counted() -> None:
    """Counts its own runs."""
    st.session_state.runs = st.session_state.get("runs", 0) + 1
    st.text(f"runs {st.session_state.runs}")
    st.button("Again", key="again")


def second() -> None:
    """Another page, without widgets."""
    st.title("Second")


st.navigation([st.Page(first, default=True), st.Page(second, url_path="second")]).run()
