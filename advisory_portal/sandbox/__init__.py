"""Stand-ins of the payment companies for demo and tests. Empty until its first dialect."""
