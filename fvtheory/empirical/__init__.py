"""The empirical companion: feature visualization, its attacks and its checks, on real networks (needs torch).

One experiment a file. What they stand on: `image_model` (a network with its input space), `models` (networks that
install from PyPI), `preparation`, `activations`, `pictures`.
"""
