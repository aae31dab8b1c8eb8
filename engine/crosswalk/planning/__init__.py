"""From documents to a plan: models are read, names found, types compared, the way back derived."""
