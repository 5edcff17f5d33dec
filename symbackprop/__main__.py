"""`python -m symbackprop` and the console script are the same program."""

from __future__ import annotations

import signal
import sys


def main() -> None:
    """Run the command line; exits with its code."""
    if hasattr(signal, "SIGPIPE"):
        # When the reader (head, less) has what it wants, end as any filter does, without a word.
        signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    try:
        sys.exit(_version() if sys.argv[1:] == ["--version"] else _commands())
    except KeyboardInterrupt:
        # So early that nothing is imported yet.
        sys.stderr.write("symbackprop: interrupted\n")
        sys.exit(130)


def _version() -> int:
    """Print the version, which needs nothing else."""
    from symbackprop._version import __version__

    try:
        print(f"symbackprop {__version__}", flush=True)  # noqa: T201 - before the command line is there
    except OSError:
        return _commands()  # which says why
    return 0


def _commands() -> int:
    from symbackprop.cli import run

    return run(sys.argv[1:])


if __name__ == "__main__":
    main()
