"""Values: types and their spellings, exact numbers, dates by declared patterns."""
