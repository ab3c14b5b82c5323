"""Online payments: what is written when contacts pay at a gateway. docs/payments.md."""
