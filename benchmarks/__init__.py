"""Benchmarks: ratios against a peer or a limit, measured in the same run.

``python -m benchmarks NAME [--quick]`` prints a table and, as its last line, one JSON object with the
name, the figures and the machine. With ``--quick`` it ends within a minute.
"""
