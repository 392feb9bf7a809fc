"""A backup as one file: a compressed tar archive with a list of what is in it, and its check sums."""

from __future__ import annotations

import hashlib
import io
import json
import os
import tarfile
import zlib
from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import Any

from digestbot.errors import StoreError

LIST = "backup.json"
_FORMAT = 1
_BLOCK = 1 << 20
_GZIP = b"\x1f\x8b"


def write_archive(target: Path, files: Mapping[str, Path], told: Mapping[str, Any], now: datetime) -> int:
    """Write files under their names into a new archive and return its bytes; `told` goes into its list.

    It comes into its place when it is whole: raises StoreError where it cannot be written or is there already.
    """
    if target.exists():
        raise StoreError(f"{str(target)!r} is there already: name another file")
    aside = target.with_name(f".{target.name}.{os.getpid()}")
    sums = {name: _sum(file) for name, file in files.items()}
    listed = {"format": _FORMAT, "made_at": now.isoformat(), **told, "files": sums}
    try:
        with aside.open("xb") as stream:
            with tarfile.open(fileobj=stream, mode="w:gz", compresslevel=6) as archive:
                _add(archive, LIST, json.dumps(listed, indent=1, sort_keys=True).encode(), now)
                for name, file in files.items():
                    archive.add(file, arcname=name, recursive=False, filter=_anonymous)
            stream.flush()
            os.fsync(stream.fileno())
        aside.rename(target)
    except OSError as error:
        raise StoreError(f"the backup {str(target)!r} cannot be written: {error.strerror or error}") from error
    finally:
        aside.unlink(missing_ok=True)
    return target.stat().st_size


def read_archive(source: Path, folder: Path) -> dict[str, Any]:
    """Unpack an archive into an empty folder and return its list; every file's check sum must be right.

    Raises StoreError for what is no backup of ours, is damaged, or would write outside the folder.
    """
    try:
        with tarfile.open(source, mode="r:gz") as archive:
            for member in archive:
                _unpack(archive, member, folder)
        listed: dict[str, Any] = json.loads((folder / LIST).read_text(encoding="utf-8"))
    except (OSError, EOFError, tarfile.TarError, zlib.error, ValueError) as error:
        raise StoreError(f"{str(source)!r} cannot be read as a backup: {error}") from error
    if listed.get("format") != _FORMAT:
        raise StoreError(f"{str(source)!r} is a backup of another version: restore it with that version")
    found = {name: _sum(folder / name) for name in names_in(folder) if name != LIST}
    if found != listed["files"]:
        wrong = sorted(set(found.items()) ^ set(listed["files"].items()))
        raise StoreError(
            f"{str(source)!r} is damaged: {', '.join(sorted({name for name, _ in wrong})[:3])} is not as it was"
        )
    (folder / LIST).unlink()
    return listed


def is_archive(file: Path) -> bool:
    """Whether a file is a backup of ours, by its first bytes and its first entry."""
    try:
        with file.open("rb") as stream:
            if stream.read(2) != _GZIP:
                return False
        with tarfile.open(file, mode="r:gz") as archive:
            first = archive.next()
    except (OSError, EOFError, tarfile.TarError, zlib.error):
        return False
    return first is not None and first.name == LIST


def names_in(folder: Path) -> Iterator[str]:
    """Yield every file below a folder by its name within it."""
    for path in sorted(folder.rglob("*")):
        if path.is_file() and not path.is_symlink():
            yield path.relative_to(folder).as_posix()


def _add(archive: tarfile.TarFile, name: str, content: bytes, now: datetime) -> None:
    member = tarfile.TarInfo(name)
    member.size, member.mtime, member.mode = len(content), int(now.timestamp()), 0o600
    archive.addfile(member, io.BytesIO(content))


def _anonymous(member: tarfile.TarInfo) -> tarfile.TarInfo:
    """Leave out who owns the file here: it is somebody else where the backup is restored."""
    member.uid = member.gid = 0
    member.uname = member.gname = ""
    return member


def _unpack(archive: tarfile.TarFile, member: tarfile.TarInfo, folder: Path) -> None:
    name = PurePosixPath(member.name)
    if not member.isfile() or name.is_absolute() or ".." in name.parts:
        raise StoreError(f"the backup holds {member.name!r}, which is no file of a data folder")
    archive.extract(member, folder, filter="data")


def _sum(file: Path) -> str:
    digest = hashlib.sha256()
    with file.open("rb") as stream:
        while block := stream.read(_BLOCK):
            digest.update(block)
    return digest.hexdigest()
