"""
The scripts of pages with short names for what only they use: made here by terser, and kept beside their sources.

`python tests/pack_scripts.py` (needs npm) after a change to a file symbackprop/pages/*.js.  Until then pages carry the sources
without comments: the file says which sources it was made of.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from symbackprop.pages.script import PACKED, fingerprint, sources

TERSER = "5.51.2"
# What scripts find under its own name: in parts that are written by Python, and in the tests.
KEPT = (
    "$", "go", "index", "list", "most", "names", "page", "pick", "recount", "relay", "renewed", "run", "stepAt", "steps",
    "turned", "visit",
)  # fmt: skip
PACK = """
const { minify } = require("terser"), { sources, kept } = JSON.parse(require("fs").readFileSync(0, "utf8")), nameCache = {};
const options = compress => ({ nameCache, compress, mangle: { toplevel: true, reserved: kept }, ecma: 2022 });
(async () => {
  await minify(Object.values(sources).join("\\n"), options(false));  // the names of all parts, so that they agree
  const parts = {};
  const short = options({ passes: 3, unused: false, unsafe_arrows: true });
  for (const name in sources) parts[name] = (await minify(sources[name], short)).code;
  console.log(JSON.stringify(parts));
})();
"""


def packed() -> dict[str, str]:
    """Return every part as terser writes it."""
    npm, node = shutil.which("npm"), shutil.which("node")
    if npm is None or node is None:
        sys.exit("pack_scripts.py needs npm and node")
    with tempfile.TemporaryDirectory() as folder:
        quiet = ("--silent", "--no-audit", "--no-fund", "--ignore-scripts")
        subprocess.run([npm, "install", *quiet, "--prefix", folder, f"terser@{TERSER}"], check=True)
        asked = json.dumps({"sources": sources(), "kept": KEPT})
        done = subprocess.run([node, "-e", PACK], cwd=folder, input=asked, capture_output=True, text=True, check=True)
    parts: dict[str, str] = json.loads(done.stdout)
    return parts


if __name__ == "__main__":
    made = {"by": f"terser {TERSER}", "sources": fingerprint(), "parts": packed()}
    target = Path(__file__).resolve().parents[1] / "symbackprop" / "pages" / PACKED
    target.write_text(json.dumps(made, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
