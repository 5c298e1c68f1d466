"""Writing a QTI 2.1 content package: a manifest and one file per item."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterable, Mapping
from typing import Any
from xml.etree.ElementTree import Element, SubElement, tostring

from assessments.interchange.parsed import LeftOut, Written, lost
from assessments.interchange.qti_items import XSI, build
from assessments.interchange.tables import name_of

CP = "http://www.imsglobal.org/xsd/imscp_v1p1"
LOM = "http://www.imsglobal.org/xsd/imsmd_v1p2"
ITEM_TYPE = "imsqti_item_xmlv2p1"
_SCHEMAS = (
    f"{CP} http://www.imsglobal.org/xsd/qti/qtiv2p1/qtiv2p1_imscpv1p2_v1p0.xsd "
    f"{LOM} http://www.imsglobal.org/xsd/imsmd_v1p2p4.xsd"
)
_NOT_IN_NAMES = re.compile(r"[^A-Za-z0-9_.-]")
_A_DAY = (2000, 1, 1, 0, 0, 0)
"""The same items give the same bytes."""


def write_qti(items: Iterable[Mapping[str, Any]], language: str) -> Written:
    """The items in one language as a content package; those that QTI can't hold are reported.

    Shape: competency, level, positions and source stand as keywords in the manifest.
    Source: IMS QTI 2.1 Assessment Test, Section and Item Information Model; IMS Content Packaging 1.1.4.
    """
    problems = []
    files: dict[str, bytes] = {}
    manifest, resources = _manifest(language)
    for number, item in enumerate(items, start=1):
        identifier = _identifier(item, number)
        if f"items/{identifier}.xml" in files:
            identifier = f"{identifier}-{number}"
        try:
            element, left = build(item, language, identifier)
        except LeftOut as stopped:
            problems.append(stopped.problem)
            continue
        href = f"items/{identifier}.xml"
        files[href] = _bytes(element)
        _add_resource(resources, identifier, href, item, language)
        problems += lost(left, name_of(item))
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in {"imsmanifest.xml": _bytes(manifest), **files}.items():
            info = zipfile.ZipInfo(name, _A_DAY)
            info.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(info, content)
    return Written(out.getvalue(), len(files), tuple(problems))


def _identifier(item: Mapping[str, Any], number: int) -> str:
    """A name that may stand as an identifier: a letter first, then letters, digits and a few signs."""
    return "item-" + _NOT_IN_NAMES.sub("_", str(item.get("id") or f"new-{number}"))


def _bytes(element: Element) -> bytes:
    return b'<?xml version="1.0" encoding="UTF-8"?>\n' + tostring(element, encoding="utf-8")


def _manifest(language: str) -> tuple[Element, Element]:
    root = Element(
        "manifest",
        {
            "xmlns": CP,
            "xmlns:imsmd": LOM,
            "xmlns:xsi": XSI,
            "xsi:schemaLocation": _SCHEMAS,
            "identifier": f"MANIFEST-orderly-{language}",
        },
    )
    about = SubElement(root, "metadata")
    SubElement(about, "schema").text = "QTIv2.1 Package"
    SubElement(about, "schemaversion").text = "1.0.0"
    SubElement(root, "organizations")
    return root, SubElement(root, "resources")


def _add_resource(resources: Element, identifier: str, href: str, item: Mapping[str, Any], language: str) -> None:
    resource = SubElement(resources, "resource", {"identifier": f"res-{identifier}", "type": ITEM_TYPE, "href": href})
    keywords = [f"{name}:{item[name]}" for name in ("competency", "level", "source") if item.get(name)]
    keywords += [f"position:{position}" for position in item.get("positions", ())]
    if keywords:
        lom = SubElement(SubElement(resource, "metadata"), "imsmd:lom")
        general = SubElement(lom, "imsmd:general")
        for keyword in keywords:
            said = SubElement(SubElement(general, "imsmd:keyword"), "imsmd:langstring", {"xml:lang": language})
            said.text = keyword
    SubElement(resource, "file", {"href": href})
