"""Answers as HTML and SVG, all text in them escaped; nothing here draws on the page."""
