"""The commands that need torch, one a file; `options` is what they share. `fvtheory.cli` puts them together."""
