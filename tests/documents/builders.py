"""What the tests of documents share: the system at work in Delta, and what the storage holds."""

import io
import zipfile
from pathlib import Path

from django.core.files.storage import default_storage

from advisory_portal.core.access import Actor, ActorKind
from partners.models import Organisation


def kept_bytes() -> list[bytes]:
    """The content of every file in the storage."""
    root = Path(default_storage.location)
    return sorted(path.read_bytes() for path in root.rglob("*") if path.is_file())


def zipped(*files: tuple[str, bytes]) -> bytes:
    """A ZIP archive of these files."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files:
            archive.writestr(name, content)
    return packed.getvalue()


def with_levels(organisation: Organisation, **levels: int) -> Actor:
    """Somebody of the organisation with these levels and no others."""
    return Actor(kind=ActorKind.MEMBER, name="Somebody", organisation=organisation.workspace, levels=levels)
