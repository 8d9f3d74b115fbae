"""Rendering of results: what is handed in is shown, nothing is computed or decided here."""
