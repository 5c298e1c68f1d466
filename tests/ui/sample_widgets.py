"""A page with everything that a content security policy might break."""

import streamlit as st

st.set_page_config(page_title="widgets", layout="wide")
st.title("Widgets")
figure = {
    "data": [{"type": "bar", "x": ["a", "b"], "y": [1, 2], "name": "one"}, {"type": "scatter", "y": [2, 1]}],
    "layout": {"height": 220, "title": {"text": "figure"}},
}
st.plotly_chart(figure, key="plotly", config={"displaylogo": False})
heat = {"data": [{"type": "heatmap", "z": [[1, 2], [3, 4]]}], "layout": {"height": 200}}
st.plotly_chart(heat, key="heat")
edited = st.data_editor([{"sku": "A-1", "quantity": 2}, {"sku": "B-2", "quantity": 3}], key="editor", hide_index=True)
st.dataframe([{"a": 1, "b": "x"}], key="frame")
file = st.file_uploader("A file", type=["csv"], key="file")
if file is not None:
    st.text(f"got {file.name} with {len(file.getvalue())} bytes")
st.download_button("Save", b"a,b\n1,2\n", "out.csv", key="save")
form = '<form class="orderly-choice" method="post" action="/preferences">{}</form>'
st.html(form.format('<button name="theme" value="dark">D</button>'))
st.image('<svg xmlns="http://www.w3.org/2000/svg" width="20" height="20"><rect width="20" height="20"/></svg>')
st.markdown("Formula $x^2$ :material/home: :smile:")
with st.popover("More"):
    st.text_input("Text", key="text")


def broken() -> None:
    """A callback with a bug, whose message nobody but the log may see."""
    raise ZeroDivisionError("secret detail of a callback")


st.button("break callback", on_click=broken)
if st.button("break page"):
    raise ZeroDivisionError("secret detail of a page")


@st.fragment
def part() -> None:
    """A part that breaks by itself."""
    if st.button("break part"):
        raise ZeroDivisionError("secret detail of a part")


part()
st.text("all drawn")
