"""What one question of one submission may use up."""

from __future__ import annotations

from dataclasses import asdict, dataclass

MIB = 1024**2


@dataclass(frozen=True)
class Limits:
    """Seconds and bytes for each question; `spare` is the time that the code the answer does not need may take."""

    wall: float = 30.0
    cpu: int = 10
    spare: float = 2.0
    memory: int = 1024 * MIB  # beyond what Python and torch already have
    file: int = 16 * MIB
    output: int = 32 * MIB  # of arrays, on the way back
    scratch: int = 64 * MIB
    processes: int = 64
    start: float = 120.0  # seconds for Python and torch to load

    def plain(self) -> dict[str, float]:
        return asdict(self)
