"""The figures about tests and training: plotly knows every value, names are shown literally, nothing is no error."""

from __future__ import annotations

import json
from collections.abc import Callable

import plotly.io
import pytest
from plotly.graph_objects import Figure

from core.ui import quality_charts as charts
from core.ui.charts import Chart, drawable
from core.ui.quality_charts import BAD, GOOD, QUIET, WARN, GroupPoint, ItemPoint

_NASTY = 'a <b>%{y}</b> & "c"'
_ITEMS = [ItemPoint("a", "op-1", 0.4, 0.3, GOOD, "ok"), ItemPoint("b", _NASTY, 0.9, -0.4, BAD, _NASTY)]
_GROUPS = [
    GroupPoint("North", 0.4, 0.6, 0.2, 0.1, 0.3, 40, False),
    GroupPoint(_NASTY, 0.5, 0.4, -0.1, None, None, 1, True),
    GroupPoint("South", 0.5, 0.4, -0.1, -0.2, -0.05, 40, False),
]
_NAMES = {GOOD: "better", QUIET: "same", BAD: "worse", WARN: "unknown"}

_EVERY: dict[str, Callable[[bool], Chart]] = {
    "item map": lambda dark: charts.item_map(_ITEMS, dark=dark, chosen="a"),
    "item map, nothing": lambda dark: charts.item_map([], dark=dark),
    "scores": lambda dark: charts.score_histogram([0] * 5 + [3] * 5, guess=0.2, mean=0.7, pass_rate=0.6, dark=dark),
    "scores, nothing": lambda dark: charts.score_histogram([0] * 10, guess=0, mean=0, pass_rate=None, dark=dark),
    "options": lambda dark: charts.option_lines([("A", (0.1, 0.2, 0.9), GOOD), (_NASTY, (1, 0, 0), QUIET)], dark=dark),
    "precision": lambda dark: charts.precision([-1, 0, 1], [0.0, 4.0, 1.0], dark=dark),
    "slopes": lambda dark: charts.slopes([("An", 0.2, 0.5, GOOD), (_NASTY, 0.5, 0.5, WARN)], _NAMES, dark=dark),
    "slopes, nothing": lambda dark: charts.slopes([], _NAMES, dark=dark),
    "intervals": lambda dark: charts.gain_intervals(_GROUPS, dark=dark),
    "dumbbells": lambda dark: charts.dumbbells(_GROUPS, dark=dark),
}


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("name", _EVERY)
def test_plotly_knows_every_value(name: str, dark: bool) -> None:
    chart = _EVERY[name](dark)
    Figure(chart)  # raises at a value that plotly doesn't know
    written = plotly.io.to_json(drawable(chart), validate=False)
    assert json.loads(written) == json.loads(json.dumps(chart))
    assert "<b>%{y}</b> &" not in written, "a name with marks in it is shown as it is"


def test_a_press_finds_its_item() -> None:
    chart = _EVERY["item map"](False)
    assert [[data[0] for data in trace["customdata"]] for trace in chart["data"]] == [["a"], ["b"]]
    assert [trace["text"] for trace in chart["data"]] == [["op-1"], ['a &lt;b>&#37;{y}&lt;/b> &amp; "c"']]


def test_colours_say_what_can_be_said_of_a_gain() -> None:
    colours = _EVERY["intervals"](False)["data"][0]["marker"]
    assert colours["symbol"] == ["circle", "circle-open", "circle"]
    assert len(set(colours["color"])) == 3


def test_precision_has_no_error_where_nothing_is_told() -> None:
    told, errors = _EVERY["precision"](False)["data"]
    assert told["y"] == [0.0, 4.0, 1.0]
    assert errors["y"] == [None, 0.5, 1.0]
