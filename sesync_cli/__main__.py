"""Lets `python -m sesync_cli` be `sesync`."""

from sesync_cli.app import main

if __name__ == "__main__":
    main()
