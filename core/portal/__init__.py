"""The portal's own commands: people, preferences, practice snapshots."""
