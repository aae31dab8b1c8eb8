"""Models: layouts and mappings as immutable values, and the records that layouts describe."""
