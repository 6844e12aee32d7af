"""Why an install failed: causes as data, looked for in what the installer said."""
