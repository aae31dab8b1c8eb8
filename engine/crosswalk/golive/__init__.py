"""Going live with a biller: what it needs, what is there, a new biller, a move to other flows."""
