"""Declarative mapping of billing and payment records."""
