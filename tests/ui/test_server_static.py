"""Files: compressed, cached, never from outside their folder; and the index page in Orderly's dress."""

from __future__ import annotations

import base64
import gzip
import hashlib
import re
from pathlib import Path

import httpx
import pytest

from core.ui.server_static import (
    StaticFolder,
    content_security_policy,
    index_page,
    own_files,
    own_url,
    streamlit_static,
)


def test_streamlits_scripts_come_compressed_and_equal(manager: httpx.Client) -> None:
    names = re.findall(r'src="\./(static/js/[^"]+)"', manager.get("/").text)
    assert names
    for name in names:
        raw = (streamlit_static() / name).read_bytes()
        packed = manager.get(f"/{name}", headers={"Accept-Encoding": "gzip"})
        assert packed.headers["content-encoding"] == "gzip"
        assert packed.content == raw
        assert int(packed.headers["content-length"]) < len(raw) / 2
        assert packed.headers["cache-control"] == "public, immutable, max-age=31536000"
        assert packed.headers["vary"] == "Accept-Encoding"
        plain = manager.get(f"/{name}", headers={"Accept-Encoding": "identity"})
        assert "content-encoding" not in plain.headers
        assert plain.content == raw
        assert packed.headers["content-type"].startswith("text/javascript")


def test_the_first_page_is_a_third_of_what_it_was(manager: httpx.Client) -> None:
    page = manager.get("/").text
    names = set(re.findall(r'(?:src|href)="\./(static/[^"]+)"', page))
    assert len(names) > 20
    sent = sum(int(manager.get(f"/{name}").headers["content-length"]) for name in names)
    raw = sum((streamlit_static() / name).stat().st_size for name in names)
    assert sent < raw / 3


def test_a_folder_gives_nothing_from_outside(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.js").write_text("x" * 1000)
    (tmp_path / "secret.txt").write_text("secret")
    (tmp_path / "in" / "link.txt").symlink_to(tmp_path / "secret.txt")
    folder = StaticFolder(tmp_path / "in")
    found = folder.get("a.js")
    assert found is not None and found.packed is not None and gzip.decompress(found.packed) == b"x" * 1000
    for name in (
        "../secret.txt",
        "link.txt",
        "/etc/passwd",
        "..",
        "",
        ".",
        "a.js/",
        "a\x00.js",
        "..\\secret.txt",
        "none",
    ):
        assert folder.get(name) is None, name


def test_paths_out_of_the_folder_are_not_found_over_http(manager: httpx.Client) -> None:
    for path in ("/static/../index.html", "/static/%2e%2e/%2e%2e/config.py", "/orderly/%2e%2e%2fpage.py"):
        assert manager.get(path).status_code in {400, 404}, path


@pytest.mark.parametrize(("language", "lang"), [("en", "en"), ("zh", "zh-CN")])
@pytest.mark.parametrize("theme", ["auto", "light", "dark"])
def test_the_index_page_is_ours_in_language_and_theme(language: str, lang: str, theme: str) -> None:
    page = index_page(language, theme).decode()
    assert f'<html lang="{lang}" data-theme="{theme}">' in page
    assert "<title>Orderly</title>" in page
    assert own_url("orderly.css") in page
    assert own_url("theme.js") in page
    assert own_url("delivery.js") in page
    assert "favicon.png" not in page
    assert "agent" not in page


def test_every_inline_script_of_the_index_page_is_in_the_policy_by_its_hash(manager: httpx.Client) -> None:
    answer = manager.get("/")
    scripts = re.findall(rb"<script(?![^>]*\ssrc=)[^>]*>(.*?)</script>", answer.content, re.DOTALL)
    assert len(scripts) == 1
    for script in scripts:
        digest = base64.b64encode(hashlib.sha256(script).digest()).decode()
        assert f"'sha256-{digest}'" in answer.headers["content-security-policy"]
    assert answer.headers["content-security-policy"] == content_security_policy()


def test_the_index_page_follows_the_persons_choice(manager: httpx.Client, demo: object) -> None:
    origin = {"Origin": str(manager.base_url).rstrip("/")}
    answer = manager.post("/preferences", data={"language": "zh", "theme": "dark", "next": "/people"}, headers=origin)
    assert (answer.status_code, answer.headers["location"]) == (303, "/people")
    try:
        manager.cookies.clear()
        assert '<html lang="zh-CN" data-theme="dark">' in manager.get("/", headers={"Accept-Language": "en"}).text
    finally:
        manager.post("/preferences", data={"language": "en", "theme": "auto"}, headers=origin)
    nonsense = manager.post("/preferences", data={"language": "xx", "theme": "<b>", "next": "//e"}, headers=origin)
    assert (nonsense.status_code, nonsense.headers["location"]) == (303, "/")
    assert "set-cookie" not in nonsense.headers


def test_our_own_files_hold_no_inline_anything_and_fit_in_a_mail() -> None:
    for name in ("favicon.svg", "mark.svg", "logo.svg", "orderly.css", "sign_in.css", "theme.js", "delivery.js"):
        found = own_files().get(name)
        assert found is not None, name
        assert len(found.plain) < 40_000
        assert b"http://" not in found.plain.replace(b"http://www.w3.org/2000/svg", b""), name
        assert b"https://" not in found.plain, name
