"""Tests of reports have an index that is a folder, as those of installing have."""

from tests.install.conftest import index

__all__ = ["index"]
