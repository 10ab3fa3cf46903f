"""Games from their first turn to their last: many at once, in pairs, again, and what they say of players."""
