"""The closed vocabulary: operators, conditions, patterns, code tables, selections."""
