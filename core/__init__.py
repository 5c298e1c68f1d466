"""Orderly's engine: domain rules, databases, services, metrics and the parts of the surface that pages share."""
