"""Who there is: people, organisations, what they may, and how firms join the programme and show themselves."""

from partners.models.billing import BillingAccount, BillingEvent
from partners.models.listing import Listing, ListingWord
from partners.models.membership import Invitation, Member, Role
from partners.models.organisation import Organisation, Plan
from partners.models.profile import Profile, ProfileVersion
from partners.models.programme import ProgrammeApplication, Subscription
from partners.models.standing import Standing, standing_of
from partners.models.user import User

__all__ = [
    "BillingAccount",
    "BillingEvent",
    "Invitation",
    "Listing",
    "ListingWord",
    "Member",
    "Organisation",
    "Plan",
    "Profile",
    "ProfileVersion",
    "ProgrammeApplication",
    "Role",
    "Standing",
    "Subscription",
    "User",
    "standing_of",
]
