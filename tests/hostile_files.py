"""Hostile submissions and problems: each row makes files in a folder and says what to hand in, or which command to give."""

from __future__ import annotations

import io
import json
import os
import stat
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path

from hostile import CANARY

Make = Callable[[Path], Path]
HEAD = b"student,question,answer,format\n"


def table(data: bytes | str, name: str = "in.csv") -> Make:
    """Hand in one file."""
    raw = data.encode("utf-8", "surrogatepass") if isinstance(data, str) else data

    def make(folder: Path) -> Path:
        (folder / name).write_bytes(raw)
        return folder / name

    return make


def archive(
    *entries: tuple[str | zipfile.ZipInfo, bytes],
    method: int = zipfile.ZIP_DEFLATED,
    change: Callable[[bytes], bytes] | None = None,
) -> Make:
    """Hand in a zip of these entries; `change` spoils its bytes."""

    def make(folder: Path) -> Path:
        memory = io.BytesIO()
        with zipfile.ZipFile(memory, "w", method) as made:
            for name, data in entries:
                made.writestr(name, data)
        data = memory.getvalue()
        (folder / "in.zip").write_bytes(change(data) if change else data)
        return folder / "in.zip"

    return make


def tree(**files: bytes | Callable[[Path], None]) -> Make:
    """Hand in a folder."""

    def make(folder: Path) -> Path:
        inside = folder / "in"
        inside.mkdir()
        for name, data in files.items():
            path = inside / name.replace("__", ".")
            if callable(data):
                data(path)
            else:
                path.write_bytes(data)
        return inside

    return make


def entry(name: str, mode: int) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name)
    info.external_attr = (mode | 0o777) << 16
    return info


def notebook(*cells: object, **more: object) -> str:
    return json.dumps({"cells": list(cells), "metadata": {}, "nbformat": 4, "nbformat_minor": 5, **more})


def cell(source: object, tags: object = ("q1",), kind: str = "markdown") -> dict[str, object]:
    return {"cell_type": kind, "metadata": {"tags": tags}, "source": source}


def nested_zip() -> bytes:
    data = b"q1: x_1"
    for _ in range(8):
        memory = io.BytesIO()
        with zipfile.ZipFile(memory, "w", zipfile.ZIP_DEFLATED) as made:
            made.writestr("in.zip", data)
        data = memory.getvalue()
    return data


def lying(data: bytes) -> bytes:
    """Say in every header that the entry has 10 bytes."""
    return data.replace(struct.pack("<I", 3_000_000), struct.pack("<I", 10))


def boasting(data: bytes) -> bytes:
    """Say in every header that the entry has 4 GB."""
    return data.replace(struct.pack("<I", 3_000_000), b"\xfe\xff\xff\xff")


def encrypted(data: bytes) -> bytes:
    """Set the bit of encryption in both headers of every entry."""
    changed = bytearray(data)
    for mark, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = changed.find(mark)
        while at >= 0:
            changed[at + place] |= 1
            at = changed.find(mark, at + 4)
    return bytes(changed)


# The three records at the end of a large zip.
BOASTS = ((b"\x06\x06", 52), (b"\x06\x07", 16), (b"\x05\x06", 18))

