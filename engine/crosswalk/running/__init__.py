"""Executing a plan: the reference interpreter, the compiled form, whole files."""
