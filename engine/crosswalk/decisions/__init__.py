"""Decision tables: inputs with domains, outcomes, rules of which the most specific one wins."""
