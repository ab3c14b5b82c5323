"""What the portal's pages show, prepared: formatted once, in Python."""
