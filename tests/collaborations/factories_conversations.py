"""Conversations and collaborations for tests, made by the actions that make them in life."""

from django.utils import timezone

from advisory_portal.core.access import Actor
from advisory_portal.core.ids import uuid7
from collaborations import actions
from collaborations.models import Collaboration, Conversation, Message
from partners.models import Member, Organisation, ProgrammeApplication
from partners.sources import actor_of_member


def in_programme(firm: Organisation) -> ProgrammeApplication:
    """The firm's accepted application, made if there is none."""
    found = ProgrammeApplication.objects.filter(organisation=firm, state="accepted").first()
    return found or ProgrammeApplication.objects.create(
        organisation=firm, state="accepted", sent_by_name="Owner", decided_at=timezone.now()
    )


def owner_of(organisation: Organisation) -> Actor:
    """The organisation's first owner in its workspace."""
    members = Member.objects.effective().owners().with_rights()
    return actor_of_member(members.filter(organisation=organisation).earliest("id"))


def write(actor: Actor, conversation: Conversation, text: str = "Hello", files=(), key=None) -> Message:
    now = timezone.now()
    given = {"text": text, "files": list(files), "key": key or uuid7(), "now": now}
    return actions.write_message(actor=actor, conversation=conversation, **given)


def conversing(business: Organisation, firm: Organisation, text: str = "Hello") -> Conversation:
    """A conversation that the business's owner began with one message. Both need an owner."""
    in_programme(firm)
    conversation = actions.open_conversation(actor=owner_of(business), firm=firm, now=timezone.now())
    write(owner_of(business), conversation, text)
    return Conversation.objects.with_parties().get(pk=conversation.pk)


def asked(business: Organisation, firm: Organisation, text: str = "Our books, please") -> Collaboration:
    """A request that waits for the firm's answer."""
    conversation = conversing(business, firm)
    return actions.ask_to_collaborate(
        actor=owner_of(business), conversation=conversation, text=text, now=timezone.now()
    )


def collaborating(business: Organisation, firm: Organisation) -> Collaboration:
    """A request that the firm's owner accepted."""
    collaboration = asked(business, firm)
    actions.accept_collaboration(actor=owner_of(firm), collaboration=collaboration, now=timezone.now())
    return Collaboration.objects.select_related("conversation", "firm", "business", "client").get(pk=collaboration.pk)
