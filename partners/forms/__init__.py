"""The shape of what people type. Nothing here writes."""

from partners.forms.listings import search_of
from partners.forms.organisation import AddOrganisationForm, OrganisationForm
from partners.forms.people import ActivityFilter, GiveRoleForm, InviteForm, RoleForm
from partners.forms.person import JoinForm, PreferencesForm, ProfileForm
from partners.forms.plan import PlanForm
from partners.forms.profile import PictureForm, ProfileContentForm
from partners.forms.register import RegisterForm

__all__ = [
    "ActivityFilter",
    "AddOrganisationForm",
    "GiveRoleForm",
    "InviteForm",
    "JoinForm",
    "OrganisationForm",
    "PictureForm",
    "PlanForm",
    "PreferencesForm",
    "ProfileContentForm",
    "ProfileForm",
    "RegisterForm",
    "RoleForm",
    "search_of",
]
