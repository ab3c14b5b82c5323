"""The shape of what people send to the books' pages."""

from bookkeeping.forms.chart import AccountForm, AccountNameForm, ContactRuleForm, RulesForm
from bookkeeping.forms.journal import EntryForm, JournalFilter, RateForm, ReverseForm
from bookkeeping.forms.reports import Period, part_choices

__all__ = [
    "AccountForm",
    "AccountNameForm",
    "ContactRuleForm",
    "EntryForm",
    "JournalFilter",
    "Period",
    "RateForm",
    "ReverseForm",
    "RulesForm",
    "part_choices",
]
