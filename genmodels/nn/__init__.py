"""Networks: plain stacks of standard layers, so that they can be drawn, exported and run in a browser."""

from genmodels.nn.base import NETWORKS, Network, activation, at_least_float, let_leak, network_of, parameter_count
from genmodels.nn.ema import EMA

__all__ = ["EMA", "NETWORKS", "Network", "activation", "at_least_float", "let_leak", "network_of", "parameter_count"]
