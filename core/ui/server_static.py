"""What the server hands out as files: Streamlit's bundle compressed, our own look, and the index page with both."""

from __future__ import annotations

import base64
import gzip
import hashlib
import mimetypes
import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from threading import Lock

from starlette.responses import Response

OWN_STATIC = Path(__file__).parent / "static"
FOREVER = "public, immutable, max-age=31536000"
_COMPRESSIBLE = (".js", ".css", ".svg", ".json", ".map", ".html", ".txt", ".wasm", ".ttf")
_INLINE_SCRIPT = re.compile(rb"<script(?![^>]*\ssrc=)[^>]*>(.*?)</script>", re.DOTALL)


def streamlit_static() -> Path:
    """The folder of Streamlit's own front end."""
    from streamlit import file_util

    return Path(file_util.get_static_dir())


@dataclass(frozen=True, slots=True)
class StaticFile:
    """A file as it lies in memory: plain, and compressed where that pays."""

    plain: bytes
    packed: bytes | None
    media_type: str


class StaticFolder:
    """A folder served from memory: each file is read and compressed once, at its first request.

    Why: Streamlit serves its 9 MB of scripts uncompressed, and compressing them again for every visitor costs
    more than the whole page.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder.resolve()
        self._files: dict[str, StaticFile] = {}
        self._lock = Lock()

    def get(self, name: str) -> StaticFile | None:
        """The file of this name inside the folder, or None."""
        found = self._files.get(name)
        if found is None:
            with self._lock:
                found = self._files.get(name) or self._load(name)
                if found is not None:
                    self._files[name] = found
        return found

    def _load(self, name: str) -> StaticFile | None:
        if "\x00" in name or "\\" in name:
            return None
        path = (self.folder / name).resolve()
        if not path.is_relative_to(self.folder) or not path.is_file() or name.endswith("/"):
            return None
        plain = path.read_bytes()
        packed = gzip.compress(plain, 6, mtime=0) if path.suffix in _COMPRESSIBLE and len(plain) > 500 else None
        return StaticFile(plain, packed, media_type_of(path.name))

    def respond(self, name: str, accept_encoding: str, cache: str = FOREVER) -> Response:
        """The file as an answer, compressed for browsers that take it."""
        found = self.get(name)
        if found is None:
            return Response("Not found", 404, media_type="text/plain")
        headers = {"Cache-Control": cache, "Vary": "Accept-Encoding"}
        if found.packed is not None and "gzip" in accept_encoding:
            headers["Content-Encoding"] = "gzip"
            return Response(found.packed, headers=headers, media_type=found.media_type)
        return Response(found.plain, headers=headers, media_type=found.media_type)


def media_type_of(name: str) -> str:
    """A file's media type; the ones a browser is strict about don't depend on the machine's tables."""
    own = {".js": "text/javascript", ".mjs": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml"}
    return own.get(Path(name).suffix) or mimetypes.guess_type(name)[0] or "application/octet-stream"


@lru_cache(maxsize=1)
def own_files() -> StaticFolder:
    """Logo, favicon, styles and the theme script."""
    return StaticFolder(OWN_STATIC)


@lru_cache(maxsize=1)
def streamlit_files() -> StaticFolder:
    """Streamlit's scripts, styles and fonts."""
    return StaticFolder(streamlit_static() / "static")


@lru_cache(maxsize=64)
def own_url(name: str) -> str:
    """The address of one of our files; it changes with the content, so that browsers may keep it for ever."""
    digest = hashlib.sha256((OWN_STATIC / name).read_bytes()).hexdigest()[:12]
    return f"/orderly/{name}?v={digest}"


@lru_cache(maxsize=16)
def index_page(language: str, theme: str) -> bytes:
    """Streamlit's index page with Orderly's name, icon, language, theme and styles in it.

    Raises: ValueError when a new version of Streamlit has another index page than the one this was made for.
    """
    page = (streamlit_static() / "index.html").read_text("utf-8")
    changes = (
        ('<html lang="en">', f'<html lang="{"zh-CN" if language == "zh" else "en"}" data-theme="{theme}">'),
        ('<link rel="shortcut icon" href="./favicon.png" />', _HEAD),
        ("<title>Streamlit</title>", "<title>Orderly</title>"),
        ('<link rel="service-desc" href="./_stcore/agent/openapi.json" />', ""),
    )
    for old, new in changes:
        if page.count(old) != 1:
            raise ValueError(f"Streamlit's index page has changed: {old!r} occurs {page.count(old)} times")
        page = page.replace(old, new)
    page = page.replace("@ICON@", own_url("favicon.svg")).replace("@STYLE@", own_url("orderly.css"))
    page = page.replace("@THEME@", own_url("theme.js")).replace("@DELIVERY@", own_url("delivery.js"))
    page = re.sub(r"<noscript>.*?</noscript>", f"<noscript>{_NO_SCRIPT}</noscript>", page, flags=re.DOTALL)
    return re.sub(r"\s*<!--.*?-->", "", page, flags=re.DOTALL).lstrip().encode()


_NO_SCRIPT = "<p>Orderly needs JavaScript. · 使用 Orderly 需要启用 JavaScript。</p>"
_HEAD = """<link rel="icon" type="image/svg+xml" href="@ICON@" />
    <meta name="theme-color" media="(prefers-color-scheme: light)" content="#14213D" />
    <meta name="theme-color" media="(prefers-color-scheme: dark)" content="#0F1624" />
    <script src="@THEME@"></script>
    <script defer src="@DELIVERY@"></script>
    <link rel="stylesheet" href="@STYLE@" />"""


@lru_cache(maxsize=1)
def content_security_policy() -> str:
    """What a page may load: our own files only, and no inline script but the index page's own."""
    page = index_page("en", "auto")
    hashes = (base64.b64encode(hashlib.sha256(found).digest()).decode() for found in _INLINE_SCRIPT.findall(page))
    scripts = " ".join(["'self'", *(f"'sha256-{value}'" for value in hashes)])
    return "; ".join(
        (
            "default-src 'none'",
            f"script-src {scripts}",
            "style-src 'self' 'unsafe-inline'",  # Streamlit's styles are made in the browser
            "img-src 'self' data: blob:",
            "font-src 'self' data:",
            "media-src 'self' blob:",
            "connect-src 'self'",
            "worker-src 'self' blob:",
            "manifest-src 'self'",
            "form-action 'self'",
            "base-uri 'none'",
            "object-src 'none'",
            "frame-src 'none'",
            "frame-ancestors 'none'",
        )
    )
