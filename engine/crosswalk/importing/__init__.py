"""Spec tables and sample files become proposals of documents; what is not sure is marked."""
