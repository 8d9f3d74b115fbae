"""The theorems seen on networks: pairs, activation maximization, learned decoders, sweeps (needs torch)."""
