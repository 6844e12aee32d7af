"""Tests of `sesync install` and `sesync uninstall`, with real Pythons and their own pips."""