SUBMISSIONS: dict[str, Make] = {
    "zip bomb": archive(("bomb.txt", b"0" * 50_000_000)),
    "zip of many bombs": archive(*((f"b{n}.txt", b"0" * 3_000_000) for n in range(40))),
    "zip of 10^5 entries": archive(*((f"{n}.txt", b"") for n in range(100_000)), method=zipfile.ZIP_STORED),
    "zip in zip": archive(("inner.zip", nested_zip()), ("good.txt", b"q1: x_1")),
    "zip that leads out": archive(("../../canary", b"q1: x_1"), ("..\\..\\canary", b"q1: x_1")),
    "zip with absolute names": archive(("/etc/cron.d/canary", b"q1: x_1"), ("C:\\canary.txt", b"q1: x_1")),
    "zip with links": archive((entry("link.txt", stat.S_IFLNK), b"/etc/passwd"), ("good.txt", b"q1: x_1")),
    "zip with devices": archive((entry("null.txt", stat.S_IFCHR), b""), (entry("disk.txt", stat.S_IFBLK), b"")),
    "zip with pipes": archive((entry("pipe.txt", stat.S_IFIFO), b""), (entry("socket.txt", stat.S_IFSOCK), b"")),
    "zip with a lie": archive(("bomb.txt", b"0" * 3_000_000), ("good.txt", b"q1: x_1"), change=lying),
    "zip with a boast": archive(("bomb.txt", b"0" * 3_000_000), ("good.txt", b"q1: x_1"), change=boasting),
    "zip encrypted": archive(("a.txt", b"q1: x_1"), change=encrypted),
    "zip truncated": archive(("a.txt", os.urandom(5_000)), change=lambda data: data[: len(data) // 2]),
    "zip with a wrong sum": archive(("a.txt", b"q1: x_1" * 100), change=lambda data: data.replace(b"q1", b"q2")),
    "zip with a byte changed": archive(("a.txt", b"q1: x_1" * 100), change=lambda data: data[:45] + b"\xff" + data[46:]),
    "zip with something before it": archive(("a.txt", b"q1: x_1"), change=lambda data: b"#!/bin/sh\ntouch @CANARY@\n" + data),
    "zip with something after it": archive(("a.txt", b"q1: x_1"), change=lambda data: data + b"x" * 70_000),
    "zip with a long comment": archive(("a.txt", b"q1: x_1"), change=lambda data: data[:-2] + b"\xff\xff" + b"x" * 65_535),
    "zip in LZMA": archive(("a.txt", b"0" * 10**6), method=zipfile.ZIP_LZMA),
    "zip in bzip2": archive(("a.txt", b"0" * 10**6), method=zipfile.ZIP_BZIP2),
    "zip with hostile names": archive(
        ("$(touch canary).txt", b"q1: x_1"), ("-rf.txt", b"q1: x_1"), ("a\nb.txt", b"q1: x_1"), ("\u202etxt.exe.txt", b"q1: x_1"),
        ("<script>alert(1)</script>.txt", b"q1: x_1"), ("=cmd|'calc'!A0.txt", b"q1: x_1"), ("\x1b[2J.txt", b"q1: x_1"),
        ("CON.txt", b"q1: x_1"), ("a" * 5_000 + ".txt", b"q1: x_1"), (".txt", b"q1: x_1"), ("\u0430na.txt", b"q1: x_1"),
    ),
    "zip with the same name in capitals": archive(("Ana.txt", b"q1: x_1"), ("ANA.txt", b"q1: y_1"), ("a\u0301na.txt", b"q1: 1")),
    "zip with a deep path": archive(("/".join(["d"] * 5_000) + "/a.txt", b"q1: x_1")),
    "zip of nothing": archive(),
    "not a zip": table(b"PK\x03\x04 not a zip", "in.zip"),
    "zip with no end": table(b"PK\x05\x06" + b"\xff" * 18, "in.zip"),
    "an empty zip file": table(b"", "in.zip"),
    "zip64 that boasts": table(b"".join(b"PK" + mark + b"\xff" * size for mark, size in BOASTS), "in.zip"),
    "CSV with formulas": table(HEAD + b"=cmd|'/C calc'!A0,q1,=1+1,\n@SUM(A1),q1,+1,\n-2+3,q1,-x_1,\n\"\tx\",q1,x_1,\n"),
    "CSV with HTML": table(HEAD + b"<script>alert(1)</script>,q1,<img src=x onerror=alert(1)>,\n"),
    "CSV with LaTeX": table(HEAD + b"\\input{/etc/passwd},q1,\\write18{touch @CANARY@},latex\n"),
    "CSV with escapes": table(HEAD + b"\x1b[2J,q1,\x1b]0;owned\x07,\n"),
    "CSV with shell": table(HEAD + b"$(touch @CANARY@),q1,`touch @CANARY@`,\n; rm -rf /,q1,x_1,\n"),
    "CSV with paths": table(HEAD + b"../../canary,q1,x_1,\n/etc/passwd,q1,x_1,\n..,q1,x_1,\n"),
    "CSV with ragged rows": table(HEAD + b"A\nB,q1\nC,q1,x_1,text,more,and more\n,,,\n\n"),
    "CSV with null bytes": table(HEAD + b"A\x00,q1,x\x00_1,\n\x00\x00\x00\n"),
    "CSV without a header": table(b"1,2,3\n4,5,6\n"),
    "CSV with an empty header": table(b",,,\nA,q1,x_1,\n"),
    "CSV with doubled columns": table(b"student,student,question,answer,answer\nA,B,q1,x_1,y_1\n"),
    "CSV with 10^6 columns": table(b"student,question,answer" + b"," * 1_000_000 + b"\nA,q1,x_1\n"),
    "CSV with one field of 10^7": table(HEAD + b'A,q1,"' + b"x" * 10_000_000 + b'",\n'),
    "CSV with an open quote": table(HEAD + b'A,q1,"x_1\nB,q1,x_1\n'),
    "CSV with quotes in quotes": table(HEAD + b'A,q1,"""""""x_1""""",\n'),
    "CSV with 5,000 rows of one student": table(HEAD + b"A,q1,x_1,\n" * 5_000),
    "CSV in UTF-16": table(("student,question,answer\nA,q1,x_1\n").encode("utf-16")),
    "CSV in Latin-1": table("student,question,answer\nJosé,q1,x_1\n".encode("latin-1")),
    "CSV in UTF-7": table(b"student,question,answer\n+ADw-script+AD4-,q1,x_1\n"),
    "CSV with surrogates": table("student,question,answer\n\ud800,q1,\udfff\n"),
    "CSV of random bytes": table(bytes((i * 7919) % 256 for i in range(10_000))),
    "CSV with only carriage returns": table(b"student,question,answer\rA,q1,x_1\r"),
    "CSV with bidi names": table("student,question,answer\n\u202eevil,q1,x_1\n\u200b,q1,x_1\n"),
    "CSV with unknown questions": table(HEAD + b"A,nothing,x_1,\nA,__import__('os'),x_1,\nA,,x_1,\n"),
    "CSV with unknown formats": table(HEAD + b"A,q1,x_1,pickle\nB,q1,x_1,../../x\n"),
    "CSV with a bomb": table(HEAD + b"A,q1,9^9^9,\nB,q1," + b"(" * 3_000 + b",\n"),
    "CSV that is empty": table(b""),
    "CSV that is a zip": table(b"PK\x03\x04" + b"\x00" * 100),
    "notebook that is no JSON": table(b"{", "in.ipynb"),
    "notebook that nests": table(b"[" * 100_000 + b"]" * 100_000, "in.ipynb"),
    "notebook without cells": table(b"{}", "in.ipynb"),
    "notebook that is a list": table(b"[1, 2, 3]", "in.ipynb"),
    "notebook with wrong types": table(notebook(1, None, "x", {"cell_type": 3}, cell(7), cell(None), cell([1, 2])), "in.ipynb"),
    "notebook with hostile tags": table(notebook(cell("x_1", 3), cell("x_1", [None, {}, "q1"]), cell("x_1", "q1")), "in.ipynb"),
    "notebook with code": table(notebook(cell("import os; os.system('touch @CANARY@')", kind="code")), "in.ipynb"),
    "notebook with magic": table(notebook(cell("!touch @CANARY@\n%run x.py", kind="code")), "in.ipynb"),
    "notebook with HTML": table(notebook(cell("<script>alert(1)</script>")), "in.ipynb"),
    "notebook with 20,000 cells": table(notebook(*(cell("x_1", []) for _ in range(20_000))), "in.ipynb"),
    "notebook with huge numbers": table(b'{"cells": [], "n": ' + b"9" * 100_000 + b', "x": NaN, "y": 1e999}', "in.ipynb"),
    "notebook with a key twice": table(b'{"cells": [], "cells": 3}', "in.ipynb"),
    "tex with open marks": table(b"\\begin{answer}{q1} x_1", "in.tex"),
    "tex with commands": table(b"\\input{/etc/passwd}\n% answer: q1\n\\write18{touch @CANARY@}\n% end\n", "in.tex"),
    "tex that nests": table(b"\\begin{answer}{q1}" * 5_000, "in.tex"),
    "tex of definitions": table(b"\\def\\x{\\x\\x}" * 5_000 + b"\n% answer: q1\n\\x\n", "in.tex"),
    "text of one long line": table(b"q1: " + b"x_1+" * 1_000_000, "in.txt"),
    "text of colons": table(b"q1:" * 100_000, "in.txt"),
    "a file of another kind": table(b"\x7fELF", "in.exe"),
    "a file with no ending": table(b"q1: x_1", "in"),
    "folder with a link to passwd": tree(link__txt=lambda path: path.symlink_to("/etc/passwd"), good__txt=b"q1: x_1"),
    "folder with a link to itself": tree(loop=lambda path: path.symlink_to(path.parent), good__txt=b"q1: x_1"),
    "folder with a broken link": tree(link__txt=lambda path: path.symlink_to("/nothing"), good__txt=b"q1: x_1"),
    "folder with a pipe": tree(pipe__txt=os.mkfifo, good__txt=b"q1: x_1"),
    "folder with a large file": tree(large__txt=lambda path: path.open("wb").truncate(10**11), good__txt=b"q1: x_1"),
    "folder of nothing": tree(),
    "there is nothing": lambda folder: folder / "none.csv",
    "a device": lambda _: Path("/dev/zero"),
    "an endless device": lambda _: Path("/dev/urandom"),
    "the processes": lambda _: Path("/proc/self/mem"),
    "a long name": lambda folder: folder / ("a" * 5_000),
}  # fmt: skip

ASK = ("dL/dw1_1_1", "w1_1_1")
SIGMOIDS = '[network]\ninputs = 2\nlayers = [{ units = 1, activation = "sigmoid" }]\n'


def toml(text: str) -> dict[str, bytes]:
    return {"p.toml": text.encode("utf-8", "surrogatepass")}


# What is typed after `symbackprop`, and the files beside; every one of them is refused, wrong or unreadable.
COMMANDS: dict[str, tuple[tuple[str, ...], dict[str, bytes]]] = {
    "a problem that runs": (("check", "__import__('os').system('touch @CANARY@')", *ASK), {}),
    "a problem that is a path": (("check", "../../../../etc/passwd", *ASK), {}),
    "a problem that is a device": (("check", "/dev/zero", *ASK), {}),
    "a problem that is a folder": (("check", "/", *ASK), {}),
    "a problem of 10^9 units": (("check", "1000000000-1000000000-1", *ASK), {}),
    "a problem of 3,000 layers": (("check", "-".join(["2"] * 3_000), *ASK), {}),
    "a problem of a tower": (("check", "y = 9^9^9*x", "dy/dx", "1"), {}),
    "a problem of a long power": (("check", "y = x^99999999", "dy/dx", "1"), {}),
    "a problem that nests": (("check", "y = " + "(" * 3_000 + "x" + ")" * 3_000, "dy/dx", "2"), {}),
    "a problem of signs": (("check", "y = " + "-" * 3_000 + "x", "dy/dx", "2"), {}),
    "a problem of a shell": (("check", "$(touch @CANARY@)", *ASK), {}),
    "a problem of templates": (("check", "{{7*7}}", *ASK), {}),
    "a problem of escapes": (("check", "\x1b[2J = 3", *ASK), {}),
    "an activation that runs": (("check", "2-2-1:__import__('os'),mse", *ASK), {}),
    "no target and no answer": (("check", "2-2-1"), {}),
    "three words": (("check", "2-2-1", "a", "b", "c"), {}),
    "a form of nonsense": (("check", "2-2-1", *ASK, "--form", "__import__('os')"), {}),
    "a hint of 99": (("check", "2-2-1", *ASK, "--hint", "99"), {}),
    "a tolerance of nan": (("check", "2-2-1", *ASK, "--rtol", "nan"), {}),
    "a tolerance of -1": (("check", "2-2-1", *ASK, "--atol", "-1"), {}),
    "digits of -1": (("check", "2-2-1", *ASK, "--digits", "-1"), {}),
    "a boundary of nonsense": (("check", "2-2-1", *ASK, "--boundary", "@CANARY@"), {}),
    "a way of writing of nonsense": (("check", "2-2-1", *ASK, "--as", "pickle"), {}),
    "a point of a tower": (("check", "2-2-1", *ASK, "--at", "x_1=9^9^9"), {}),
    "a point that runs": (("check", "2-2-1", *ASK, "--at", "x_1=__import__('os').system('touch @CANARY@')"), {}),
    "an answer from a device": (("check", "2-2-1", "dL/dw1_1_1", "--file", "/dev/zero"), {}),
    "an answer from passwd": (("check", "2-2-1", "dL/dw1_1_1", "--file", "/etc/passwd"), {}),
    "an answer of bytes": (("check", "2-2-1", "dL/dw1_1_1", "--file", "a"), {"a": b"\xff\xfe\x00"}),
    "an answer of escapes": (("check", "2-2-1", "dL/dw1_1_1", "\x1b[2J\x1b]0;owned\x07"), {}),
    "an answer turned around": (("check", "2-2-1", "dL/dw1_1_1", "\u202ex_1"), {}),
    "code from a device": (("check", "2-2-1", "--code", "/dev/zero"), {}),
    "code that is not there": (("check", "2-2-1", "--code", "none.py"), {}),
    "code of bytes": (("check", "2-2-1", "--code", "a.py"), {"a.py": b"\x00\xff\xfe"}),
    "code that runs": (("check", "2-2-1", "--code", "a.py"), {"a.py": b"import os\nos.system('touch @CANARY@')\n"}),
    "code with a name that steers": (("check", "2-2-1", "--code", "\x1b[2J.py"), {"\x1b[2J.py": b"raise ValueError\n"}),
    "a title that steers": (("check", "p.toml", *ASK), toml('title = "\\u001b[2J\\u202e"\n' + SIGMOIDS)),
    "a title of TeX": (("check", "p.toml", *ASK), toml("title = '\\input{/etc/passwd}\\write18{touch x}'\n" + SIGMOIDS)),
    "a title of 10^6": (("check", "p.toml", *ASK), toml(f'title = "{"x" * 10**6}"\n' + SIGMOIDS)),
    "a file of 10^9 units": (("check", "p.toml", *ASK), toml(SIGMOIDS.replace("units = 1", "units = 1000000000"))),
    "a file that nests": (("check", "p.toml", *ASK), toml("a = " + "[" * 5_000 + "]" * 5_000)),
    "a file that is JSON and nests": (("check", "p.json", *ASK), {"p.json": b"[" * 100_000}),
    "a file of huge numbers": (("check", "p.toml", *ASK), toml(SIGMOIDS + f"[point]\nx_1 = {'9' * 5_000}\n")),
    "a file of huge exponents": (("check", "p.toml", *ASK), toml(SIGMOIDS + "[point]\nx_1 = 1e999999999\n")),
    "a file of nan": (("check", "p.toml", *ASK), toml(SIGMOIDS + "[point]\nx_1 = nan\nx_2 = -inf\n")),
    "a file of fractions by 0": (("check", "p.toml", *ASK), toml(SIGMOIDS + '[point]\nx_1 = "1/0"\n')),
    "a file with a tolerance of nan": (("check", "p.toml", *ASK), toml(SIGMOIDS + "[check]\nrtol = nan\n")),
    "a file with a huge tolerance": (("check", "p.toml", *ASK), toml(SIGMOIDS + '[check]\nrtol = "1e999999999"\n')),
    "a file with negative marks": (("check", "p.toml", *ASK), toml(SIGMOIDS + '[[questions]]\nid = "q"\nmarks = -1\n')),
    "a file with bad questions": (("check", "p.toml", *ASK), toml(SIGMOIDS + '[[questions]]\nid = 3\ntarget = []\nform = "x"\n')),
    "a file with names that steer": (("check", "p.toml", *ASK), toml(SIGMOIDS + '[names]\nx_1 = "\\u001b[2J"\n')),
    "a file with names that run": (("check", "p.toml", *ASK), toml(SIGMOIDS + "[names]\nx_1 = \"__import__('os')\"\n")),
    "a file that runs": (("check", "p.toml", *ASK), toml("[definitions]\ny = \"__import__('os').system('id')\"\n")),
    "a file with a data path": (("check", "p.toml", *ASK), toml(SIGMOIDS + '[data]\nfile = "/etc/passwd"\n')),
    "a file of surrogates": (("check", "p.toml", *ASK), toml('title = "\ud800"\n' + SIGMOIDS)),
    "a file of nothing": (("check", "p.toml", *ASK), toml("")),
    "a file of random bytes": (("check", "p.toml", *ASK), {"p.toml": bytes((i * 7919) % 256 for i in range(10_000))}),
}  # fmt: skip
assert CANARY == "@CANARY@"
