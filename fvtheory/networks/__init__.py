"""ReLU networks as exact functions; readers of PyTorch and ONNX files are in `networks.reading`."""

from fvtheory.networks.relu import Layer, ReluNetwork

__all__ = ["Layer", "ReluNetwork"]
