"""Files that come by mail."""

from datetime import datetime

from django.db import transaction
from django.urls import reverse
from django.utils.functional import lazy

from advisory_portal.core.access import Section, system_actor
from advisory_portal.core.history import record
from advisory_portal.core.mail import notify
from advisory_portal.core.models import HistoryEntry
from advisory_portal.core.text import clean_line
from advisory_portal.formats.mail import Mail
from bookkeeping.actions.inbox import receive_files, refusal_of
from bookkeeping.models import InboxAddress, InboxFile
from bookkeeping.models.base import team_of

MOST_REASONS = 20
_why = lazy(refusal_of, str)  # said in the language of each who is told


@transaction.atomic
def take_mail(*, mail: Mail, key: str, domain: str, now: datetime) -> bool:
    """Put the files of a mail into the inbox of each business it was sent to; False where nobody has the address.

    `key` names the mail: what came in with it before does not come again. Where nothing of it can be taken, whoever
    manages the inbox is told, once; its sender gets no answer, because anybody can write anybody's address there.
    """
    names = [address.rpartition("@")[0] for address in mail.recipients if address.endswith(f"@{domain.lower()}")]
    addresses = list(InboxAddress.objects.filter(local_part__in=names).select_related("organisation"))
    for address in addresses:
        received = receive_files(
            actor=system_actor(address.organisation.workspace),
            uploads=mail.files,
            now=now,
            source=InboxFile.Source.MAIL,
            sender=mail.sender,
            mail_key=key,
        )
        if len(received.refused) == len(mail.files):
            _tell_of_nothing(address, mail, key)
    return bool(addresses)


def _tell_of_nothing(address: InboxAddress, mail: Mail, key: str) -> None:
    actor = system_actor(address.organisation.workspace)
    told = HistoryEntry.objects.about("bookkeeping.inboxaddress", address.pk).filter(after__mail=key)
    if told.exists():
        return
    after = {"mail": key, "sender": mail.sender[:254], "files": len(mail.files)}
    record(actor, "bookkeeping.inboxaddress.nothing_taken", about=address, after=after)
    notify(
        "bookkeeping/mail_without_files",
        to=[member.user.recipient for member in team_of(actor, Section.INBOX)],
        url=reverse("bookkeeping:inbox", args=[actor.place.slug]),
        organisation_id=actor.place.id,
        context={
            "business": actor.place,
            "sender": mail.sender,
            "refused": [(clean_line(name)[-200:], _why(name, content)) for name, content in mail.files[:MOST_REASONS]],
        },
    )
