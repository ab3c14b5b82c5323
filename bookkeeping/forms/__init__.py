"""The shape of what people send to the books' pages."""

from bookkeeping.forms.bank_lines import LineFilter
from bookkeeping.forms.banking import (
    BankAccountForm,
    BankColumnsForm,
    BankRuleForm,
    ReconcileForm,
    StatementsForm,
    UnknownAccountsForm,
)
from bookkeeping.forms.chart import AccountForm, AccountNameForm, ContactRuleForm, RulesForm
from bookkeeping.forms.journal import EntryForm, JournalFilter, RateForm, ReverseForm
from bookkeeping.forms.payouts import PayoutForm
from bookkeeping.forms.reports import Period, part_choices

__all__ = [
    "AccountForm",
    "AccountNameForm",
    "BankAccountForm",
    "BankColumnsForm",
    "BankRuleForm",
    "ContactRuleForm",
    "EntryForm",
    "JournalFilter",
    "LineFilter",
    "PayoutForm",
    "Period",
    "RateForm",
    "ReconcileForm",
    "ReverseForm",
    "RulesForm",
    "StatementsForm",
    "UnknownAccountsForm",
    "part_choices",
]
