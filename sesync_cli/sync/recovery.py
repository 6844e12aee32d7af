"""What a killed run has left half done, taken back before anything else is done."""

from sesync_cli.sync import journal
from sesync_cli.sync.locks import RemoveLock, left_locks, wait_until_free
from sesync_cli.sync.submodules import parts
from sesync_cli.sync.working_copy import WorkingCopy


def recover(copy: WorkingCopy) -> list[RemoveLock]:
    """Take back what a killed run of ours left half done, here and in submodules; the locks that others have left."""
    for one in (copy, *parts(copy)):
        if journal.is_open(one):
            wait_until_free(one)
            for lock in left_locks(one):
                lock.do(lambda fraction, words: None)
            journal.take_back(one)
    return left_locks(copy)
