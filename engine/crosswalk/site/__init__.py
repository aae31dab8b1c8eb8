"""The technical design of integrations and billers as one static site, from the documents alone."""
