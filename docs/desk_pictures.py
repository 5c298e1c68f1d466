"""What the order desk's pictures show: orders found by what they are, forms opened, papers as they are printed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PIL import Image
from sqlalchemy import text

from core.db.engines import connect, reader
from tests.browser.windows import Window

_STOPPED = text(
    "SELECT id FROM sales_order WHERE is_open = 1 AND status = 'exception' AND exceptions LIKE '%address%'"
    " AND hold_reason IS NULL ORDER BY id LIMIT 1"
)
_LARGE = text(
    "SELECT o.id FROM sales_order o JOIN order_line l ON l.order_id = o.id"
    " WHERE o.is_open = 1 AND o.status IN ('allocated', 'released') AND o.hold_reason IS NULL"
    " GROUP BY o.id ORDER BY COUNT(l.id) DESC, o.id LIMIT 1"
)
_CORRECTED = text(
    "SELECT o.id FROM sales_order o JOIN order_payload p ON p.order_id = o.id WHERE o.is_open = 1"
    " AND EXISTS (SELECT 1 FROM event e WHERE e.order_id = o.id AND e.kind = 'OrderAmended') ORDER BY o.id LIMIT 1"
)
_PACKED = text(
    "SELECT l.order_id FROM shipment_line l JOIN shipment s ON s.id = l.shipment_id JOIN sales_order o"
    " ON o.id = l.order_id WHERE s.status IN ('packed', 'handed_over') AND s.waybill <> '' GROUP BY l.order_id"
    " ORDER BY COUNT(DISTINCT s.id), COUNT(l.id) DESC, l.order_id LIMIT 1"
)


def _found(var: Path, query: object) -> int:
    databases = connect("", var)
    with reader(databases.live) as db:
        order_id = int(db.execute(query).scalar_one())  # type: ignore[call-overload]
    databases.dispose()
    return order_id


def at_order(query: object, then: str = "") -> Callable[[Window], None]:
    """Opens the first order that a query finds, and presses the button of that name."""

    def prepare(window: Window) -> None:
        page = window.go(f"/order?id={_found(window.server.var, query)}")
        if then:
            page.locator(f".st-key-{then} button").first.click()
            window.settle()

    return prepare


at_stopped = at_order(_STOPPED)
at_part = at_order(_LARGE, "do-part")
at_print = at_order(_PACKED, "print")


def at_original(window: Window) -> None:
    """Scrolls to what the channel sent of an order that was corrected since."""
    at_order(_CORRECTED)(window)
    window.page.locator(".od-table.compare").first.scroll_into_view_if_needed()
    window.settle()


def at_results(window: Window) -> None:
    """Confirms everything that is stopped, with a note for the first of the reasons that may pass."""
    page = window.go("/confirm_many")
    for field in page.locator("[class*=st-key-confirm-] input[type=text]").all()[:1]:
        field.fill("Checked with the shop")
        field.press("Tab")
        window.settle()
    page.locator(".st-key-confirm-go button").click()
    page.locator(".st-key-again").wait_for()
    window.settle()


def picture_of_papers(window: Window, folder: Path) -> Image.Image:
    """The packing slip and the waybill label of a packed order, side by side, as they come out of the printer."""
    import pypdfium2

    at_print(window)
    pictures = []
    for name in ("packing-slip", "waybill-label"):
        with window.page.expect_download() as download:
            window.page.locator(f".st-key-print-{name} button").first.click()
        file = folder / f"{name}.pdf"
        download.value.save_as(file)
        document = pypdfium2.PdfDocument(file)
        pictures.append(document[0].render(scale=1.35 if name == "packing-slip" else 2.2).to_pil())
        document.close()
    slip, label = pictures
    slip = slip.crop((0, 0, slip.width, label.height))
    sheet = Image.new("RGB", (slip.width + label.width + 60, label.height + 40), "#e9ebe6")
    sheet.paste(slip, (20, 20))
    sheet.paste(label, (slip.width + 40, 20))
    return sheet
