"""The benchmarks, one program: ``python -m tests.benchmarks NAME [numbers]``. Each module says what its numbers are."""

import sys
from importlib import import_module

NAMES = ("ack", "calls", "following", "ledger", "rendering", "startup", "suggestions", "whole")
"""Each is a module beside this one, whose ``main`` takes the numbers. ``servers`` and ``sink`` are what they start."""


def main(name: str = "", *numbers: str) -> None:
    """Run one of them."""
    if name not in (*NAMES, "servers", "sink"):
        sys.exit(f"python -m tests.benchmarks NAME [numbers], where NAME is one of: {', '.join(NAMES)}")
    import_module(f"tests.benchmarks.{name}").main(*numbers)


if __name__ == "__main__":
    main(*sys.argv[1:])
