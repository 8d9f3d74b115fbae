"""Notebooks that explain what the package says, and what runs them: ``python -m notebooks``."""
