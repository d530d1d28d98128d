"""Files that are there whole or not at all, and names that are safe on every disk."""

from __future__ import annotations

import hashlib
import json
import os
import re
import tempfile
from pathlib import Path
from typing import Any

LONGEST = 80  # bytes; disks take 255 with all that is put around


def write(path: Path, content: str | bytes) -> None:
    """Write beside `path` and move into place; nothing is touched where the file says the same already."""
    data = content.encode("utf-8") if isinstance(content, str) else content
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.is_file() and path.read_bytes() == data:
        return
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=".", suffix=".part")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.chmod(temporary, 0o644)
        os.replace(temporary, path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


def write_json(path: Path, data: Any) -> None:
    write(path, json.dumps(data, ensure_ascii=False, indent=1, sort_keys=True) + "\n")


def read_json(path: Path) -> Any:
    """What is in the file; None where there is none, or not a whole one."""
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return None


def hash_of(*parts: str | bytes) -> str:
    whole = hashlib.sha256()
    for part in parts:
        data = part.encode("utf-8", "surrogatepass") if isinstance(part, str) else part
        whole.update(len(data).to_bytes(8, "big") + data)
    return whole.hexdigest()


def safe_name(name: str) -> str:
    """A file name for anybody: what a disk might not take becomes _, and then a hash keeps two names apart."""
    plain = re.sub(r'[\x00-\x1f<>:"/\\|?*]', "_", name).strip(" .")
    plain = plain.encode("utf-8", "ignore")[:LONGEST].decode("utf-8", "ignore")
    return plain if plain == name and plain else f"{plain or 'nobody'}-{hash_of(name)[:8]}"
