"""How SKUs are compared."""

from advisory_portal.core.text import plain


def sku_key(sku: str) -> str:
    """A SKU as it is compared: "ab 12", "AB12" and " Ab12 " are one. At most 60 characters."""
    return "".join(plain(sku).split())[:60]
