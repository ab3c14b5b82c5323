"""Words of collaborations for people."""
