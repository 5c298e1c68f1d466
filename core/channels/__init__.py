"""The channels that orders come from: what each wants to be given and how it is read."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from types import MappingProxyType

from core.channels import mapped, olist, shopify, taobao
from core.channels.files import MOST_BYTES, InFile
from core.channels.incoming import Findings, Terms
from core.channels.mapping import ColumnMapping
from core.channels.reading import Progress, ignore_progress
from core.channels.spool import without_repeats
from core.domain.errors import ContentError, NotFound

# What each channel wants to be given.
WANTS_LABELS = MappingProxyType(
    {
        olist.CODE: "The four CSV files with orders, items, payments and customers, together.",
        shopify.CODE: "The orders export (Orders → Export → plain CSV file).",
        taobao.CODE: "The order report 宝贝订单报表 as it is downloaded (GBK), or the short report without items.",
        mapped.CODE: "Any CSV file or Excel workbook: choose which column says what.",
    }
)


@dataclass(frozen=True, slots=True)
class Channel:
    """One source of orders: its code, names, whose calendar its days are cut by, and how to hand files over."""

    code: str
    name_en: str
    name_zh: str
    timezone: str
    several_files: bool
    needs_mapping: bool
    suffixes: tuple[str, ...]
    read: Callable[..., Findings]

    @property
    def wants(self) -> str:
        """What files are wanted; a msgid."""
        return WANTS_LABELS[self.code]


CHANNELS: tuple[Channel, ...] = (
    Channel(
        olist.CODE,
        "Olist",
        "Olist",
        olist.TIMEZONE,
        True,
        False,
        (".csv",),
        olist.read,
    ),
    Channel(
        shopify.CODE,
        "Shopify",
        "Shopify",
        shopify.TIMEZONE,
        False,
        False,
        (".csv", ".xlsx"),
        shopify.read,
    ),
    Channel(
        taobao.CODE,
        "Taobao / Tmall",
        "淘宝/天猫",
        taobao.TIMEZONE,
        False,
        False,
        (".csv", ".xlsx"),
        taobao.read,
    ),
    Channel(
        mapped.CODE,
        "Own file",
        "自有文件",
        mapped.TIMEZONE,
        False,
        True,
        (".csv", ".xlsx"),
        mapped.read,
    ),
)


def channel(code: str) -> Channel:
    """The channel of a code.

    Raises: NotFound.
    """
    found = next((channel for channel in CHANNELS if channel.code == code), None)
    if found is None:
        raise NotFound("There is no channel {code}.", code=code)
    return found


def findings(
    code: str,
    files: Sequence[InFile],
    terms: Terms,
    progress: Progress = ignore_progress,
    most_bytes: int = MOST_BYTES,
    mapping: ColumnMapping | None = None,
) -> Findings:
    """A channel's orders and problems as they stream from its files, orders that appear twice left out.

    Raises: FileRefused while going through them, ContentError when the channel wants a mapping and there is none.
    """
    source = channel(code)
    read = source.read
    if source.needs_mapping:
        if mapping is None:
            raise ContentError("Choose which column says what.")
        read = partial(read, mapping=mapping)
    return without_repeats(read(files, terms, progress, most_bytes))
