"""Files that come by mail."""

from datetime import datetime

from django.db import transaction

from advisory_portal.core.access import system_actor
from advisory_portal.formats.mail import Mail
from bookkeeping.actions.inbox import receive_files
from bookkeeping.models import InboxAddress, InboxFile


@transaction.atomic
def take_mail(*, mail: Mail, key: str, domain: str, now: datetime) -> bool:
    """Put the files of a mail into the inbox of each business it was sent to; False where nobody has the address.

    `key` names the mail: what came in with it before does not come again. Files of other kinds are passed over.
    """
    names = [address.rpartition("@")[0] for address in mail.recipients if address.endswith(f"@{domain.lower()}")]
    addresses = list(InboxAddress.objects.filter(local_part__in=names).select_related("organisation"))
    for address in addresses:
        receive_files(
            actor=system_actor(address.organisation.workspace),
            uploads=mail.files,
            now=now,
            source=InboxFile.Source.MAIL,
            sender=mail.sender,
            mail_key=key,
        )
    return bool(addresses)
