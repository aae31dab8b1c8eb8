"""Delivery of payments and changes to a partner over HTTP, so that none is lost or doubled."""
