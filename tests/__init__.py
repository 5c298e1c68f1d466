"""Proof that Orderly does what it says; the folders mirror the house."""
