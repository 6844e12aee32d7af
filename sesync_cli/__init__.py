"""The command line of a shared research server."""
