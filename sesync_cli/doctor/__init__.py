"""sesync doctor: what is wrong, why it matters, and what mends it."""
