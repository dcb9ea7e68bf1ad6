"""Names a process for its leases, and tells whether a named process is dead: on the same machine only, from /proc.

A process is named by the boot of its kernel, its PID namespace, its PID and the moment of its start, in clock ticks
since the boot (https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html). A container has a PID namespace of its own,
so nobody is taken for dead who only cannot be seen from here. Where there is no ``/proc``, nobody is known to be dead.
"""

import os
from dataclasses import dataclass
from pathlib import Path
from secrets import token_hex

PROC = Path("/proc")
_ZOMBIE = "Z"


@dataclass(frozen=True, slots=True)
class Process:
    """``here`` is the boot and the PID namespace; empty where it is not known."""

    here: str
    pid: int
    started: str

    @classmethod
    def this(cls, proc: Path = PROC) -> "Process":
        """The running process."""
        pid = os.getpid()
        try:
            boot = (proc / "sys/kernel/random/boot_id").read_text().strip().replace("-", "")
            namespace = str((proc / "self/ns/pid").readlink())
        except OSError:
            return cls("", pid, "")
        seen = _seen(pid, proc)
        started = seen[1] if seen is not None else ""
        return cls(f"{boot[:12]}.{namespace.strip('pid:[]')}" if started else "", pid, started)

    def owner(self) -> str:
        """A unique owner name for leases; each call gives another one."""
        return f"{token_hex(4)}/{self.here}/{self.pid}/{self.started}"

    def is_dead(self, owner: str, proc: Path = PROC) -> bool:
        """Whether the process of that name ran on this machine, in this PID namespace, and is gone."""
        match owner.split("/"):
            case [_, here, pid, started] if here and here == self.here and pid.isdecimal():
                seen = _seen(int(pid), proc)
                return seen is None or seen[0] == _ZOMBIE or seen[1] != started
        return False


def _seen(pid: int, proc: Path) -> tuple[str, str] | None:
    """A process's state and start; None where there is none. The command's name, in brackets, may hold anything."""
    try:
        fields = (proc / str(pid) / "stat").read_text(errors="replace").rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return None
    return fields[0], fields[19]
