"""
Arrays of numbers in a file, read with suspicion.

Nothing here knows what the arrays are of; `fit` does.
"""

from __future__ import annotations

import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from symbackprop.data import LARGEST_DATA_FILE
from symbackprop.errors import InputError, nearest

SUFFIX = ".npz"

Arrays = Mapping[str, Any]


def read_arrays(path: Path) -> Arrays:
    """Read all arrays of a file of weights; raises InputError for what is none."""
    import numpy as np

    if not path.is_file():
        beside = sorted(p.name for p in path.parent.glob(f"*{SUFFIX}")) if path.parent.is_dir() else []
        msg = f"{path}: no such file{nearest(path.name[:100], beside)}"
        raise InputError(msg)
    try:
        with zipfile.ZipFile(path) as archive:
            size = sum(entry.file_size for entry in archive.infolist())
        if size > LARGEST_DATA_FILE:
            msg = f"{path}: has {size:,} bytes unpacked; up to {LARGEST_DATA_FILE:,} are read"
            raise InputError(msg)
        # No pickles: an array of objects could run code.
        with np.load(path, allow_pickle=False) as arrays:
            return {name: arrays[name] for name in arrays.files}
    except (zipfile.BadZipFile, zipfile.LargeZipFile, ValueError, EOFError, KeyError, OSError):
        msg = f"{path}: is no file of weights (--save writes one)"
        raise InputError(msg) from None


def checked(path: Path, found: Arrays, name: str, shape: tuple[int, ...], *, finite: bool = True) -> Any:
    """Return one of the arrays of a file, numbers of a shape; −1 stands for any size from 1.  Raises InputError."""
    import numpy as np

    if name not in found:
        msg = f"{path}: has no {name}; the weights are of another network, or no weights"
        raise InputError(msg)
    array = found[name]
    pairs = zip(array.shape, shape, strict=False)
    fits = array.ndim == len(shape) and all(size == want or (want < 0 < size) for size, want in pairs)
    if not fits:
        have, want = ("×".join(map(str, sizes)) or "1" for sizes in (array.shape, shape))
        msg = f"{path}: {name} is {have}, but the network's is {want}"
        raise InputError(msg)
    if array.dtype.kind not in "iuf" or (finite and not np.isfinite(array).all()):
        msg = f"{path}: {name} has an entry that is no number"
        raise InputError(msg)
    return array
