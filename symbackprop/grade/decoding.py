"""Bytes to text, where nobody said in which encoding; a guess is said."""

from __future__ import annotations

import codecs
import io
from typing import BinaryIO, TextIO

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_CHUNK = 1 << 16


def open_text(stream: BinaryIO) -> tuple[TextIO, str]:
    """
    Return a binary stream that can be sought as text, and what was guessed ("" for UTF-8, which is no guess).

    Bytes that are no text in the encoding become question marks in a box, never an error.
    """
    encoding = _encoding(stream)
    stream.seek(0)
    text = io.TextIOWrapper(stream, encoding=encoding, errors="replace", newline="")
    return text, "" if encoding.startswith("utf-8") else encoding


def decode(data: bytes) -> tuple[str, str]:
    r"""
    Return bytes as text, and what was guessed.

    >>> decode("σ′".encode("utf-16"))
    ('σ′', 'utf-16')
    >>> decode(b"caf\xe9")
    ('café', 'cp1252')
    """
    text, guessed = open_text(io.BytesIO(data))
    return text.read(), guessed


def _encoding(stream: BinaryIO) -> str:
    stream.seek(0)
    head = stream.read(4096)
    for mark, name in _MARKS:
        if head.startswith(mark):
            return name
    if name := _wide(head):
        return name
    for name in ("utf-8", "cp1252"):
        if _fits(stream, name):
            return name
    return "latin-1"


def _wide(head: bytes) -> str:
    """Tell UTF-16 without its mark by its zeros: ASCII has one in every second place."""
    if len(head) < 4:
        return ""
    even, odd = head[0::2].count(0), head[1::2].count(0)
    most = len(head) // 2
    if odd > most // 2 and even < most // 8:
        return "utf-16-le"
    return "utf-16-be" if even > most // 2 and odd < most // 8 else ""


def _fits(stream: BinaryIO, encoding: str) -> bool:
    stream.seek(0)
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        while chunk := stream.read(_CHUNK):
            decoder.decode(chunk)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True
