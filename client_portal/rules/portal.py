"""Pure rules of links, log-ins, signatures, comments, statements and archives."""

import hashlib
import re
from collections.abc import Collection
from datetime import date, timedelta

FRESH_LINK_PAUSE = timedelta(minutes=10)  # between two links that somebody asks for without being logged in
VIEWING_PAUSE = timedelta(minutes=30)  # looks of a contact within it are one
MOST_REMEMBERED_LINKS = 20  # in the cookie of one browser
SESSION_LIFE = timedelta(days=30)  # of who logged in with a password
PASSWORD_LINK_LIFE = timedelta(hours=24)
PASSWORD_LINK_PAUSE = timedelta(minutes=2)  # between two mails that set a password
VIEW_LIFE = timedelta(hours=4)  # of staff who look at the portal as a contact
CODE_LIFE = timedelta(minutes=10)
CODE_PAUSE = timedelta(minutes=1)  # between two codes that somebody asks for
INVITE = "client_portal.invite"  # the kind of job that invites contacts
MOST_INVITED = 2_000  # contacts in one job


def link_life(hours: int) -> timedelta:
    """How long a mailed link opens its document, by the business's setting."""
    return timedelta(hours=hours)


# --- Signatures ----------------------------------------------------------------------------------------------

SIGNATURE_WIDTH, SIGNATURE_HEIGHT = 600, 200
LONGEST_SIGNATURE = 20_000  # characters of path data
LEAST_SIGNATURE = 30  # units that a signature reaches in one direction, so that a dot is none
_STROKES = re.compile(r"(?:M\d{1,3} \d{1,3}(?:L\d{1,3} \d{1,3})+)+")
_POINT = re.compile(r"(\d+) (\d+)")


def is_signature(path: str) -> bool:
    """Whether the text is a drawn signature: SVG path data of strokes, "M12 40L13 42…", in a box of 600 × 200."""
    if len(path) > LONGEST_SIGNATURE or _STROKES.fullmatch(path) is None:
        return False
    points: list[tuple[str, str]] = _POINT.findall(path)
    across, down = [int(x) for x, _y in points], [int(y) for _x, y in points]
    if max(across) > SIGNATURE_WIDTH or max(down) > SIGNATURE_HEIGHT:
        return False
    return max(max(across) - min(across), max(down) - min(down)) >= LEAST_SIGNATURE


def signature_picture(path: str) -> str:
    """The signature as an SVG picture for paper; "" for none. `path` is one that `is_signature` knows."""
    if not path:
        return ""
    box = f"0 0 {SIGNATURE_WIDTH} {SIGNATURE_HEIGHT}"
    pen = 'fill="none" stroke="#1b1e23" stroke-width="4" stroke-linecap="round" stroke-linejoin="round"'
    return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{box}"><path d="{path}" {pen}/></svg>'


def terms_hash(terms: str) -> str:
    """What names the terms that somebody read: SHA-256 of their text, "" where there are none."""
    return hashlib.sha256(terms.encode()).hexdigest() if terms else ""


# --- Comments ------------------------------------------------------------------------------------------------

COMMENT_PAUSE = timedelta(minutes=3)  # from the first of a burst of comments to the one mail about them


BROWSERS = (("Edg", "Edge"), ("OPR", "Opera"), ("Firefox", "Firefox"), ("Chrome", "Chrome"), ("Safari", "Safari"))
SYSTEMS = (
    *(("iPhone", "iPhone"), ("iPad", "iPad"), ("Android", "Android"), ("Windows", "Windows")),
    *(("Mac OS", "macOS"), ("Linux", "Linux")),
)


def browser_name(user_agent: str) -> str:
    """What people call a browser: "Firefox · Windows"; as much of it as its text says, "" for nothing.

    The first name that is found counts, because browsers also name those that they resemble.
    """
    found = (next((name for sign, name in signs if sign in user_agent), "") for signs in (BROWSERS, SYSTEMS))
    return " · ".join(filter(None, found))


# --- Statement of account ------------------------------------------------------------------------------------

AGES = (0, 30, 60, 90)  # days late up to which an amount belongs to an age; what is older is of the last


def age_of(due_on: date | None, today: date) -> int:
    """The age of what is open: 0 is not due yet, 1 to 4 are up to 30, 60, 90 and more days late."""
    late = 0 if due_on is None else (today - due_on).days
    return sum(late > limit for limit in AGES)


# --- Archives ------------------------------------------------------------------------------------------------

MOST_PACKED = 25  # PDFs in an archive that is made while one waits: what a page shows


def unused_name(name: str, taken: Collection[str]) -> str:
    """A file's name that no other has, whatever its case: "Invoice F-1.pdf", "Invoice F-1 (2).pdf"."""
    stem, dot, ending = name.rpartition(".")
    known, chosen, number = {one.casefold() for one in taken}, name, 1
    while chosen.casefold() in known:
        number += 1
        chosen = f"{stem} ({number}){dot}{ending}"
    return chosen
