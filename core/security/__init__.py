"""Who somebody is and what was done: passwords, sessions, throttling and the audit chain."""
