"""Named, seeded scenarios: pools, histories of any size, templates for practice, and the live demo feed."""
