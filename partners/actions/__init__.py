"""Everything that changes people and organisations."""

from partners.actions.invitations import (
    AlreadyMember,
    InvitationClosed,
    OtherAddress,
    TooManyInvitations,
    accept_invitation,
    invite,
    register_invited,
    resend_invitation,
    revoke_invitation,
)
from partners.actions.members import LastOwner, OwnersOnly, give_role, leave_organisation, remove_member
from partners.actions.organisations import change_organisation
from partners.actions.people import change_profile, choose_notifications, mark_read
from partners.actions.registration import (
    AddressTaken,
    add_organisation,
    register_owner,
)
from partners.actions.roles import RoleNameTaken, change_role, create_role, retire_role

__all__ = [
    "AddressTaken",
    "AlreadyMember",
    "InvitationClosed",
    "LastOwner",
    "OtherAddress",
    "OwnersOnly",
    "RoleNameTaken",
    "TooManyInvitations",
    "accept_invitation",
    "add_organisation",
    "change_organisation",
    "change_profile",
    "change_role",
    "choose_notifications",
    "create_role",
    "give_role",
    "invite",
    "leave_organisation",
    "mark_read",
    "register_invited",
    "register_owner",
    "remove_member",
    "resend_invitation",
    "retire_role",
    "revoke_invitation",
]
