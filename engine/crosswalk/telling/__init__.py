"""What a person asks of documents and plans: where a value comes from, what is in force."""
