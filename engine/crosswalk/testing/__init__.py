"""Cases beside the mappings: their inputs, runs and comparisons."""
