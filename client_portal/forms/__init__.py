"""The shape of what people send to the portal's pages, and to the staff's pages about it."""

from client_portal.forms.choice import DocumentChoiceForm
from client_portal.forms.comments import CommentForm
from client_portal.forms.decisions import AcceptForm, DeclineForm
from client_portal.forms.document_filter import PortalFilter
from client_portal.forms.entering import ChoiceForm, CodeForm, EmailForm, LogInForm, NewPasswordForm
from client_portal.forms.gateway_accounts import AccountForm, ConnectForm, ContactGatewaysForm, HookForm, KeysForm
from client_portal.forms.paying import PayForm, chosen_ids
from client_portal.forms.profile import LanguageForm, MailsForm
from client_portal.forms.sending import AddressesField, ContactsForm, SendForm, SendingForm
from client_portal.forms.settings import PortalSettingsForm
from client_portal.forms.staff_payments import LookForm, MatchForm, PaymentFilter, RefundForm

__all__ = [
    "AcceptForm",
    "AccountForm",
    "AddressesField",
    "ChoiceForm",
    "CodeForm",
    "CommentForm",
    "ConnectForm",
    "ContactGatewaysForm",
    "ContactsForm",
    "DeclineForm",
    "DocumentChoiceForm",
    "EmailForm",
    "HookForm",
    "KeysForm",
    "LanguageForm",
    "LogInForm",
    "LookForm",
    "MailsForm",
    "MatchForm",
    "NewPasswordForm",
    "PayForm",
    "PaymentFilter",
    "PortalFilter",
    "PortalSettingsForm",
    "RefundForm",
    "SendForm",
    "SendingForm",
    "chosen_ids",
]
