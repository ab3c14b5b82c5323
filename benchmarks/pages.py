"""List and document pages with 10,000 and with 1,000,000 documents in the business, for staff and for a contact."""

import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "advisory_portal.settings")
django.setup()

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.core import signing

from benchmarks._harness import Figures, measure, served, table
from benchmarks._world import make_business, opened_link
from client_portal.sources import COOKIE, SALT
from documents.models import Document
from partners.models import Organisation, User

SIZES = (10_000, 1_000_000)


def session_of(user: User) -> str:
    """The cookie of a browser in which the person is logged in."""
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.create()
    return f"{settings.SESSION_COOKIE_NAME}={session.session_key}"


def pages_of(business: Organisation) -> list[tuple[str, str, str]]:
    """(name, path, cookie) of each page measured."""
    owner = User.objects.get(email=f"owner@{business.slug}.example")
    cookie = session_of(owner)
    listed = f"/o/{business.slug}/documents/invoices/"
    last = Document.objects.filter(organisation=business).order_by("issued_on", "id").first()
    document, link = opened_link(business)
    portal_cookie = f"{COOKIE}={signing.dumps([link], salt=SALT)}"
    assert last is not None
    return [
        ("overview", f"/o/{business.slug}/overview/", cookie),
        ("staff list, 50 rows", listed, cookie),
        ("staff list, sorted by amount", f"{listed}?sort=-payable", cookie),
        ("staff list, search by number", f"{listed}?q=b-0000777", cookie),
        ("staff list, search by name", f"{listed}?q=customer+00042", cookie),
        ("staff list, overdue", f"{listed}?state=overdue", cookie),
        ("staff list, to review", f"{listed}?review=open", cookie),
        ("staff document, 10 lines", f"/o/{business.slug}/documents/{document.pk}/", cookie),
        ("contacts, 50 rows", f"/o/{business.slug}/contacts/", cookie),
        ("portal document, 10 lines", f"/portal/{business.slug}/d/{document.pk}/", portal_cookie),
        ("portal PDF, 10 lines", f"/portal/{business.slug}/d/{document.pk}/pdf/", portal_cookie),
    ]


def main() -> None:
    rows: list[tuple[str, Figures]] = []
    with served("benchmarks._hello:application") as hello, served("advisory_portal.wsgi") as portal:
        for size in SIZES:
            for name, path, cookie in pages_of(make_business(f"bench-{size}", size)):
                figures = measure(hello, portal, path, {"Cookie": cookie})
                rows.append((f"{name} ({size:,} stored)", figures))
                print(table(rows[-1:]).splitlines()[-1], flush=True)
        memory = max(child.memory_full_info().pss for child in portal.process.children())
    print("\n" + table(rows) + f"\n\nLargest web worker: {memory / 2**20:.0f} MB (PSS).")


if __name__ == "__main__":
    main()
