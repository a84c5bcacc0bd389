"""Whose turn it is to be drawn, and what the server holds for each visitor meanwhile."""
