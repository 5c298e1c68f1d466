"""Measurements of the numbers that Orderly promises, each runnable with one command."""
