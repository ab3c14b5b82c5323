"""Pure rules of collaborations."""
