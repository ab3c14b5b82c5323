"""Access, ids, errors, money, states, history, files, mail, jobs: what every app stands on. Knows no app."""
