"""The official rules, compiled and as a readable reference, and boards as others write them."""
