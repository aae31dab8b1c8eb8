"""A partner's GraphQL operations: documents held against types, requests and answers as values."""
