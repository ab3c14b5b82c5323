"""What changed between two versions of a profile, as a reviewer reads it."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum

TOKEN = re.compile(r"\S+\s*")

Value = str | Sequence[str]


class Mark(StrEnum):
    SAME = "same"
    ADDED = "added"
    REMOVED = "removed"


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of words, or an entry of a list, and what became of it."""

    mark: Mark
    text: str


@dataclass(frozen=True, slots=True)
class Difference:
    """One field of the profile. `pieces` hold its text run by run, or its list entry by entry."""

    field: str
    is_list: bool
    is_changed: bool
    pieces: tuple[Piece, ...]


def text_difference(before: str, after: str) -> tuple[Piece, ...]:
    """Both texts in one, word by word: leaving out the added pieces gives `before`, the removed ones `after`.

    Spaces inside what stayed the same are those of `after`; a new line that came or went marks its word.
    """
    old, new = _words(before), _words(after)
    matcher = SequenceMatcher(None, [_key(word) for word in old], [_key(word) for word in new], autojunk=False)
    pieces: list[Piece] = []
    for what, old_from, old_to, new_from, new_to in matcher.get_opcodes():
        if what == "equal":
            pieces.append(Piece(Mark.SAME, "".join(new[new_from:new_to])))
            continue
        if old_to > old_from:
            pieces.append(Piece(Mark.REMOVED, "".join(old[old_from:old_to])))
        if new_to > new_from:
            pieces.append(Piece(Mark.ADDED, "".join(new[new_from:new_to])))
    return tuple(pieces)


def _words(text: str) -> list[str]:
    """Each word with the space that follows it, also the last one, so that pieces never run together."""
    return TOKEN.findall(f"{text.strip()} ") if text.strip() else []


def _key(token: str) -> tuple[str, bool]:
    return token.rstrip(), "\n" in token


def list_difference(before: Iterable[str], after: Iterable[str]) -> tuple[Piece, ...]:
    """The entries of `after` in its order, each kept or added, then those that are gone. Order is no change."""
    old, new = list(dict.fromkeys(before)), list(dict.fromkeys(after))
    kept = [Piece(Mark.SAME if entry in old else Mark.ADDED, entry) for entry in new]
    return (*kept, *(Piece(Mark.REMOVED, entry) for entry in old if entry not in new))


def differences(before: Mapping[str, Value], after: Mapping[str, Value]) -> list[Difference]:
    """Every field of `after`, in its order, against `before`; a field that `before` lacks was empty there.

    Values are texts or lists of texts, as they are shown to the reader.
    """
    return [_difference(field, before.get(field), value) for field, value in after.items()]


def _difference(field: str, before: Value | None, after: Value) -> Difference:
    if isinstance(after, str):
        pieces = text_difference(before if isinstance(before, str) else "", after)
    else:
        pieces = list_difference(() if before is None or isinstance(before, str) else before, after)
    is_changed = any(piece.mark is not Mark.SAME for piece in pieces)
    return Difference(field, is_list=not isinstance(after, str), is_changed=is_changed, pieces=pieces)
