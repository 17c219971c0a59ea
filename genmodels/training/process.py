"""Which process is which. A number alone is not enough: after a restart it may belong to another one."""

import os
from pathlib import Path


def birth(pid: int) -> str:
    """When process ``pid`` began, as this machine counts it; empty when it is gone or where that is not told."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except (OSError, ValueError):
        return ""
    # proc_pid_stat(5): the name in parentheses may hold anything; then the state, and 19 fields later the start.
    state, *numbers = stat.rpartition(")")[2].split()
    return "" if state in "ZX" else numbers[18]


def alive(pid: int, born: str) -> bool:
    """Whether the process that began at ``born`` is still there; True where this machine cannot tell."""
    if Path("/proc/self/stat").exists():
        return birth(pid) == born != ""
    if os.name == "nt":  # signal 0 would end the process there
        return True
    try:
        os.kill(pid, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except PermissionError:
        pass
    return True
