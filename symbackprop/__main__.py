"""`python -m symbackprop` and the console script are the same program."""

from __future__ import annotations

import sys


def main() -> None:
    """Run the command line; `--version` alone imports nothing else."""
    if sys.argv[1:] == ["--version"]:
        from symbackprop._version import __version__  # noqa: PLC0415

        sys.stdout.write(f"symbackprop {__version__}\n")
        return
    from symbackprop.cli import run  # noqa: PLC0415

    sys.exit(run(sys.argv[1:]))


if __name__ == "__main__":
    main()
