"""Figures and the reads behind them: over metric cells, over open work, and over the rows themselves."""
