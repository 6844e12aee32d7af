"""Tests of lists have the machine's Pythons, as those of kernels do."""

from tests.kernel.conftest import pythons

__all__ = ["pythons"]
