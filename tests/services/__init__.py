"""Real servers, each started by a test on a free port and stopped with it."""
