"""A PDF in the making: pages of any size, text, rules, boxes, bar codes, and tables that go on overleaf."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from io import BytesIO

from core.documents import codes
from core.documents.lettering import FONT, characters, fitted, printable, width_of, wrapped

MM = 72 / 25.4  # points in a millimetre
A4 = (210.0, 297.0)
LABEL = (100.0, 150.0)
_LEADING = 1.32  # line height per font size


@dataclass(frozen=True, slots=True)
class Heading:
    """One column of a table: its title and width; numbers stand to the right. Units: mm."""

    title: str
    width: float
    right: bool = False


class Sheet:
    """Draws on pages from the top left corner downwards. Units: millimetres for places, points for font sizes."""

    def __init__(self, title: str) -> None:
        from reportlab.pdfgen.canvas import Canvas

        characters()
        self._file = BytesIO()
        # Invariant: the same paper is the same file, whenever it is made.
        self._canvas = Canvas(self._file, invariant=1, pageCompression=1, initialFontName=FONT)
        self._canvas.setTitle(printable(title))
        self._canvas.setAuthor("Orderly")
        self._open = False
        self.width, self.height = A4
        self.page_number = 0

    def page(self, size: tuple[float, float]) -> None:
        """Begins a new page."""
        if self._open:
            self._canvas.showPage()
        self.width, self.height = size
        self._canvas.setPageSize((size[0] * MM, size[1] * MM))
        self._open = True
        self.page_number += 1

    def finished(self) -> bytes:
        """The whole file."""
        self._canvas.save()
        return self._file.getvalue()

    # ---- text -------------------------------------------------------------------------------------------------

    def text(
        self, x: float, y: float, text: str, size: float = 9, *, width: float | None = None, bold: bool = False
    ) -> None:
        """One line whose top is at `y`; it shrinks, and is cut in the end, where `width` says so."""
        shown, size = (printable(text), size) if width is None else fitted(text, size, width * MM, size * 0.7)
        self._draw(x, y, shown, size, bold)

    def right(self, x: float, y: float, text: str, size: float = 9, *, bold: bool = False) -> None:
        """One line that ends at `x`."""
        shown = printable(text)
        self._draw(x - width_of(shown, size) / MM, y, shown, size, bold)

    def centred(self, x: float, y: float, text: str, size: float = 9, *, width: float, bold: bool = False) -> None:
        """One line in the middle of `width` from `x`, shrunk to fit."""
        shown, size = fitted(text, size, width * MM, size * 0.5)
        self._draw(x + (width - width_of(shown, size) / MM) / 2, y, shown, size, bold)

    def lines(
        self, x: float, y: float, text: str, size: float, *, width: float, most: int = 99, bold: bool = False
    ) -> float:
        """A text in as many lines as it takes; gives where it ends."""
        for line in wrapped(text, size, width * MM, most):
            self._draw(x, y, line, size, bold)
            y += line_height(size)
        return y

    def _draw(self, x: float, y: float, shown: str, size: float, bold: bool) -> None:
        if not shown:
            return
        pen = self._canvas.beginText(x * MM, (self.height - y) * MM - size)
        pen.setFont(FONT, size)
        if bold:  # one weight of the font is enough: its outline drawn with a stroke is the heavier one
            pen.setTextRenderMode(2)
            self._canvas.setLineWidth(size * 0.035)
        pen.textOut(shown)
        if bold:
            pen.setTextRenderMode(0)
        self._canvas.drawText(pen)

    # ---- lines and codes --------------------------------------------------------------------------------------

    def rule(self, y: float, x: float, until: float, thickness: float = 0.2) -> None:
        """A horizontal line. Units: mm, its thickness too."""
        self._canvas.setLineWidth(thickness * MM)
        self._canvas.line(x * MM, (self.height - y) * MM, until * MM, (self.height - y) * MM)

    def column_rule(self, x: float, y: float, until: float, thickness: float = 0.2) -> None:
        """A vertical line."""
        self._canvas.setLineWidth(thickness * MM)
        self._canvas.line(x * MM, (self.height - y) * MM, x * MM, (self.height - until) * MM)

    def box(self, x: float, y: float, width: float, height: float, thickness: float = 0.2) -> None:
        """A frame."""
        self._canvas.setLineWidth(thickness * MM)
        self._canvas.rect(x * MM, (self.height - y - height) * MM, width * MM, height * MM)

    def barcode(self, x: float, y: float, text: str, *, width: float, height: float) -> bool:
        """A Code 128 in the middle of `width`; gives False where the text can't be one and nothing was drawn."""
        code = codes.code_128(text, width * MM, height * MM)
        if code is None:
            return False
        left = x * MM + (width * MM - code.width) / 2
        code.drawOn(self._canvas, left, (self.height - y - height) * MM)
        return True

    def qr(self, x: float, y: float, text: str, *, size: float) -> None:
        """A QR code with its quiet zone inside a square of `size`."""
        codes.draw_qr(self._canvas, text, x * MM, (self.height - y - size) * MM, size * MM)


def line_height(size: float) -> float:
    """How far a line of text goes down. Units: a font size in points to mm."""
    return size * _LEADING / MM


def draw_table(
    sheet: Sheet,
    y: float,
    columns: Sequence[Heading],
    rows: Sequence[Sequence[str]],
    *,
    x: float,
    bottom: float,
    overleaf: Callable[[], float],
    size: float = 9,
) -> float:
    """A table with rules between its rows; gives where it ends.

    Cells wrap; a row that would pass `bottom` goes to the page that `overleaf` begins (it gives where to go on), under
    the headings drawn again.
    """
    y = _headings(sheet, y, columns, x, size)
    for row in rows:
        cells = [
            wrapped(cell, size, (column.width - 2) * MM) or [""] for cell, column in zip(row, columns, strict=True)
        ]
        height = max(len(lines) for lines in cells) * line_height(size) + 2
        if y + height > bottom:
            y = _headings(sheet, overleaf(), columns, x, size)
        left = x
        for lines, column in zip(cells, columns, strict=True):
            for number, line in enumerate(lines):
                at = y + 1 + number * line_height(size)
                if column.right:
                    sheet.right(left + column.width - 1, at, line, size)
                else:
                    sheet.text(left + 1, at, line, size)
            left += column.width
        y += height
        sheet.rule(y, x, left, 0.1)
    return y


def _headings(sheet: Sheet, y: float, columns: Sequence[Heading], x: float, size: float) -> float:
    left, end = x, y + line_height(size) + 2
    for column in columns:
        if column.right:
            sheet.right(left + column.width - 1, y + 1, column.title, size * 0.9, bold=True)
        else:
            sheet.text(left + 1, y + 1, column.title, size * 0.9, width=column.width - 2, bold=True)
        left += column.width
    sheet.rule(end, x, left, 0.4)
    return end
