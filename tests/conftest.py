"""What holds for every test: random cases are the same ones in the continuous integration, new ones at a desk."""

from __future__ import annotations

import os

from hypothesis import settings

if os.environ.get("CI"):
    os.environ.setdefault("SYMBACKPROP_SEED", "1984")

settings.register_profile("ci", derandomize=True, deadline=None)
settings.register_profile("desk", deadline=None)
settings.load_profile("ci" if os.environ.get("CI") else "desk")
