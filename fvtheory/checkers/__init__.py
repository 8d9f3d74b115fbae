"""Checkers: independent programs that decide obligations. They know nothing of classes or claims."""
