"""A feed of the past, replayed through the real service, and what came of it."""
