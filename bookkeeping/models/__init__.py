"""The client's books: inbox, banking, journal, taxes."""

from bookkeeping.models.banking import BankAccount, BankLine, BankRule, ColumnMemory, Reconciliation, Statement
from bookkeeping.models.inbox import InboxAddress, InboxFile
from bookkeeping.models.journal import AccountMonth, JournalEntry, JournalLine, LedgerAccount, PostingRule
from bookkeeping.models.payouts import GatewayMoney
from bookkeeping.models.taxes import FilingCalendar, TaxFiling
from bookkeeping.models.waiting import EntryToMake

__all__ = [
    "AccountMonth",
    "BankAccount",
    "BankLine",
    "BankRule",
    "ColumnMemory",
    "EntryToMake",
    "FilingCalendar",
    "GatewayMoney",
    "InboxAddress",
    "InboxFile",
    "JournalEntry",
    "JournalLine",
    "LedgerAccount",
    "PostingRule",
    "Reconciliation",
    "Statement",
    "TaxFiling",
]
