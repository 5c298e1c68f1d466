"""`python -m core import`: what it prints, its exit codes and the file of problems."""

from __future__ import annotations

import csv
import io
import os
import subprocess
import sys
from pathlib import Path

import pytest

from core.__main__ import DONE, KEPT_ASIDE, REFUSED, main
from core.channels.mapping import ColumnMapping
from tests.house_rules import ROOT

SAMPLES = ROOT / "tests" / "channels" / "samples"
MAPPING = ColumnMapping({"number": "no", "placed_at": "at", "order_total": "total", "buyer_name": "name"})


@pytest.fixture(autouse=True)
def var(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An installation of this test's own."""
    monkeypatch.setenv("ORDERLY_VAR", str(tmp_path / "var"))
    monkeypatch.delenv("ORDERLY_DATABASE_URL", raising=False)
    return tmp_path


def own_file(folder: Path, *rows: str) -> list[str]:
    """A file of one's own and its mapping, as arguments."""
    (folder / "own.csv").write_text("\n".join(["no,at,total,name", *rows]), encoding="utf-8")
    (folder / "mapping.json").write_text(MAPPING.to_json(), encoding="utf-8")
    return ["import", "--channel", "mapped", str(folder / "own.csv"), "--mapping", str(folder / "mapping.json")]


def test_a_folder_comes_in_and_again_changes_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    words = ["import", "--channel", "olist", str(SAMPLES / "olist")]
    assert main(words) == DONE
    assert capsys.readouterr().out.splitlines() == [
        "         5  orders taken in",
        "         0  here already, unchanged",
        "         0  problems, rows kept aside",
        "         2  warnings",
    ]
    assert main(words) == DONE
    assert capsys.readouterr().out.splitlines()[:2] == [
        "         0  orders taken in",
        "         5  here already, unchanged",
    ]


def test_problems_go_into_a_file_that_no_spreadsheet_calculates(var: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = own_file(var, "1,2026-03-08,1.00,x", "2,2026-03-08,=1+1,y", "3,2026-03-08,-5,z")
    assert main([*words, "--problems", str(var / "problems.csv")]) == KEPT_ASIDE
    assert "         2  problems, rows kept aside" in capsys.readouterr().out
    text = (var / "problems.csv").read_bytes().decode("utf-8-sig")
    found = list(csv.DictReader(io.StringIO(text, newline="")))
    aside = [row for row in found if row["severity"] == "kept_aside"]
    assert [(row["file"], row["line"], row["column"], row["found"], row["wanted"]) for row in aside] == [
        ("own.csv", "3", "total", "'=1+1", "an amount like 1234.50, at most two decimals"),
        ("own.csv", "4", "total", "'-5", "an amount of 0 or more"),
    ]
    assert aside[0]["row"] == "2,2026-03-08,=1+1,y"


def test_a_preview_writes_nothing(var: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = own_file(var, "1,2026-03-08,1.00,x", "2,yesterday,1.00,y")
    assert main([*words, "--preview", "--problems", str(var / "p.csv")]) == KEPT_ASIDE
    shown = capsys.readouterr().out
    assert "         1  orders to be taken in" in shown
    assert "own.csv:3 at: found 'yesterday', wanted a time like 2026-12-31 14:30:00" in shown
    assert (var / "p.csv").read_bytes().count(b"\r\n") == 3
    assert main(words) == KEPT_ASIDE
    assert "         1  orders taken in" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--channel", "olist", "nowhere"], "nowhere: There is no such file."),
        (["--channel", "shopify", str(SAMPLES / "taobao.csv")], "Columns are missing: Name, Financial Status"),
        (["--channel", "mapped", str(SAMPLES / "own.csv")], "Choose which column says what."),
        (["--channel", "taobao", str(SAMPLES / "taobao.csv"), "--max-mb", "0"], "at most 0 MB are read"),
        (["--channel", "mapped", str(SAMPLES / "own.csv"), "--mapping", str(SAMPLES / "own.csv")], "This isn't JSON"),
    ],
)
def test_refusals_are_one_line_without_a_traceback(
    words: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["import", *words]) == REFUSED
    shown = capsys.readouterr()
    assert shown.out == ""
    assert shown.err.startswith("Refused: ") and said in shown.err
    assert shown.err.count("\n") == 1


def test_wrong_arguments_are_explained(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main(["import", "--channel", "ebay", "x"])
    assert caught.value.code == REFUSED
    assert "invalid choice: 'ebay'" in capsys.readouterr().err


def test_on_a_terminal_a_bar_shows_how_far_it_has_come(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True, raising=False)
    assert main(["import", "--channel", "olist", str(SAMPLES / "olist")]) == DONE
    assert "[##############################] 100%  5 orders  0 kept aside" in capsys.readouterr().err


def test_it_is_a_command(var: Path) -> None:
    words = [sys.executable, "-m", "core", "import", "--channel", "taobao", str(SAMPLES / "taobao.csv")]
    environment = os.environ | {"ORDERLY_VAR": str(var / "var")}
    done = subprocess.run(words, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (DONE, "")
    assert done.stdout.startswith("         4  orders taken in")
