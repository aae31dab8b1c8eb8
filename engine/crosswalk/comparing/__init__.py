"""What a change of documents means: which values come out otherwise, and what that breaks."""
