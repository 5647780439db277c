"""Runs a command several times and prints wall seconds, processor seconds and peak memory.

A process of its own, because Linux counts the memory of the process that starts a program into
the program's peak: this one has 9 MB, which is therefore the least that can be measured. Processor
time is that of the whole process tree; the peak is that of its largest process.

usage: measure.py REPEATS OUT COMMAND...           (OUT takes the command's standard output)
"""

import os
import sys
import time


def measure(command, out):
    actions = [
        (os.POSIX_SPAWN_OPEN, 1, out, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o644),
        (os.POSIX_SPAWN_OPEN, 2, f"{out}.err", os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o644),
    ]
    start = time.perf_counter()
    child = os.posix_spawnp(command[0], command, os.environ, file_actions=actions)
    _, status, usage = os.wait4(child, 0)
    wall = time.perf_counter() - start
    if status:
        code = os.waitstatus_to_exitcode(status)
        sys.exit(f"exit status {code}: {' '.join(command)}; see {out}.err")
    return wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * 1024


if __name__ == "__main__":
    for _ in range(int(sys.argv[1])):
        print(*measure(sys.argv[3:], sys.argv[2]))
