"""Handbooks, and the scripts that make the pictures in them."""
