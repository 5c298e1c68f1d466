"""Papers as tests read them: their text, and what a scanner finds on their pages."""

from __future__ import annotations

from io import BytesIO


def pages(pdf: bytes) -> list[str]:
    """The text of each page, as a reader that searches or copies finds it, line breaks as spaces."""
    from pypdf import PdfReader

    return [" ".join(page.extract_text().split()) for page in PdfReader(BytesIO(pdf)).pages]


def embedded_fonts(pdf: bytes) -> set[tuple[str, bool]]:
    """The fonts of a file, and whether each of them is in it."""
    from pypdf import PdfReader

    found = set()
    for page in PdfReader(BytesIO(pdf)).pages:
        for font in page["/Resources"]["/Font"].values():  # type: ignore[index]
            descriptor = font.get_object().get("/FontDescriptor")
            inside = descriptor is not None and "/FontFile2" in descriptor.get_object()
            found.add((str(font.get_object()["/BaseFont"]).partition("+")[2], inside))
    return found


def scanned(pdf: bytes) -> list[set[tuple[str, str]]]:
    """What a scanner reads from each printed page. Shape: (kind of code, text)."""
    import pypdfium2
    import zxingcpp

    document = pypdfium2.PdfDocument(pdf)
    try:
        # 203 dots per inch: what a label printer of the plainest kind puts on paper
        pictures = [page.render(scale=203 / 72).to_pil() for page in document]
        return [{(code.format.name, code.text) for code in zxingcpp.read_barcodes(picture)} for picture in pictures]
    finally:
        document.close()
