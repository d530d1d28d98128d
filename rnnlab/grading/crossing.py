"""All that crosses between parent and child: arrays, and words that are shown and never believed.

Both directions are an .npz file without compression and without pickle. What comes out of the child is read as
if it had been made by an enemy: names, sizes and types are looked at before anything is allocated.
"""

from __future__ import annotations

import io
import math
import zipfile
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from rnnlab.questions.values import LARGEST, Data, Fault

HEADER = 4096  # bytes of a .npy header that are looked at
LONGEST = 300  # characters of a word that is shown
NAMELESS = "something that cannot be described"  # a fault has words, or it would be taken for none
WIDEST = 8 * LARGEST  # bytes of one array
ENTRY, MOST = b"PK\x01\x02", 1000  # how each entry of an archive is announced, and how many are looked at
Calls = Sequence[tuple[Any, ...]]


def pack_calls(calls: Calls) -> bytes:
    """The arguments of every call. A number's own type is in its entry's name: `0.2.int`."""
    entries = {}
    for i, arguments in enumerate(calls):
        for j, value in enumerate(arguments):
            entries[f"{i}.{j}.{type(value).__name__}"] = np.asarray(value)
    return _packed(entries)


def unpack_calls(raw: bytes) -> list[tuple[Any, ...]]:
    """The calls again; read by the child, which may trust its parent."""
    calls: dict[int, list[Any]] = {}
    plain = {"int": int, "float": float, "str": str}
    with np.load(io.BytesIO(raw), allow_pickle=False) as entries:
        for name in entries.files:
            call, _, kind = name.split(".")
            value = entries[name]
            calls.setdefault(int(call), []).append(plain[kind](value) if kind in plain else value)
    return [tuple(arguments) for _, arguments in sorted(calls.items())]


def pack_said(said: Sequence[Data], notes: Mapping[str, str]) -> bytes:
    """What an answer said, and notes on how it went."""
    entries: dict[str, np.ndarray] = {}
    for i, one in enumerate(said):
        if isinstance(one, np.ndarray) and one.nbytes > WIDEST:
            one = Fault(f"an array of {one.nbytes} bytes")
        if isinstance(one, Fault):
            entries[f"came.{i}"] = np.array(one.came[:LONGEST])
            entries[f"advice.{i}"] = np.array(one.advice[:LONGEST])
        else:
            entries[f"array.{i}"] = one
    return _packed(entries | {f"note.{name}": np.array(text[:LONGEST]) for name, text in notes.items()})


def unpack_said(raw: bytes, count: int) -> tuple[tuple[Data, ...], dict[str, str]]:
    """What the child says that an answer said to `count` calls; ValueError for anything odd about it."""
    entries = _entries(raw)
    said: list[Data] = []
    for i in range(count):
        if f"array.{i}" in entries:
            said.append(_array(entries[f"array.{i}"]))
        elif f"came.{i}" in entries:
            came = _word(entries[f"came.{i}"]) or NAMELESS
            said.append(Fault(came, _word(entries.get(f"advice.{i}", b""))))
        else:
            raise ValueError(f"nothing came for call {i} of {count}")
    notes = {name.removeprefix("note."): _word(e) for name, e in entries.items() if name.startswith("note.")}
    return tuple(said), notes


def _packed(entries: Mapping[str, np.ndarray]) -> bytes:
    file = io.BytesIO()
    np.savez(file, **entries)  # type: ignore[arg-type]  # the names are data
    return file.getvalue()


def _entries(raw: bytes) -> dict[str, bytes]:
    """Name → bytes of every entry; only what is stored as it is, so that nothing can unfold."""
    if raw.count(ENTRY) > MOST:
        raise ValueError("more entries than any answer has")
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            infos = archive.infolist()
            if any(info.compress_type != zipfile.ZIP_STORED or info.flag_bits & 1 for info in infos):
                raise ValueError("an entry is compressed or locked")
            if sum(info.file_size for info in infos) > len(raw):
                raise ValueError("its entries claim more than came")
            return {info.filename.removesuffix(".npy"): archive.read(info) for info in infos}
    except Exception as error:  # whatever a made-up archive sets off
        raise ValueError(f"no file of arrays ({type(error).__name__})") from None


def _array(raw: bytes) -> np.ndarray:
    """A float or text array made of exactly the bytes that came."""
    file = io.BytesIO(raw)
    try:
        version = np.lib.format.read_magic(file)
        read = (
            np.lib.format.read_array_header_1_0 if version == (1, 0) else np.lib.format.read_array_header_2_0
        )
        shape, fortran, dtype = read(file, max_header_size=HEADER)
    except Exception as error:  # whatever a made-up header sets off
        raise ValueError(f"an array without a header ({type(error).__name__})") from None
    if dtype.kind not in "fU" or dtype.hasobject or dtype.names or len(shape) > 32:
        raise ValueError("an array of another type")
    if any(type(n) is not int for n in shape):  # NumPy lets True pass for 1
        raise ValueError("an array of another shape than of numbers")
    body = raw[file.tell() :]
    size = math.prod(shape)
    if min(shape, default=0) < 0 or size > LARGEST or size * dtype.itemsize != len(body):
        raise ValueError("an array of another size than its header says")
    if dtype.itemsize == 0:
        return np.full(shape, "")
    array = np.frombuffer(body, dtype).reshape(shape, order="F" if fortran else "C")
    with np.errstate(all="ignore"):  # a long double may be larger than any double
        return array.astype(float) if dtype.kind == "f" else _text(array.astype(dtype.newbyteorder("=")))


def _text(array: np.ndarray) -> np.ndarray:
    """The same text, if text it is: four bytes of a `U` need not be a character. What does not print is a blank."""
    codes = np.frombuffer(array.tobytes(), np.uint32)
    if codes.size and codes.max() > 0x10FFFF:
        raise ValueError("a text of what are no characters")
    return np.array([_printable(str(one)) for one in array.ravel()], dtype=array.dtype).reshape(array.shape)


def _word(raw: bytes) -> str:
    """A text to show, without line ends and other control characters; empty where it is none."""
    try:
        array = _array(raw)
    except ValueError:
        return ""
    text = str(array) if array.ndim == 0 and array.dtype.kind == "U" else ""
    return _printable(text)[:LONGEST]


def _printable(text: str) -> str:
    return "".join(letter if letter.isprintable() else " " for letter in text)
