"""Tests of the diagnosis have the machine's Pythons, and an index that is a folder, as those of installing have."""

from tests.install.conftest import index, pythons

__all__ = ["index", "pythons"]
