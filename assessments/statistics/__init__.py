"""Statistics of tests and of training, pure: arrays of marks and answers in, frozen figures out, no database."""
