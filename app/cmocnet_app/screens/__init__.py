"""Whole pages, one module each: what its link in the head of every page leads to."""
