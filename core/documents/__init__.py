"""Papers to print: frozen descriptions of core.domain.papers in, PDF bytes out, with texts in the reader's language."""
