"""Chance: one stream for each purpose and each thing, so that adding a thing disturbs no other stream.

A stream is the output of an extendable hash (SHAKE128, FIPS 202) of the seed, the replication, the purpose
and the stable identifier of what it is for. So it costs microseconds to open, needs no state, and gives the
same numbers on every machine and with every version of every library.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator
from hashlib import shake_128
from itertools import chain, count
from struct import unpack

import numpy as np

RNG_VERSION = 1
"""Changes when the same seed would give other numbers."""

_SCALE = 2.0**-53
_FIRST, _BLOCK = 4, 512


class Streams:
    """All the chance of one replication.

    Examples
    --------
    >>> Streams(1, 0).uniform("alert", "read:issues") == Streams(1, 0).uniform("alert", "read:issues")
    True
    """

    __slots__ = ("_root",)

    def __init__(self, seed: int, replication: int) -> None:
        """Key everything by *seed* and *replication*."""
        self._root = f"{RNG_VERSION}\x1f{seed}\x1f{replication}"

    def _key(self, names: tuple[object, ...]) -> bytes:
        return "\x1f".join((self._root, *map(str, names))).encode()

    def uniform(self, *names: object) -> float:
        """Return the one number in [0, 1) that belongs to a purpose and the identifiers after it."""
        return (int.from_bytes(shake_128(self._key(names)).digest(8), "little") >> 11) * _SCALE

    def stream(self, *names: object) -> Iterator[float]:
        """Return the endless numbers in [0, 1) of a purpose and the identifiers after it."""
        return chain.from_iterable(_blocks(self._key(names)))


def _blocks(key: bytes) -> Iterator[Iterable[float]]:
    # The first block is short because most streams are; later ones are long because few numbers cost less.
    words = unpack(f"<{_FIRST}Q", shake_128(key + b"#0").digest(8 * _FIRST))
    yield [(word >> 11) * _SCALE for word in words]
    for block in count(1):
        yield _long_block(key + b"#%d" % block)


def _long_block(key: bytes) -> array[float]:
    words = np.frombuffer(shake_128(key).digest(8 * _BLOCK), "<u8") >> np.uint64(11)
    return array("d", (words * _SCALE).tobytes())
