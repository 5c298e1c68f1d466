"""Pure rules of the business: no clock, no database, no framework."""
