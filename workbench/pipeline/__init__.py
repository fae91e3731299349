"""Stages, runs and what became of them."""
