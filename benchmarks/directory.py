"""Directory and marketplace with 20,000 published firms: start page, facets, words, and the firm's own page."""

import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "advisory_portal.settings")
django.setup()

from benchmarks._harness import Figures, measure, served, table
from benchmarks._listings import make_listings
from benchmarks._world import make_business
from benchmarks.pages import session_of
from partners.models import User

FIRMS = 20_000
DIRECTORY = [
    ("directory, no choice", "/directory/"),
    ("directory, two facets", "/directory/?service=payroll&language=en"),
    ("directory, service and province", "/directory/?service=payroll&region=madrid"),
    ("directory, a word and two facets", "/directory/?q=herencias&service=payroll&language=en"),
    ("directory, two words and two facets", "/directory/?q=herencias+puig&service=payroll&accepting=1"),
    ("directory, a name", "/directory/?q=etxeberria+zabala"),
    ("directory, a mistyped name", "/directory/?q=etxebarria+zabala"),
    ("directory, a word that nearly all have", "/directory/?q=asesoria"),
    ("directory, page 100", "/directory/?page=100"),
    ("a firm's page", "/directory/listed-1/"),
]


def main() -> None:
    make_listings(FIRMS)
    business = make_business("bench-1000", 1_000)
    cookie = session_of(User.objects.get(email=f"owner@{business.slug}.example"))
    inside = f"/o/{business.slug}/marketplace/"
    pages = [(name, path, {}) for name, path in DIRECTORY]
    pages += [
        (
            "marketplace, a word and two facets",
            f"{inside}{DIRECTORY[3][1].removeprefix('/directory/')}",
            {"Cookie": cookie},
        )
    ]
    rows: list[tuple[str, Figures]] = []
    with served("benchmarks._hello:application") as hello, served("advisory_portal.wsgi") as portal:
        for name, path, headers in pages:
            rows.append((name, measure(hello, portal, path, headers)))
            print(table(rows[-1:]).splitlines()[-1], flush=True)
        memory = max(child.memory_full_info().pss for child in portal.process.children())
    print(f"\n{table(rows)}\n\nWith {FIRMS:,} firms. Largest web worker: {memory / 2**20:.0f} MB (PSS).")


if __name__ == "__main__":
    main()
