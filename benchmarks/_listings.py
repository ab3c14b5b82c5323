"""A marketplace of as many firms as wanted, all different, written in bulk."""

import random

from django.db import connection, transaction
from django.utils import timezone

from advisory_portal.core.files import store_file
from advisory_portal.core.models import StoredFile
from partners.actions.listings import fill
from partners.models import Listing, ListingWord, Organisation, Plan, Profile, ProfileVersion
from partners.rules.profiles import complete
from partners.words import INDUSTRIES, LANGUAGES, PROVINCES, SERVICES, SPECIALITIES

BATCH = 2_000
FIRST = "Asesoría Gestoría Despacho Consulting Gabinete Bufete Asesores Assessoria Advisers Grupo".split()
NAMES = (
    "Pérez García López Martínez Sánchez Gómez Fernández Ruiz Navarro Torres Vázquez Ramos Serrano Molina Ortega Rubio "
    "Puig Ferrer Soler Vidal Serra Roca Casals Etxeberria Agirre Zabala Castro Rey Novoa Lago Smith Baker Müller Rossi"
).split()
TOWNS = "Norte Sur Puerto Valle Sierra Vega Monte Llano Costa Ribera".split()
WORDS = (
    "cercanía confianza equipo clientes años experiencia plazos impuestos declaraciones cuentas contratos nóminas "
    "empresas autónomos crecimiento claridad informes mensuales reuniones soluciones trámites digital facturación "
    "asesoramiento planificación familia herencias inspección recursos ayudas subvenciones exportación comercio "
    "restauración obra tecnología gestión tesorería presupuestos control ahorro futuro servicio compromiso rigor"
).split()


def make_listings(number: int) -> None:
    """So many published firms, unless there are that many already."""
    if Listing.objects.filter(slug__startswith="listed-").count() >= number:
        return
    plan, now = Plan.objects.get(), timezone.now()
    chance = random.Random(20_000)
    with transaction.atomic():
        logo: StoredFile | None = None
        for first in range(0, number, BATCH):
            firms = [firm(chance, place, plan) for place in range(first, min(first + BATCH, number))]
            Organisation.objects.bulk_create(firms)
            if logo is None:
                logo = store_file(organisation_id=firms[0].pk, name="logo", content=b"", content_type="image/webp")
            profiles = Profile.objects.bulk_create([Profile(organisation=one) for one in firms])
            versions = [
                ProfileVersion(
                    profile=one,
                    organisation=one.organisation,
                    number=1,
                    state=ProfileVersion.State.PUBLISHED,
                    content=content(chance, one.organisation.name, one.organisation.profession),
                    logo=logo,
                    logo_small=logo,
                    decided_at=now,
                )
                for one in profiles
            ]
            ProfileVersion.objects.bulk_create(versions)
            add_rows(versions)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")


def firm(chance: random.Random, place: int, plan: Plan) -> Organisation:
    name = f"{chance.choice(FIRST)} {chance.choice(NAMES)} {chance.choice(NAMES)} {place}"
    profession = chance.choice(["gestoria", "asesoria", "asesoria", "external_cfo"])
    return Organisation(
        kind="firm",
        slug=f"listed-{place}",
        name=name,
        tax_id="B64717838",
        country="ES",
        plan=plan,
        profession=profession,
    )


def content(chance: random.Random, name: str, profession: str) -> dict[str, object]:
    """A believable profile; half of what may be left out is there."""
    region = chance.choice(PROVINCES)
    languages = {"es", *chance.choices(LANGUAGES, weights=[1 / (place + 1) for place in range(len(LANGUAGES))], k=2)}
    return complete(
        {
            "display_name": name,
            "tagline": " ".join(chance.sample(WORDS, 6)).capitalize(),
            "description": ". ".join(" ".join(chance.sample(WORDS, 9)).capitalize() for _ in range(8)),
            "profession": profession,
            "services": chance.sample(list(SERVICES), chance.randint(2, 8)),
            "specialities": chance.sample(list(SPECIALITIES), chance.randint(0, 4)),
            "industries": chance.sample(list(INDUSTRIES), chance.randint(0, 4)),
            "languages": sorted(languages),
            "city": region if chance.random() < 0.5 else f"{chance.choice(TOWNS)} de {region}",
            "postcode": f"{chance.randint(1000, 52999):05}",
            "region": region,
            "country": "ES",
            "works_remotely": chance.random() < 0.5,
            "email": "office@example.com",
            "accepting_clients": chance.random() < 0.7,
            "price_from": "60" if chance.random() < 0.5 else "",
            "hidden_from_directory": chance.random() < 0.05,
        }
    )


def add_rows(versions: list[ProfileVersion]) -> None:
    words: set[str] = set()
    rows = []
    for version in versions:
        row = Listing(organisation_id=version.organisation_id, published_at=version.decided_at)
        words.update(fill(row, version))
        rows.append(row)
    Listing.objects.bulk_create(rows)
    ListingWord.objects.bulk_create([ListingWord(word=word) for word in sorted(words)], ignore_conflicts=True)
