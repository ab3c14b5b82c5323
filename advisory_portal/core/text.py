"""Text as the database sorts and searches it: it has no collation of languages (see docs/architecture.md)."""

import re
import unicodedata

_CONTROL = {code: None for code in range(32) if code not in (9, 10, 13)} | {127: None}


def plain(text: str) -> str:
    """Lower case without accents: "Électricité Ñandú" becomes "electricite nandu"."""
    decomposed = unicodedata.normalize("NFKD", text)
    return "".join(character for character in decomposed.casefold() if not unicodedata.combining(character))


def sort_key(name: str, *, limit: int = 200) -> str:
    """What a name sorts by."""
    return " ".join(plain(name).split())[:limit]


def clean_line(text: str) -> str:
    """One line of what a person or a file gave: no control characters, single spaces."""
    return " ".join(text.translate(_CONTROL).split())


def search_words(words: str) -> str:
    """What a person typed into a search, as it is looked for in a `plain` column."""
    return " ".join(plain(words).split())


def beginnings(words: str) -> str:
    """A query of PostgreSQL's full text for rows with the words a person typed, and one that begins as the last.

    The others stand as they were typed: beginnings that nearly all rows have, such as "inv", are dear to look for.
    Empty where nothing was typed that a word is made of.
    """
    found = re.findall(r"[^\W_]+", plain(words))
    return " & ".join([*found[:-1], f"{found[-1]}:*"]) if found else ""
