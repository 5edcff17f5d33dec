"""
Linux's own confinement of a process: from then on, only the system calls of a short list work, for good.

A filter of system calls (seccomp) needs no privilege and no library.  It is a list of what is allowed; everything else (to
start a program or a process, to open a socket, to write, rename or delete a file, to signal or trace another process)
fails with EPERM.  The numbers are those of Linux's asm/unistd.h for x86-64 and for AArch64; the filter's layout
is that of linux/seccomp.h and linux/filter.h.  On other platforms nothing happens, and `confine` says so.
"""

from __future__ import annotations

import os
import platform
import struct
import sys

# What a program needs to compute, to read what is open and to write its result: numbers on x86-64 and on AArch64.
COMPUTE: dict[str, tuple[int, int | None]] = {
    "read": (0, 63),
    "write": (1, 64),
    "close": (3, 57),
    "fstat": (5, 80),
    "lseek": (8, 62),
    "mmap": (9, 222),
    "mprotect": (10, 226),
    "munmap": (11, 215),
    "brk": (12, 214),
    "rt_sigreturn": (15, 139),
    "sched_yield": (24, 124),
    "mremap": (25, 216),
    "madvise": (28, 233),
    "nanosleep": (35, 101),
    "getpid": (39, 172),
    "exit": (60, 93),
    "uname": (63, 160),
    "gettimeofday": (96, 169),
    "getrusage": (98, 165),
    "sysinfo": (99, 179),
    "times": (100, 153),
    "getuid": (102, 174),
    "getgid": (104, 176),
    "geteuid": (107, 175),
    "getegid": (108, 177),
    "getppid": (110, 173),
    "gettid": (186, 178),
    "time": (201, None),
    "futex": (202, 98),
    "sched_getaffinity": (204, 123),
    "restart_syscall": (219, 128),
    "clock_gettime": (228, 113),
    "clock_getres": (229, 114),
    "clock_nanosleep": (230, 115),
    "exit_group": (231, 94),
    "getcpu": (309, 168),
    "getrandom": (318, 278),
    "membarrier": (324, 283),
}
# What importing a module later and setting a clock for each task need besides; files open for reading only (see OPENAT).
READ: dict[str, tuple[int, int | None]] = {
    "stat": (4, None),
    "lstat": (6, None),
    "rt_sigaction": (13, 134),
    "rt_sigprocmask": (14, 135),
    "ioctl": (16, 29),
    "pread64": (17, 67),
    "access": (21, None),
    "setitimer": (38, 103),
    "fcntl": (72, 25),
    "getcwd": (79, 17),
    "readlink": (89, None),
    "getrlimit": (97, 163),
    "setrlimit": (160, 164),
    "getdents64": (217, 61),
    "newfstatat": (262, 79),
    "readlinkat": (267, 78),
    "faccessat": (269, 48),
    "prlimit64": (302, 261),
    "statx": (332, 291),
    "faccessat2": (439, 439),
}
OPENAT = (257, 56)
# AUDIT_ARCH_X86_64 and AUDIT_ARCH_AARCH64 of linux/audit.h.
ARCHITECTURES = {"x86_64": (0, 0xC000003E), "aarch64": (1, 0xC00000B7)}

_LOAD, _EQUAL, _ANY_BIT, _RETURN = 0x20, 0x15, 0x45, 0x06  # BPF: ld word; jeq; jset; ret
_ALLOW, _REFUSE, _KILL = 0x7FFF0000, 0x00050000 | 1, 0x80000000  # SECCOMP_RET_ALLOW; _ERRNO | EPERM; _KILL_PROCESS
_PR_SET_NO_NEW_PRIVS, _PR_SET_SECCOMP, _SECCOMP_MODE_FILTER = 38, 22, 2
_NUMBER, _ARCHITECTURE, _FLAGS = 0, 4, 32  # offsets in struct seccomp_data: nr, arch, the low half of args[2]


def confine(*, reading: bool) -> bool:
    """
    Leave this process the calls of COMPUTE, with `reading` those of READ and of opening files for reading, too.

    Returns whether the kernel does so (Linux on x86-64 or AArch64); what cannot be confined is left as it is.
    """
    place = ARCHITECTURES.get(platform.machine())
    if sys.platform != "linux" or place is None or struct.calcsize("P") != 8:
        return False
    import ctypes  # only needed here

    program = filter_of(*place, reading=reading)
    code = ctypes.create_string_buffer(program, len(program))
    header = struct.pack("HxxxxxxP", len(program) // 8, ctypes.addressof(code))  # struct sock_fprog
    libc = ctypes.CDLL(None, use_errno=True)
    one, none = ctypes.c_ulong(1), ctypes.c_ulong(0)
    if libc.prctl(_PR_SET_NO_NEW_PRIVS, one, none, none, none) != 0:
        return False
    refused: int = libc.prctl(_PR_SET_SECCOMP, ctypes.c_ulong(_SECCOMP_MODE_FILTER), header, none, none)
    return refused == 0


def filter_of(column: int, architecture: int, *, reading: bool) -> bytes:
    """Return the program in BPF, 8 bytes an instruction: (code, jump if true, jump if false, constant)."""
    allowed = {**COMPUTE, **READ} if reading else COMPUTE
    numbers = sorted(number for row in allowed.values() if (number := row[column]) is not None)
    lines = [(_LOAD, 0, 0, _ARCHITECTURE), (_EQUAL, 1, 0, architecture), (_RETURN, 0, 0, _KILL), (_LOAD, 0, 0, _NUMBER)]
    for number in numbers:
        lines += [(_EQUAL, 0, 1, number), (_RETURN, 0, 0, _ALLOW)]
    if reading:
        writing = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
        lines += [(_EQUAL, 0, 3, OPENAT[column]), (_LOAD, 0, 0, _FLAGS), (_ANY_BIT, 1, 0, writing), (_RETURN, 0, 0, _ALLOW)]
    lines.append((_RETURN, 0, 0, _REFUSE))
    return b"".join(struct.pack("HBBI", *line) for line in lines)
