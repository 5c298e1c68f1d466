"""Numbers that people tune, as TOML beside this file; read through core/services/parameters.py."""
