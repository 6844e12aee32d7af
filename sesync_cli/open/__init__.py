"""sesync open: the places outside of this terminal, and the ways to each."""
