"""The board's figures: plotly knows every value in them, and they reach the page as they are."""

from __future__ import annotations

import json
from collections.abc import Callable

import plotly.io
import pytest
from plotly.graph_objects import Figure
from plotly.tools import return_figure_from_figure_or_data

from core.ui import charts
from core.ui.charts import Chart, Range, Series

_DAYS = ("2026-03-16", "2026-03-17", "2026-03-18")
_NASTY = 'a <b>%{y}</b> & "c"'

_EVERY: dict[str, Callable[[bool], Chart]] = {
    "stacked": lambda dark: charts.stacked(_DAYS, "day", [Series("x", "X", [1, 2, 3])], dark=dark),
    "stacked money": lambda dark: charts.stacked(
        _DAYS, "week", [Series(str(n), _NASTY, [n, 0, 1.5]) for n in range(12)], dark=dark, money=True
    ),
    "on time": lambda dark: charts.on_time(_DAYS, "day", [0.9, None, 1.0], [0.95, None, 1.0], [10, 0, 3], dark=dark),
    "on time, nothing": lambda dark: charts.on_time((), "month", (), (), (), dark=dark),
    "spreads": lambda dark: charts.spreads([Range("A", 1.0, 2.5, 4.0), Range(_NASTY, 0.1, 0.2, 0.3)], dark=dark),
    "ages": lambda dark: charts.ages(["0", "1–3"], [Series("received", "Received", [4, 0])], dark=dark),
    "calibration": lambda dark: charts.calibration([0.1, 0.9], [0.0, 1.0], [5, 50], dark=dark),
    "calibration, nothing": lambda dark: charts.calibration([], [], [], dark=dark),
}


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("name", _EVERY)
def test_plotly_knows_every_value(name: str, dark: bool) -> None:
    chart = _EVERY[name](dark)
    Figure(chart)  # raises at a value that plotly doesn't know
    drawn = return_figure_from_figure_or_data(charts.drawable(chart), True)
    assert drawn is chart
    assert json.loads(plotly.io.to_json(drawn, validate=False)) == json.loads(json.dumps(chart))


def test_plotly_would_say_so() -> None:
    chart = _EVERY["ages"](False)
    chart["data"][0]["type"] = "pie chart"
    with pytest.raises(ValueError, match="Invalid element"):
        Figure(chart)


def test_light_and_dark_differ() -> None:
    assert _EVERY["ages"](False) != _EVERY["ages"](True)
