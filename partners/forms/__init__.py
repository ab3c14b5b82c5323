"""The shape of what people type. Nothing here writes."""

from partners.forms.organisation import AddOrganisationForm, OrganisationForm
from partners.forms.people import ActivityFilter, GiveRoleForm, InviteForm, RoleForm
from partners.forms.person import JoinForm, PreferencesForm, ProfileForm
from partners.forms.register import AddressForm, LoginForm, RegisterForm, ResetPasswordForm

__all__ = [
    "ActivityFilter",
    "AddOrganisationForm",
    "AddressForm",
    "GiveRoleForm",
    "InviteForm",
    "JoinForm",
    "LoginForm",
    "OrganisationForm",
    "PreferencesForm",
    "ProfileForm",
    "RegisterForm",
    "ResetPasswordForm",
    "RoleForm",
]
