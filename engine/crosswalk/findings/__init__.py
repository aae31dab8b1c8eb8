"""Findings: what is wrong with a document or a record, told with its place and a remedy."""
