"""Codes that scanners read: Code 128 in a given width, and QR."""

from __future__ import annotations

from itertools import groupby
from typing import Any

_NARROWEST = 0.19 * 72 / 25.4  # points; a bar below 0.19 mm is no longer read reliably by a hand scanner
_WIDEST = 0.5 * 72 / 25.4
_QUIET_MODULES = 10  # on either side, as the standard asks
_QR_QUIET_MODULES = 4


def code_128(text: str, width: float, height: float) -> Any:
    """A Code 128 no wider than `width` with its quiet zones, or None where the text can't be one.

    Units: points. A code holds printable ASCII; anything else (or too much of it) has to go into a QR code.
    """
    from reportlab.graphics.barcode.code128 import Code128

    if not text or not text.isascii() or not text.isprintable():
        return None
    modules = Code128(text, barWidth=1, quiet=0).width + 2 * _QUIET_MODULES
    bar = min(width / modules, _WIDEST)
    if bar < _NARROWEST:
        return None
    return Code128(text, barWidth=bar, barHeight=height, quiet=0)


def draw_qr(canvas: Any, text: str, x: float, y: float, size: float) -> None:
    """Draws a QR code (error correction M) into a square whose lower left corner is given. Units: points.

    Why: drawn as one path of runs instead of a picture of some thousand squares, and without the font that
    ReportLab's own drawing names.
    """
    from reportlab.graphics.barcode.qr import QrCodeWidget

    code = QrCodeWidget(text, barLevel="M").qr
    code.make()
    count = code.getModuleCount()
    module = size / (count + 2 * _QR_QUIET_MODULES)
    left, top = x + _QR_QUIET_MODULES * module, y + size - _QR_QUIET_MODULES * module
    path = canvas.beginPath()
    for row in range(count):
        start = 0
        for dark, run in groupby(code.isDark(row, column) for column in range(count)):
            length = len(list(run))
            if dark:
                path.rect(left + start * module, top - (row + 1) * module, length * module, module)
            start += length
    canvas.drawPath(path, stroke=0, fill=1)
