"""ZIP archives that people upload: their files one by one, whatever is wrong with the others."""

import io
import lzma
import os
import struct
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from advisory_portal.formats.errors import FormatError

MEGABYTE = 1_000_000
MAX_MEMBERS = 1_000
MAX_MEMBER_MEGABYTES = 20
MAX_ARCHIVE_MEGABYTES = 200
MAX_RATIO = 200  # unpacked to packed size, for files over a megabyte; 5,000 equal invoice lines reach 140
NAME_LENGTH = 200

_CHUNK = 8_192
# zipfile reads the whole table of contents at once. A thousand entries need far less than this, and a larger
# table would cost many times its size in memory.
_LARGEST_READ = MEGABYTE
_ENCRYPTED = 0x1
_MAGIC = (b"PK\x03\x04", b"PK\x05\x06")
_BROKEN = (
    zipfile.BadZipFile,
    NotImplementedError,
    ValueError,
    RuntimeError,
    EOFError,
    OSError,
    struct.error,
    zlib.error,
    lzma.LZMAError,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchiveMember:
    """A file of the archive: its base name, and its bytes or why there are none."""

    name: str
    data: bytes = b""
    error: FormatError | None = None


def is_zip(data: bytes) -> bool:
    """Whether bytes begin as a ZIP archive does; the first four are enough."""
    return data.startswith(_MAGIC)


def read_archive(file: BinaryIO | bytes) -> Iterator[ArchiveMember]:
    """The files of a ZIP archive, unpacked one at a time. Folders, dot files and `__MACOSX` are left out.

    Raises FormatError at once if the archive as a whole is damaged, empty or beyond the limits. A member that
    is damaged, encrypted, an archive itself or too large has an `error` instead. `file` must stay open.
    """
    source = _CountedReads(io.BytesIO(file) if isinstance(file, bytes) else file)
    archive = _open(source)
    entries = archive.infolist()
    if len(entries) > MAX_MEMBERS:
        raise FormatError("archive_too_many", limit=MAX_MEMBERS)
    # zipfile never unpacks more of a member than its entry declares: this bounds what comes out in all.
    if sum(entry.file_size for entry in entries) > MAX_ARCHIVE_MEGABYTES * MEGABYTE:
        raise FormatError("archive_too_large", limit=MAX_ARCHIVE_MEGABYTES)
    wanted = [entry for entry in entries if _is_wanted(entry)]
    if not wanted:
        raise FormatError("archive_empty")
    return (_member(archive, entry, source) for entry in wanted)


class _CountedReads(io.RawIOBase):
    """A file that counts what is read of it and refuses to be read in very large pieces."""

    def __init__(self, source: BinaryIO) -> None:
        self._source = source
        self.taken = 0

    def read(self, size: int = -1, /) -> bytes:
        if size > _LARGEST_READ:
            raise FormatError("archive_too_many", limit=MAX_MEMBERS)
        data = self._source.read(size)
        self.taken += len(data)
        return data

    def seek(self, offset: int, whence: int = os.SEEK_SET, /) -> int:
        return self._source.seek(offset, whence)

    def tell(self) -> int:
        return self._source.tell()

    def seekable(self) -> bool:
        return True


def _open(source: _CountedReads) -> zipfile.ZipFile:
    try:
        return zipfile.ZipFile(source)
    except _BROKEN:
        raise FormatError("archive_broken") from None


def _is_wanted(entry: zipfile.ZipInfo) -> bool:
    parts = entry.filename.replace("\\", "/").split("/")
    return not (entry.is_dir() or parts[-1].startswith(".") or "__MACOSX" in parts)


def _label(filename: str) -> str:
    """The base name, printable and short. It is shown and never used as a path."""
    base = filename.replace("\\", "/").rsplit("/", 1)[-1]
    name = "".join(character for character in base if character.isprintable()).strip()
    return name[-NAME_LENGTH:] or "?"


def _member(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, source: _CountedReads) -> ArchiveMember:
    name = _label(entry.filename)
    try:
        return ArchiveMember(name=name, data=_unpacked(archive, entry, name, source))
    except FormatError as error:
        return ArchiveMember(name=name, error=error)
    except _BROKEN:
        return ArchiveMember(name=name, error=FormatError("member_broken", name=name))


def _unpacked(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, name: str, source: _CountedReads) -> bytes:
    """The bytes of a member. The limits hold for what really goes in and out, not for what it declares."""
    if entry.flag_bits & _ENCRYPTED:
        raise FormatError("member_encrypted", name=name)
    if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise FormatError("member_compression", name=name)
    taken_before = source.taken
    unpacked = bytearray()
    with archive.open(entry) as stream:
        while chunk := stream.read(_CHUNK):
            unpacked += chunk
            if len(unpacked) > MAX_MEMBER_MEGABYTES * MEGABYTE:
                raise FormatError("member_too_large", name=name, limit=MAX_MEMBER_MEGABYTES)
            if _is_bomb(len(unpacked), entry.compress_size):
                raise FormatError("member_bomb", name=name)
    if _is_bomb(len(unpacked), source.taken - taken_before):
        raise FormatError("member_bomb", name=name)
    data = bytes(unpacked)
    if is_zip(data):
        raise FormatError("member_nested", name=name)
    return data


def _is_bomb(unpacked: int, packed: int) -> bool:
    return unpacked > MEGABYTE and unpacked > MAX_RATIO * packed
