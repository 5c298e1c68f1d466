"""Training: item banks and tests, exercises in practice worlds, and what both say about who learnt what."""
