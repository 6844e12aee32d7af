"""Every command of sesync: what it is for, where it is, and its summary. It is imported when it runs."""

TASKS = {
    "Begin": {
        "start": ("sesync_cli.start.cli:start", "Set up all that a project needs."),
        "open": ("sesync_cli.open.cli:open_", "Open the centre's pages, or upload files."),
        "tour": ("sesync_cli.tour.cli:tour", "See it all work in a sandbox."),
        "help": ("sesync_cli.home.cli:help_", "Explain a command, or list them all."),
        "completion": ("sesync_cli.completion.cli:completion", "Print a shell's completion script."),
    },
    "Data": {
        "link": ("sesync_cli.link.cli:link", "Link a project's data directory."),
        "unlink": ("sesync_cli.link.cli:unlink", "Remove the link to a data directory."),
        "where": ("sesync_cli.where.cli:where", "Say where files should be, and why."),
        "put": ("sesync_cli.put.cli:put", "Copy data into a data directory, verified."),
        "usage": ("sesync_cli.usage.cli:usage", "Show what fills your home, and what can go."),
    },
    "Code": {
        "ssh-key": ("sesync_cli.sshkey.cli:ssh_key", "Set up your ssh key for the site's GitLab."),
        "clone": ("sesync_cli.clone.cli:clone", "Clone a repository into your home."),
        "sync": ("sesync_cli.sync.cli:sync", "Exchange work with a repository's server."),
    },
    "Kernels and packages": {
        "kernel": ("sesync_cli.kernel.cli:kernel", "Make and manage Jupyter kernels."),
        "install": ("sesync_cli.install.cli:install", "Install Python packages."),
        "uninstall": ("sesync_cli.install.cli:uninstall", "Uninstall Python packages."),
    },
    "When something is wrong": {
        "doctor": ("sesync_cli.doctor.cli:doctor", "Find what is wrong, and how to mend it."),
        "report": ("sesync_cli.report.cli:report", "Draft a mail to support."),
    },
    "For the centre": {
        "site": ("sesync_cli.site.cli:site", "Show and check the site's settings."),
    },
}
"""What there is to do, by what it is for: each command with where it is, and its summary."""

COMMANDS = {name: entry for commands in TASKS.values() for name, entry in commands.items()}
