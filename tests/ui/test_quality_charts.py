"""The figures about tests and training: plotly knows every value, names are shown literally, nothing is no error."""

from __future__ import annotations

import json
from collections.abc import Callable

import plotly.io
import pytest
from plotly.graph_objects import Figure

from core.ui import gain_charts as gains
from core.ui import quality_charts as charts
from core.ui.charts import Chart, drawable
from core.ui.gain_charts import LINES_AT_MOST, GroupPoint
from core.ui.quality_charts import BAD, GOOD, QUIET, WARN, ItemPoint

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
    "slopes": lambda dark: gains.slopes([("An", 0.2, 0.5, GOOD), (_NASTY, 0.5, 0.5, WARN)], _NAMES, dark=dark),
    "slopes, nothing": lambda dark: gains.slopes([], _NAMES, dark=dark),
    "points": lambda dark: gains.before_and_after(
        [("An", 0.2, 0.5, GOOD), (_NASTY, 0.5, 0.5, WARN)], _NAMES, dark=dark
    ),
    "intervals": lambda dark: gains.gain_intervals(_GROUPS, dark=dark),
    "dumbbells": lambda dark: gains.dumbbells(_GROUPS, dark=dark),
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


def test_names_on_the_map_cover_neither_each_other_nor_points() -> None:
    near = [ItemPoint(key, key, 0.88 + 0.02 * at, 0.24 + 0.06 * at, WARN, "") for at, key in enumerate("abc")]
    alone = ItemPoint("d", "d", 0.3, 0.2, BAD, "")
    sides = {
        data[0]: side
        for trace in charts.item_map([*near, alone], dark=False)["data"]
        for data, side in zip(trace["customdata"], trace["textposition"], strict=True)
    }
    assert sides["d"] == "top center"
    assert sides["a"] != "top center", "there stands the next point"
    assert "middle right" not in {sides[key] for key in "abc"}, "that would leave the map"


def test_very_many_people_are_points_and_what_can_be_said_lies_on_top() -> None:
    people = [(f"P{at}", 0.4, 0.6, GOOD if at % 3 else QUIET) for at in range(LINES_AT_MOST)]
    lines = gains.ways(people, _NAMES, dark=False)["data"]
    assert [trace["mode"] for trace in lines] == ["lines+markers"] * 2
    *_, quiet, good = gains.ways([*people, ("more", 0.4, 0.6, QUIET)], _NAMES, dark=False)["data"]
    assert (quiet["mode"], good["mode"]) == ("markers", "markers")
    assert (len(quiet["x"]), len(good["x"])) == (21, 40)
    assert good["name"] == "better (40)"


def test_long_names_are_broken_beside_their_rows() -> None:
    (points,) = gains.gain_intervals(
        [GroupPoint("2.5 Exceptions, refunds and returns", 0.4, 0.6, 0.2, 0.1, 0.3, 40, False)], dark=False
    )["data"]
    assert points["y"] == ["2.5 Exceptions, refunds<br>and returns ·\u00a0n\u00a0=\u00a040"]
    group = GroupPoint("3.3 出库：拣货、复核、打包、发货", 0.4, 0.6, 0.2, 0.1, 0.3, 48, False)
    (points,) = gains.gain_intervals([group], dark=False)["data"]
    assert points["y"] == ["3.3 出库：拣货、复核、打包、<br>发货 ·\u00a0n\u00a0=\u00a048"]
