"""Lists of contacts for tests of imports."""

from django.utils import timezone

from advisory_portal.formats.tables import write_csv
from documents import actions
from documents.tasks import import_contacts

HEAD = ["Nombre", "NIF", "Correo electrónico", "Población", "País"]
ROWS = [
    ["Ñandú SL", "B65410011", "hola@nandu.example", "Cádiz", "España"],
    ["Étoile SARL", "FR40303265045", "", "Paris", "FR"],
    ["", "", "x@y.example", "", ""],
    ["Bad", "B65410012", "no address", "", "Atlantis"],
]


def table(*rows, head=HEAD):
    """A CSV with these rows."""
    return b"".join(write_csv([head, *rows]))


def sweep_all():
    """Work off everything that is due."""
    while import_contacts():
        pass


def imported(actor, content, *, known="skip", country="ES", kind="customer"):
    """The job of a list that was imported with its columns as they are guessed."""
    job = actions.take_contact_list(actor=actor, name="list.csv", content=content)
    actions.choose_contact_columns(
        actor=actor, job=job, columns=job.parameters["columns"], kind=kind, country=country, known=known
    )
    actions.start_contact_import(actor=actor, job=job, now=timezone.now())
    sweep_all()
    job.refresh_from_db()
    return job
