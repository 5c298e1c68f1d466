"""Strings that break careless programs: the shared list where it is there, and what Streamlit is careless with."""

from __future__ import annotations

from tests.house_rules import ROOT

SHARED = ROOT.parent / "shared" / "data" / "naughty-strings.txt"

OWN = (
    "![x](http://evil.example/x.png)",
    "[click](http://evil.example)",
    "http://evil.example and www.evil.example and a@evil.example",
    "<img src=x onerror=alert(1)>",
    "<script>alert(1)</script>",
    "&lt;b&gt; &amp; &#x41; &nbsp;",
    "$\\frac{1}{2}$ and $$x$$ costs $5 or $6",
    ":material/home: :material_home: :smile: :+1: :streamlit:",
    ":red[red] :blue-background[b] :small[s] :green-badge[x] :primary[p]",
    "a -> b <- c <-> d -- e >= f <= g ~= h => i",
    "# heading",
    "- item",
    "1. one",
    "1) one",
    "> quote",
    "    code",
    "\tcode",
    "```\ncode\n```",
    "~~~\ncode",
    "| a | b |\n| --- | --- |\n| 1 | 2 |",
    "**bold** __bold__ *i* _i_ ~~s~~ `c`",
    "---",
    "***",
    "===",
    "a\n===",
    "line one\nline two  \nline three\\\nline four",
    "[^1] [ref][id] [x]: http://evil.example",
    "- [ ] task",
    "\\* \\\\ \\n",
    "“quotes” ‘and’ … – —",
    "\u202eright to left\u202c",
    "\x00\x01\x1b[31m",
    "\ud800 lone surrogate",
    "名字 ｛全角｝ ＜ｓｃｒｉｐｔ＞",
    "&copy; &#169; &not_an_entity;",
    "<!-- comment --> <![CDATA[x]]> <?php ?>",
    "{{ 7*7 }} ${7*7} #{7*7} %s {0} {name}",
)


def naughty_strings() -> list[str]:
    """All of them; the shared list is left out where this machine doesn't have it."""
    shared = []
    if SHARED.is_file():
        lines = SHARED.read_text("utf-8", "surrogateescape").split("\n")
        shared = [line for line in lines if line and not line.startswith("#")]
    return [*OWN, *shared]
