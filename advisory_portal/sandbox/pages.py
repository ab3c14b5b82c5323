"""The page that a payer sees: what is paid, and one button for each thing that can happen. Works without JavaScript."""

from __future__ import annotations

from html import escape

STYLE = """
:root { color-scheme: light dark; --ink: light-dark(#1a1f36, #e8eaf2); --paper: light-dark(#f6f8fa, #14161f);
  --card: light-dark(#fff, #1f2230); --line: light-dark(#d9dee8, #363b4d); --accent: light-dark(#3538cd, #a4b0ff);
  --on: light-dark(#fff, #14161f); --soft: light-dark(#545b6e, #a6adbf); --warn: light-dark(#8a3a00, #ffb870); }
* { box-sizing: border-box; }
body { margin: 0; min-height: 100vh; display: grid; place-items: center; padding: 24px 16px; background: var(--paper);
  color: var(--ink); font: 16px/1.5 system-ui, sans-serif; }
main { width: 100%; max-width: 420px; background: var(--card); border: 1px solid var(--line); border-radius: 12px;
  padding: 28px; }
.sandbox { margin: 0 0 20px; color: var(--warn); font-size: 14px; font-weight: 600; }
h1 { font-size: 15px; font-weight: 500; margin: 0; color: var(--soft); }
.amount { font-size: 34px; font-weight: 650; margin: 2px 0 20px; font-variant-numeric: tabular-nums; }
form { display: grid; gap: 10px; }
button { font: inherit; padding: 11px 16px; border-radius: 8px; border: 1px solid var(--line); background: none;
  color: inherit; cursor: pointer; }
button.main { background: var(--accent); border-color: var(--accent); color: var(--on); font-weight: 600; }
button:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
.note { border-left: 3px solid var(--warn); padding-left: 12px; margin: 0 0 16px; }
"""
BUTTONS = (
    ("pay", "Pay", "main"),
    ("decline", "Decline", ""),
    ("later", "Settle later", ""),
    ("abandon", "Abandon", ""),
    ("back", "Back", ""),
)


def page(company: str, title: str, amount: str, note: str = "", *, is_open: bool = True, without: str = "") -> str:
    """The page of a checkout; without buttons where it takes nothing any more, or `without` one of them."""
    buttons = "".join(
        f'<button name="do" value="{name}" class="{look}">{escape(label)}</button>'
        for name, label, look in BUTTONS
        if name not in without
    )
    told = f'<p class="note" role="alert">{escape(note)}</p>' if note else ""
    asked = f'<form method="post">{buttons}</form>' if is_open else ""
    return framed(company, f'<h1>{escape(title)}</h1><p class="amount">{escape(amount)}</p>{told}{asked}')


PORTAL = (
    ("cancel", "Cancel at the end of the period"),
    ("cancel_now", "Cancel now"),
    ("renew", "Do not cancel"),
    ("good_card", "Use a card that works"),
    ("bad_card", "Use a card that is declined"),
    ("time", "Let time move on to the next period"),
)


def portal_page(title: str, facts: list[str]) -> str:
    """The customer portal: how the subscription stands, and what one can do with it."""
    said = "".join(f"<p>{escape(one)}</p>" for one in facts)
    back = '<button name="do" value="back" class="main">Back</button>'
    buttons = "".join(f'<button name="do" value="{name}">{escape(label)}</button>' for name, label in PORTAL)
    return framed("Stripe", f'<h1>{escape(title)}</h1>{said}<form method="post">{back}{buttons}</form>')


def framed(company: str, content: str) -> str:
    """A page of a stand-in, which says so."""
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{escape(company)} sandbox</title>'
        f'<meta name="viewport" content="width=device-width,initial-scale=1"><style>{STYLE}</style></head><body><main>'
        f'<p class="sandbox">{escape(company)} SANDBOX – no real money</p>{content}</main></body></html>'
    )


def message(company: str, text: str) -> str:
    """A page that only says something."""
    return page(company, text, "", is_open=False)
