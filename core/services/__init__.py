"""One function per command, one module per desk, and the small reads beside them."""
