"""Who there is: people, organisations, what they may."""

from partners.models.membership import Invitation, Member, Role
from partners.models.organisation import Organisation, Plan
from partners.models.user import User

__all__ = ["Invitation", "Member", "Organisation", "Plan", "Role", "User"]
