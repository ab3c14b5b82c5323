"""ZIP archives: good members come out, bad ones say why, and none costs more than the limits."""

import io
import random
import struct
import tracemalloc
import zipfile
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from advisory_portal.formats.archive import (
    MAX_MEMBERS,
    MEGABYTE,
    ArchiveMember,
    is_zip,
    read_archive,
)
from advisory_portal.formats.einvoice import read_invoice
from advisory_portal.formats.errors import FormatError
from tests.formats.samples import cii_invoice, ubl_invoice


def archive_of(*members: tuple[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive:
        for name, data in members:
            archive.writestr(name, data)
    return buffer.getvalue()


def outcome(data: bytes) -> list[tuple[str, bytes | str]]:
    """Name and bytes, or the code of the refusal, of each member."""
    return [(member.name, member.error.code if member.error else member.data) for member in read_archive(data)]


def refused_whole(data: bytes) -> FormatError:
    with pytest.raises(FormatError) as caught:
        read_archive(data)
    return caught.value


def patched(
    data: bytes,
    name: bytes,
    local: Callable[[bytearray, int], None],
    central: Callable[[bytearray, int], None],
) -> bytes:
    """The archive with both headers of the member changed in place."""
    changed = bytearray(data)
    first = data.index(name) - 30
    last = data.rindex(name) - 46
    assert data[first : first + 4] == b"PK\x03\x04"
    assert data[last : last + 4] == b"PK\x01\x02"
    local(changed, first)
    central(changed, last)
    return bytes(changed)


def test_files_come_out_in_order_and_can_be_read() -> None:
    members = list(read_archive(archive_of(("a.xml", ubl_invoice(number="A")), ("b/c.xml", cii_invoice(number="B")))))
    assert [member.name for member in members] == ["a.xml", "c.xml"]
    assert [read_invoice(member.data).number for member in members] == ["A", "B"]
    assert [member.error for member in members] == [None, None]


def test_archive_may_be_an_open_file() -> None:
    with io.BytesIO(archive_of(("a.xml", b"1"))) as file:
        file.read(4)
        assert [member.data for member in read_archive(file)] == [b"1"]


def test_stored_members_are_read() -> None:
    assert outcome(archive_of(("a.xml", b"1"), method=zipfile.ZIP_STORED)) == [("a.xml", b"1")]


def test_folders_dot_files_and_system_folders_are_left_out() -> None:
    data = archive_of(
        ("f/", b""), ("__MACOSX/a.xml", b"1"), (".DS_Store", b"2"), ("f/._b.xml", b"3"), ("f/b.xml", b"4")
    )
    assert outcome(data) == [("b.xml", b"4")]


@pytest.mark.parametrize(
    ("path", "label"),
    [
        ("/etc/passwd", "passwd"),
        ("../../a.xml", "a.xml"),
        ("C:\\temp\\a.xml", "a.xml"),
        ("a\u202eb\x1b.xml", "ab.xml"),
        ("f/\x01", "?"),
        ("n" * 300 + ".xml", "n" * 196 + ".xml"),
        ("Räkning.xml", "Räkning.xml"),
    ],
)
def test_path_is_only_a_label(path: str, label: str) -> None:
    assert outcome(archive_of((path, b"1"))) == [(label, b"1")]


def test_flat_bomb_is_refused_and_its_neighbours_are_not() -> None:
    data = archive_of(("a.xml", b"1"), ("bomb.xml", b"0" * (15 * MEGABYTE)), ("b.xml", b"2"))
    assert outcome(data) == [("a.xml", b"1"), ("bomb.xml", "member_bomb"), ("b.xml", b"2")]


def test_bomb_is_refused_before_it_is_unpacked() -> None:
    data = archive_of(("bomb.xml", b"0" * (19 * MEGABYTE)))
    tracemalloc.start()
    assert outcome(data) == [("bomb.xml", "member_bomb")]
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 12 * MEGABYTE


def test_bomb_that_claims_to_be_packed_loosely_is_refused() -> None:
    def claim(offset: int) -> Callable[[bytearray, int], None]:
        return lambda data, start: struct.pack_into("<I", data, start + offset, MEGABYTE)

    noise = random.Random(1).randbytes(2 * MEGABYTE)
    data = archive_of(("bomb.xml", b"0" * (15 * MEGABYTE)), ("noise.bin", noise))
    assert outcome(patched(data, b"bomb.xml", claim(18), claim(20)))[0] == ("bomb.xml", "member_bomb")


def test_tightly_packed_small_file_is_no_bomb() -> None:
    assert outcome(archive_of(("a.xml", b" " * MEGABYTE))) == [("a.xml", b" " * MEGABYTE)]


def test_nested_archive_is_refused() -> None:
    inner = archive_of(("a.xml", b"1"))
    data = archive_of(("inner.zip", inner), ("renamed.xml", inner), ("b.xml", b"2"))
    assert outcome(data) == [
        ("inner.zip", "member_nested"),
        ("renamed.xml", "member_nested"),
        ("b.xml", b"2"),
    ]


def test_nested_bomb_is_refused_without_looking_inside() -> None:
    bomb = archive_of(("0.bin", b"0" * (15 * MEGABYTE)))
    for _ in range(3):
        bomb = archive_of(*((f"{place}.zip", bomb) for place in range(10)))
    assert {code for _, code in outcome(bomb)} == {"member_nested"}


def test_member_over_twenty_megabytes_is_refused() -> None:
    data = archive_of(("big.bin", b"0" * (20 * MEGABYTE + 1)), ("b.xml", b"2"), method=zipfile.ZIP_STORED)
    members = list(read_archive(data))
    assert [str(member.error) for member in members] == ["big.bin is larger than 20 MB.", "None"]
    assert (
        outcome(archive_of(("ok.bin", b"0" * (20 * MEGABYTE)), method=zipfile.ZIP_STORED))[0][1] != "member_too_large"
    )


def test_two_hundred_megabytes_in_all_are_refused_whole() -> None:
    chunk = b"0" * (20 * MEGABYTE)
    names = [f"{place}.xml" for place in range(10)]
    assert len(outcome(archive_of(*((name, chunk) for name in names)))) == 10
    error = refused_whole(archive_of(*((name, chunk) for name in names), ("one-more.xml", b"1")))
    assert (error.code, str(error)) == ("archive_too_large", "The ZIP archive holds more than 200 MB.")


def test_member_larger_than_it_claims_is_damaged() -> None:
    def claim(offset: int) -> Callable[[bytearray, int], None]:
        return lambda data, start: struct.pack_into("<I", data, start + offset, 10)

    data = patched(archive_of(("liar.xml", b"0" * 5_000), ("b.xml", b"2")), b"liar.xml", claim(22), claim(24))
    assert outcome(data) == [("liar.xml", "member_broken"), ("b.xml", b"2")]


def test_thousand_members_are_the_limit() -> None:
    members = [(f"{place}.xml", b"") for place in range(MAX_MEMBERS)]
    assert len(outcome(archive_of(*members))) == MAX_MEMBERS
    error = refused_whole(archive_of(*members, ("one-more.xml", b"")))
    assert (error.code, error.params["limit"]) == ("archive_too_many", MAX_MEMBERS)
    assert refused_whole(archive_of(*((f"{place}.xml", b"") for place in range(2_000)))).code == "archive_too_many"


def test_huge_table_of_contents_is_refused_unread() -> None:
    data = archive_of(*((f"{place:0200}.xml", b"") for place in range(5_000)))
    tracemalloc.start()
    assert refused_whole(data).code == "archive_too_many"
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < MEGABYTE


def test_encrypted_member_is_refused() -> None:
    def encrypt(offset: int) -> Callable[[bytearray, int], None]:
        return lambda data, start: struct.pack_into("<H", data, start + offset, 1)

    data = patched(archive_of(("secret.xml", b"1"), ("b.xml", b"2")), b"secret.xml", encrypt(6), encrypt(8))
    assert outcome(data) == [("secret.xml", "member_encrypted"), ("b.xml", b"2")]


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_compression_that_cannot_be_bounded_is_refused(method: int) -> None:
    assert outcome(archive_of(("a.xml", b"1" * 100), method=method)) == [("a.xml", "member_compression")]


def test_wrong_checksum_is_named_and_hides_no_other() -> None:
    data = bytearray(archive_of(("a.xml", b"first"), ("b.xml", b"second"), method=zipfile.ZIP_STORED))
    data[data.index(b"first")] ^= 1
    members = list(read_archive(bytes(data)))
    assert [str(member.error) for member in members] == ["a.xml is damaged.", "None"]
    assert members[1] == ArchiveMember(name="b.xml", data=b"second")


def test_damaged_deflate_stream_is_named() -> None:
    data = bytearray(archive_of(("a.xml", bytes(range(256)) * 20), ("b.xml", b"2")))
    start = data.index(b"a.xml") + 5
    data[start : start + 20] = b"\xff" * 20
    assert outcome(bytes(data)) == [("a.xml", "member_broken"), ("b.xml", b"2")]


def test_member_that_is_not_where_the_table_says_is_damaged() -> None:
    data = bytearray(archive_of(("a.xml", b"1"), ("b.xml", b"2")))
    data[:4] = b"XXXX"
    assert outcome(bytes(data)) == [("a.xml", "member_broken"), ("b.xml", b"2")]


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04", b"<xml/>", archive_of(("a.xml", b"1"))[:-10]])
def test_what_is_no_whole_archive_is_refused(data: bytes) -> None:
    assert refused_whole(data).code == "archive_broken"


@pytest.mark.parametrize("data", [archive_of(), archive_of((".hidden", b"1"), ("f/", b""))])
def test_archive_without_files_is_refused(data: bytes) -> None:
    assert refused_whole(data).code == "archive_empty"


def test_zip_is_told_by_its_first_bytes() -> None:
    assert is_zip(archive_of(("a.xml", b"1"))[:4])
    assert is_zip(archive_of())
    assert not is_zip(b"PK")
    assert not is_zip(ubl_invoice())


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_damaged_archives_are_read_or_refused(data: st.DataObject) -> None:
    content = bytearray(archive_of(("a.xml", ubl_invoice()), ("b/c.xml", b"2" * 50)))
    for _ in range(data.draw(st.integers(1, 6))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    kept = bytes(content[: data.draw(st.integers(len(content) - 40, len(content)))])
    try:
        members = list(read_archive(kept))
    except FormatError as error:
        assert str(error)
    else:
        assert all(member.name for member in members)
