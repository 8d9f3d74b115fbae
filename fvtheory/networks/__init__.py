"""ReLU networks as exact functions, and exact functions as ReLU networks in floating point.

`relu` holds networks with exact weights, `reading` reads them from PyTorch and ONNX, `writing` writes exact
functions as exact networks. `realization` makes torch modules of exact functions, `certification` proves
how far these are from the function in floating point, and `batches` evaluates thousands at once (the only
module here that needs torch to be imported).
"""

from fvtheory.networks.certification import (
    Certificate,
    Extrema,
    FloatError,
    certify,
    float_error,
    information,
)
from fvtheory.networks.realization import Realization, quantised, realize
from fvtheory.networks.relu import Layer, ReluNetwork

__all__ = [
    "Certificate",
    "Extrema",
    "FloatError",
    "Layer",
    "Realization",
    "ReluNetwork",
    "certify",
    "float_error",
    "information",
    "quantised",
    "realize",
]
