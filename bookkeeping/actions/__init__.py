"""Every writing of the books: one function per business act."""

from bookkeeping.actions.charts import (
    InUse,
    WrongCode,
    add_account,
    ensure_chart,
    rename_account,
    restore_account,
    retire_account,
    set_posting_rule,
    set_posting_rules,
)
from bookkeeping.actions.checks import check_entries, take_back_check
from bookkeeping.actions.entries import BooksClosed, NotAnEntry, NotReversible, reverse_entry, write_entry
from bookkeeping.actions.posting_jobs import NothingToPost, post_reviewed, refuse_posting_item, run_posting_item
from bookkeeping.actions.postings import NoRate, NotPostable, post_document, post_reconciliation, post_settlement

__all__ = [
    "BooksClosed",
    "InUse",
    "NoRate",
    "NotAnEntry",
    "NotPostable",
    "NotReversible",
    "NothingToPost",
    "WrongCode",
    "add_account",
    "check_entries",
    "ensure_chart",
    "post_document",
    "post_reconciliation",
    "post_settlement",
    "post_reviewed",
    "refuse_posting_item",
    "rename_account",
    "restore_account",
    "retire_account",
    "reverse_entry",
    "run_posting_item",
    "set_posting_rule",
    "set_posting_rules",
    "take_back_check",
    "write_entry",
]
