"""Files from outside: size, kind and encoding."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from core.channels.files import InFile, is_workbook, looks_like, text_kind
from core.domain.errors import FileRefused

CHINESE = "李雷,上海市浦东新区世纪大道1号"


def refusal(content: bytes, most_bytes: int = 10_000) -> FileRefused:
    """Why a content is refused."""
    with pytest.raises(FileRefused) as caught:
        text_kind(InFile("orders.csv", content), most_bytes)
    assert caught.value.file == "orders.csv"
    return caught.value


@pytest.mark.parametrize(
    ("content", "encoding"),
    [
        (b"a,b\r\n1,2", "utf-8-sig"),
        (f"a,b\n{CHINESE}".encode(), "utf-8-sig"),
        (b"\xef\xbb\xbf" + f"a,b\n{CHINESE}".encode(), "utf-8-sig"),
        (f"a,b\n{CHINESE}".encode("gbk"), "gb18030"),
        ("a,b\n𠮷野家,€".encode("gb18030"), "gb18030"),
        ("姓名,电话\n联通,1".encode("gbk"), "gb18030"),  # the word that editors famously take for UTF-8
        (b"a,b\n" + "é".encode() * 700_000, "utf-8-sig"),  # characters that lie across the chunks
    ],
)
def test_encoding_is_told_by_content(content: bytes, encoding: str) -> None:
    assert text_kind(InFile("x.csv", content), 10_000_000).encoding == encoding


@pytest.mark.parametrize("control", range(32))
def test_control_characters_are_noticed(control: int) -> None:
    kind = text_kind(InFile("x.csv", b"a,b\n1," + bytes([control])))
    assert kind.has_controls is (control not in b"\t\n\r")


def test_empty_and_large_files_are_refused() -> None:
    assert "0 bytes" in refusal(b"").template
    error = refusal(b"x" * 3_000_000, most_bytes=2_000_000)
    assert error.params == {"found": 3, "most": 2}


def test_large_file_is_refused_before_it_is_read(tmp_path: Path) -> None:
    path = tmp_path / "large.csv"
    with path.open("wb") as stream:
        stream.truncate(200_000_000)
    with pytest.raises(FileRefused, match="200 MB"):
        text_kind(InFile.at(path))


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"PK\x03\x04rest", "ZIP/XLSX"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1", "XLS/DOC"),
        (b"\x89PNG\r\n\x1a\n", "PNG"),
        (b"%PDF-1.7", "PDF"),
        (b"\x1f\x8b\x08", "GZIP"),
        (b"\xef\xbb\xbf  \n<!DOCTYPE html><p>", "HTML"),
        (b"<HTML><body>", "HTML"),
        (b'<?xml version="1.0"?>', "XML"),
        (b'[{"a": 1}]', "JSON"),
        (b'{"a": 1}', "JSON"),
    ],
)
def test_other_kinds_are_named(content: bytes, kind: str) -> None:
    assert refusal(content).params == {"kind": kind}
    assert looks_like(content) == kind


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be"])
def test_utf16_is_refused_with_advice(encoding: str) -> None:
    assert "CSV UTF-8" in str(refusal("order_no,customer\n1,2\n".encode(encoding)))


def test_two_encodings_are_refused_and_both_lines_named() -> None:
    content = b"a,b\n" + f"{CHINESE}\n".encode() + b"1,2\n" + f"{CHINESE}\n".encode("gbk")
    error = refusal(content)
    assert (error.line, error.params) == (4, {"utf8": 2, "gb": 4})
    backwards = refusal(b"a,b\n" + f"{CHINESE}\n".encode("gbk") + f"{CHINESE}\n".encode())
    assert backwards.params == {"utf8": 3, "gb": 2}


def test_bytes_that_are_no_text_are_refused_with_their_line() -> None:
    error = refusal(b"a,b\n1,2\nJos\xe9 \xff\xfe,1\n")
    assert (error.line, error.params) == (3, {"byte": 4})


def test_a_path_and_an_upload_are_the_same(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_bytes(b"a,b\n1,2\n")
    on_disk, upload = InFile.at(path), InFile("x.csv", b"a,b\n1,2\n")
    assert (on_disk.name, on_disk.size, on_disk.sha256()) == (upload.name, upload.size, upload.sha256())
    with on_disk.open() as first, upload.open() as second:
        assert first.read() == second.read()


def test_missing_file_is_named_without_its_folder(tmp_path: Path) -> None:
    with pytest.raises(FileRefused) as caught:
        InFile.at(tmp_path / "gone.csv")
    assert str(caught.value) == "gone.csv: There is no such file."


def test_workbooks_are_told_by_content(sample: Callable[[str], InFile]) -> None:
    assert is_workbook(InFile("x.csv", b"PK\x03\x04..."))
    assert not is_workbook(sample("shopify.csv"))
