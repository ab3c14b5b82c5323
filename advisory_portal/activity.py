"""The words of the activity log and of notifications, for all apps. Composition only.

`record()` writes what was done as "<app>.<thing>.<past participle>"; here is its sentence, which follows the name of
whoever did it. %(subject)s is what it was done to, under the name it had then.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from advisory_portal.core.formatting import format_moment
from advisory_portal.core.models import HistoryEntry

WORDS: dict[str, Promise] = {
    "partners.organisation.registered": _("registered %(subject)s"),
    "partners.organisation.changed": _("changed the data of %(subject)s"),
    "partners.invitation.sent": _("invited %(subject)s"),
    "partners.invitation.resent": _("sent %(subject)s a new invitation"),
    "partners.invitation.revoked": _("revoked the invitation of %(subject)s"),
    "partners.invitation.accepted": _("accepted the invitation to %(subject)s"),
    "partners.member.role_changed": _("gave %(subject)s another role"),
    "partners.member.removed": _("removed %(subject)s"),
    "partners.member.left": _("left the organisation"),
    "partners.role.created": _("created the role “%(subject)s”"),
    "partners.role.changed": _("changed the role “%(subject)s”"),
    "partners.role.retired": _("withdrew the role “%(subject)s”"),
    "partners.person.changed": _("changed their own data"),
    "partners.programmeapplication.submitted": _("asked for %(subject)s to join the programme"),
    "partners.programmeapplication.accepted": _("accepted %(subject)s into the programme"),
    "partners.programmeapplication.rejected": _("did not accept %(subject)s into the programme"),
    "partners.programmeapplication.suspended": _("suspended %(subject)s from the programme"),
    "partners.programmeapplication.reasoned": _("gave a reason to %(subject)s"),
    "partners.subscription.set": _("set the subscription of %(subject)s"),
    "partners.profileversion.draft": _("withdrew the profile “%(subject)s”"),
    "partners.profileversion.in_review": _("submitted the profile “%(subject)s”"),
    "partners.profileversion.published": _("published the profile “%(subject)s”"),
    "partners.profileversion.changes_requested": _("asked for changes in the profile “%(subject)s”"),
    "partners.profileversion.superseded": _("replaced the profile “%(subject)s”"),
    "partners.profileversion.reasoned": _("wrote what to change in the profile “%(subject)s”"),
    "documents.contact.created": _("added the contact %(subject)s"),
    "documents.contact.changed": _("changed the contact %(subject)s"),
    "documents.contact.reviewed": _("reviewed the contact %(subject)s"),
    "documents.contact.deleted": _("deleted the contact %(subject)s"),
    "documents.contact.merged": _("merged a contact into %(subject)s"),
    "documents.contact_export.made": _("exported contacts"),
    "documents.contact_import.started": _("started an import of contacts"),
    "documents.contact_import.finished": _("finished an import of contacts"),
    "documents.contact.widened": _("made %(subject)s customer and supplier"),
    "documents.document.drafted": _("drafted %(subject)s"),
    "documents.document.issued": _("issued %(subject)s"),
    "documents.document.partially_paid": _("received part of %(subject)s"),
    "documents.document.paid": _("received all of %(subject)s"),
    "documents.document.accepted": _("accepted %(subject)s"),
    "documents.document.declined": _("declined %(subject)s"),
    "documents.document.void": _("declared %(subject)s void"),
    "documents.document.superseded": _("replaced %(subject)s by a newer version"),
    "documents.document.deleted": _("deleted the draft %(subject)s"),
    "documents.document.converted": _("made another document of %(subject)s"),
    "documents.document.reviewed": _("reviewed %(subject)s"),
    "documents.document.unreviewed": _("took back the review of %(subject)s"),
    "documents.attachment.added": _("attached a file to %(subject)s"),
    "documents.attachment.shared": _("let the contact see a file of %(subject)s"),
    "documents.attachment.unshared": _("hid a file of %(subject)s from the contact"),
    "documents.attachment.removed": _("removed a file from %(subject)s"),
    "documents.attachment.downloaded": _("downloaded a file of %(subject)s"),
    "documents.note.written": _("wrote an internal note on %(subject)s"),
    "documents.note.removed": _("removed an internal note from %(subject)s"),
    "documents.documentsettings.changed": _("changed the settings of documents"),
    "documents.fiscalrecord.waiting": _("sends the fiscal record of %(subject)s"),
    "documents.fiscalrecord.accepted": _("reported %(subject)s to the tax agency"),
    "documents.fiscalrecord.rejected": _("was refused the fiscal record of %(subject)s by the tax agency"),
    "documents.series.added": _("added the series %(subject)s"),
    "documents.series.changed": _("changed the series %(subject)s"),
    "documents.series.used": _("let new documents use the series %(subject)s"),
    "documents.series.retired": _("withdrew the series %(subject)s"),
    "documents.taxrate.added": _("added the tax “%(subject)s”"),
    "documents.taxrate.retired": _("withdrew the tax “%(subject)s”"),
    "documents.import.started": _("started an import"),
    "documents.pdf.downloaded": _("downloaded the PDF of %(subject)s"),
    "documents.einvoice.downloaded": _("downloaded %(subject)s as an electronic invoice"),
    "documents.original.downloaded": _("downloaded the original of %(subject)s"),
    "documents.document.excepted": _("took %(subject)s out of the reminders"),
    "documents.document.included": _("took %(subject)s into the reminders again"),
    "documents.recurrence.started": _("made an invoice of %(subject)s come back by itself"),
    "documents.recurrence.changed": _("changed when the invoice of %(subject)s comes back"),
    "documents.recurrence.paused": _("paused the recurring invoice of %(subject)s"),
    "documents.recurrence.active": _("resumed the recurring invoice of %(subject)s"),
    "documents.recurrence.ended": _("ended the recurring invoice of %(subject)s"),
    "documents.bulk.started": _("started work on many documents"),
    "documents.result.downloaded": _("downloaded what a job made"),
    "bookkeeping.inboxfile.received": _("put %(subject)s into the inbox"),
    "bookkeeping.inboxfile.new": _("let %(subject)s be read again"),
    "bookkeeping.inboxfile.duplicate": _("knew %(subject)s as a file that is there already"),
    "bookkeeping.inboxfile.to_verify": _("let %(subject)s wait in the inbox"),
    "bookkeeping.inboxfile.error": _("could not read %(subject)s"),
    "bookkeeping.inboxfile.done": _("was done with %(subject)s in the inbox"),
    "bookkeeping.inboxfile.deleted": _("deleted %(subject)s from the inbox"),
    "bookkeeping.inboxaddress.renewed": _("gave the inbox a new address for mail"),
    "bookkeeping.account.added": _("added the account %(subject)s"),
    "bookkeeping.account.renamed": _("renamed the account %(subject)s"),
    "bookkeeping.account.retired": _("withdrew the account %(subject)s"),
    "bookkeeping.account.restored": _("offered the account %(subject)s again"),
    "bookkeeping.rule.changed": _("changed where entries go that make themselves"),
    "bookkeeping.rule.forgotten": _("forgot the posting rule of %(subject)s"),
    "bookkeeping.entry.written": _("wrote the entry %(subject)s"),
    "bookkeeping.entry.reversed": _("took back the entry %(subject)s"),
    "bookkeeping.entry.checked": _("checked the entry %(subject)s"),
    "bookkeeping.entry.unchecked": _("took back the check of the entry %(subject)s"),
    "bookkeeping.posting.started": _("began to enter reviewed documents and payments"),
    "bookkeeping.bankaccount.added": _("added the bank account %(subject)s"),
    "bookkeeping.bankaccount.changed": _("changed the bank account %(subject)s"),
    "bookkeeping.bankaccount.retired": _("retired the bank account %(subject)s"),
    "bookkeeping.bankaccount.restored": _("used the bank account %(subject)s again"),
    "bookkeeping.statements.taken": _("imported bank statements"),
    "bookkeeping.reconciling.started": _("began to reconcile many bank lines"),
    "bookkeeping.bankline.matched": _("said what the bank line “%(subject)s” was"),
    "bookkeeping.bankline.undone": _("took back what the bank line “%(subject)s” was"),
    "bookkeeping.bankline.pending": _("opened the bank line “%(subject)s” again"),
    "bookkeeping.bankline.partial": _("reconciled a part of the bank line “%(subject)s”"),
    "bookkeeping.bankline.reconciled": _("reconciled the bank line “%(subject)s”"),
    "bookkeeping.bankrule.kept": _("kept the bank rule “%(subject)s”"),
    "bookkeeping.bankrule.forgotten": _("deleted the bank rule “%(subject)s”"),
    "bookkeeping.filingcalendar.changed": _("chose which tax returns are filed"),
    "bookkeeping.filingcalendar.feed_changed": _("changed the secret of the tax calendar"),
    "bookkeeping.taxfiling.open": _("opened the return %(subject)s again"),
    "bookkeeping.taxfiling.prepared": _("prepared the return %(subject)s"),
    "bookkeeping.taxfiling.filed": _("filed the return %(subject)s"),
    "bookkeeping.taxfiling.not_needed": _("marked the return %(subject)s as not needed"),
    "bookkeeping.taxfiling.assigned": _("assigned the return %(subject)s"),
    "bookkeeping.taxfiling.noted": _("wrote a note on the return %(subject)s"),
    "bookkeeping.taxfiling.forgotten": _("took back the filing of %(subject)s"),
    "client_portal.reminder.sent": _("reminded of %(subject)s"),
    "client_portal.link.sent": _("sent the link to %(subject)s"),
    "client_portal.link.revoked": _("revoked a link to %(subject)s"),
    "client_portal.document.viewed": _("read %(subject)s in the portal"),
    "collaborations.conversation.opened": _("began the conversation %(subject)s"),
    "collaborations.conversation.blocked": _("blocked the conversation %(subject)s"),
    "collaborations.conversation.unblocked": _("unblocked the conversation %(subject)s"),
    "collaborations.messageattachment.downloaded": _("downloaded the file %(subject)s of a conversation"),
    "collaborations.collaboration.requested": _("asked for the collaboration %(subject)s"),
    "collaborations.collaboration.withdrawn": _("withdrew the request for the collaboration %(subject)s"),
    "collaborations.collaboration.active": _("accepted the collaboration %(subject)s"),
    "collaborations.collaboration.declined": _("declined the collaboration %(subject)s"),
    "collaborations.collaboration.ended": _("ended the collaboration %(subject)s"),
    "collaborations.collaboration.access_requested": _("asked for access in the collaboration %(subject)s"),
    "collaborations.grant.given": _("granted access in the collaboration %(subject)s"),
    "collaborations.grant.changed": _("changed the access in the collaboration %(subject)s"),
    "collaborations.grant.removed": _("took the access away in the collaboration %(subject)s"),
    "collaborations.grant.entered": _("entered the account, in the collaboration %(subject)s"),
    "collaborations.client.added": _("added the client %(subject)s"),
    "collaborations.client.changed": _("changed the client %(subject)s"),
    "collaborations.client.retired": _("removed the client %(subject)s"),
    "collaborations.client.restored": _("restored the client %(subject)s"),
    "collaborations.client.tagged": _("changed the tags of %(subject)s"),
    "collaborations.client_import.started": _("started an import of clients"),
    "collaborations.client_import.finished": _("finished an import of clients"),
    "collaborations.manager.assigned": _("made somebody account manager of %(subject)s"),
    "collaborations.manager.removed": _("removed an account manager of %(subject)s"),
    "collaborations.note.written": _("wrote a note on %(subject)s"),
    "collaborations.handover.started": _("began a hand-over export"),
    "collaborations.handover.downloaded": _("downloaded a hand-over export"),
    "collaborations.note.removed": _("removed a note on %(subject)s"),
}

# Kinds of things in the log, as HistoryEntry.subject_kind names them.
THINGS: dict[str, Promise] = {
    "partners.organisation": _("Organisation"),
    "partners.member": _("Users"),
    "partners.invitation": _("Invitations"),
    "partners.role": _("Roles"),
    "partners.programmeapplication": _("Programme"),
    "partners.profileversion": _("Profile"),
    "partners.subscription": _("Subscription"),
    "documents.contact": _("Contacts"),
    "documents.document": _("Documents"),
    "documents.documentsettings": _("Settings of documents"),
    "documents.fiscalrecord": _("Fiscal records"),
    "documents.series": _("Series"),
    "documents.taxrate": _("Taxes"),
    "bookkeeping.inboxfile": _("Inbox"),
    "bookkeeping.inboxaddress": _("Inbox"),
    "bookkeeping.journalentry": _("Journal"),
    "bookkeeping.ledgeraccount": _("Chart of accounts"),
    "bookkeeping.postingrule": _("Posting rules"),
    "bookkeeping.bankaccount": _("Bank accounts"),
    "bookkeeping.bankline": _("Bank lines"),
    "bookkeeping.bankrule": _("Bank rules"),
    "bookkeeping.filingcalendar": _("Tax calendar"),
    "bookkeeping.taxfiling": _("Tax returns"),
    "collaborations.conversation": _("Conversations"),
    "collaborations.collaboration": _("Collaborations"),
    "collaborations.grant": _("Access of firms"),
    "collaborations.client": _("Clients"),
    "core.job": _("Jobs"),
}

# Values that are shown with what they were before. Others (states, hashes) say nothing to a reader.
FIELDS: dict[str, Promise] = {
    "role": _("Role"),
    "until": _("Until"),
    "name": _("Name"),
    "tax_id": _("Tax id"),
    "country": _("Country"),
    "legal_form": _("Legal form"),
    "team_size": _("Team size"),
    "profession": _("Profession"),
    "phone": _("Phone"),
    "email": _("E-mail"),
    "street": _("Street"),
    "postcode": _("Postcode"),
    "city": _("City"),
    "language": _("Language"),
    "time_zone": _("Time zone"),
    "currency": _("Currency"),
    "reason": _("Reason"),
    "status": _("Status"),
    "paid_until": _("Paid until"),
    "closed_until": _("Closed until"),
    "payment_days": _("Days to pay"),
    "manager": _("Account manager"),
    "tags": _("Tags"),
    "software": _("Software"),
    "contact_name": _("Contact person"),
}

# Kinds of messages that a person may turn off; links and confirmations are always sent.
NOTIFICATIONS: dict[str, Promise] = {
    "bookkeeping/filings_assigned": _("A tax return is yours to do"),
    "collaborations/requested": _("A business asks your firm to collaborate"),
    "collaborations/accepted": _("A firm accepts your request"),
    "collaborations/declined": _("A firm declines your request"),
    "collaborations/ended": _("A collaboration ends"),
    "collaborations/access_steps": _("A firm sends you the steps to grant access"),
    "collaborations/access_requested": _("A firm asks for access to your account"),
    "collaborations/access_granted": _("A client grants your firm access"),
    "collaborations/access_changed": _("A client changes the access of your firm"),
    "collaborations/access_removed": _("Your firm loses the access to a client"),
    "collaborations/access_over": _("The access of a firm to your account is over"),
    "collaborations/access_ending": _("An access is about to end"),
    "collaborations/assigned": _("You are made account manager of a client"),
    "documents/recurrence_failed": _("A recurring invoice does not get on"),
    "partners/role_changed": _("You are given another role"),
    "partners/member_removed": _("You are removed from an organisation"),
    "partners/programme_decision": _("The programme decides about your firm"),
    "partners/profile_decision": _("Your firm’s profile is published or sent back"),
}


def lines(entries: Iterable[HistoryEntry], time_zone: str) -> list[tuple[str, str, str, str, str | None]]:
    """Log entries as the timeline component takes them: who, what, when (words and ISO), details or None."""
    written = []
    for entry in entries:
        what, detail = sentence(entry.what, entry.subject_name, entry.before, entry.after)
        who = f"{entry.actor_name} ({entry.firm_name})" if entry.firm_name else entry.actor_name
        moment = format_moment(entry.created_at, time_zone)
        written.append((who, what, moment, entry.created_at.isoformat(), detail or None))
    return written


def sentence(what: str, subject: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[str, str]:
    """What an entry says, and its details ("Role: Viewer → Administrator"; "" for none), in the reader's language."""
    said = str(WORDS.get(what, _("changed %(subject)s"))) % {"subject": subject}
    shown = [(field, before.get(field), after.get(field)) for field in FIELDS if field in before or field in after]
    return said, " · ".join(_change(str(FIELDS[field]), old, new) for field, old, new in shown)


def _change(label: str, old: Any, new: Any) -> str:
    if not old:
        return _now("%(label)s: %(new)s") % {"label": label, "new": new}
    return _now("%(label)s: %(old)s → %(new)s") % {"label": label, "old": old, "new": new or "–"}
