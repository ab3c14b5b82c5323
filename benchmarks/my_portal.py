"""My portal of a firm with 1,000 clients and 7 KPIs: with 2,000,000 documents and bank lines, 1 % pending, and with a
tenth of that stored and as many pending.
"""

import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "advisory_portal.settings")
django.setup()

from benchmarks._firm import Size, make_firm
from benchmarks._harness import Figures, measure, served, table
from benchmarks.pages import session_of
from partners.models import User

CLIENTS = 1_000
SIZES = {
    "200,000": Size(documents=120, lines=80, waiting_documents=12, waiting_lines=8),
    "2,000,000": Size(documents=1_200, lines=800, waiting_documents=12, waiting_lines=8),
}
PAGES = {
    "50 clients": "",
    "50 clients, by invoices": "?sort=-invoices",
    "50 clients, work next": "?sort=next",
    "1,000 clients": "?size=all",
}


def main() -> None:
    rows: list[tuple[str, Figures]] = []
    with served("benchmarks._hello:application") as hello, served("advisory_portal.wsgi") as portal:
        for name, size in SIZES.items():
            firm = make_firm(f"bench-firm-{size.documents}", CLIENTS, size)
            cookie = session_of(User.objects.get(email=f"owner@{firm.slug}.example"))
            for page, query in PAGES.items():
                figures = measure(hello, portal, f"/o/{firm.slug}/my-portal/{query}", {"Cookie": cookie})
                rows.append((f"{page} ({name} stored)", figures))
                print(table(rows[-1:]).splitlines()[-1], flush=True)
    print("\n" + table(rows))


if __name__ == "__main__":
    main()
