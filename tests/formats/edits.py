"""Small changes to sample files, and what they are refused for."""

import pytest

from advisory_portal.formats.einvoice import read_invoice
from advisory_portal.formats.errors import FormatError


def edited(data: bytes, old: bytes, new: bytes) -> bytes:
    """The file with the first such piece replaced; the piece must be there."""
    assert old in data
    return data.replace(old, new, 1)


def refusal_of(data: bytes) -> FormatError:
    with pytest.raises(FormatError) as caught:
        read_invoice(data)
    return caught.value
