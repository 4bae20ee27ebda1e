"""The file that holds an installation: what is put in comes out, and whatever is wrong with it is found."""

import datetime as dt
import errno
import io
import json
import stat
import tarfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from ingestion.backup import archive
from ingestion.backup.archive import UnusableBackup
from ingestion.backup.manifest import DATABASE, FORMAT, Manifest, StoredObject, name_of
from ingestion.errors import Conflict

FILES = {"uploads/u1/job-1.csv": b"email\nana@x.com\n", "uploads/u1/job-2.csv.gz": bytes(range(256)) * 5}
DUMP = b"PGDMP and so on"


def tell(_text: str) -> None:
    """Nobody listens."""


def write(path: Path, *, format_: int = FORMAT, replace: bool = False) -> Manifest:
    with archive.written(path, replace=replace) as writer:
        dump = writer.add(DATABASE, [DUMP[:3], DUMP[3:]])
        stored = [StoredObject(key, writer.add(name_of(key), [content])) for key, content in FILES.items()]
        manifest = Manifest(
            format=format_,
            product_version="0.1.0",
            schema_revision="0010",
            postgres_version="18.6",
            made_at=dt.datetime(2026, 5, 1, tzinfo=dt.UTC),
            counts={"uploads": 2},
            database_bytes=1000,
            dump=dump,
            objects=tuple(stored),
            missing=(),
        )
        writer.finish(manifest)
    return manifest


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "backup.tar"


def test_what_is_put_in_comes_out(path: Path) -> None:
    made = write(path)

    assert archive.verified(path, tell) == made
    with archive.parts_of(path) as part:
        assert {key: part(name_of(key)).read() for key in FILES} == FILES
    with archive.part_of(path, DATABASE) as dump:
        assert dump.read() == DUMP


def test_any_tar_program_reads_it(path: Path) -> None:
    write(path)

    with tarfile.open(path) as tar:
        names = tar.getnames()
        assert json.load(tar.extractfile("manifest.json") or io.BytesIO())["schema_revision"] == "0010"

    assert names == [DATABASE, *map(name_of, FILES), "manifest.json", "manifest.sha256"]


def test_only_its_owner_reads_it(path: Path) -> None:
    write(path)

    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_every_byte_that_is_changed_is_found_unless_it_means_nothing(path: Path) -> None:
    made = write(path)
    whole = path.read_bytes()
    with tarfile.open(path) as tar:
        parts = [
            range(member.offset_data, member.offset_data + member.size)
            for member in tar
            if member.name != archive.CHECKSUM  # of which the file's name says nothing
        ]

    for place in range(0, len(whole), 13):
        path.write_bytes(whole[:place] + bytes([whole[place] ^ 0x20]) + whole[place + 1 :])
        try:
            found = archive.verified(path, tell)
        except UnusableBackup:
            continue
        assert found == made
        assert not any(place in part for part in parts)


def test_a_changed_byte_in_a_file_is_told_with_its_name(path: Path) -> None:
    write(path)
    path.write_bytes(path.read_bytes().replace(b"ana@x.com", b"ana@y.com"))

    with pytest.raises(UnusableBackup, match=r"objects/uploads/u1/job-1\.csv is not what was put in"):
        archive.verified(path, tell)


def test_a_manifest_that_was_changed_is_found(path: Path) -> None:
    write(path)
    path.write_bytes(path.read_bytes().replace(b'"0010"', b'"0009"'))

    with pytest.raises(UnusableBackup, match=r"manifest\.json is not what was put in"):
        archive.verified(path, tell)


def test_a_file_that_was_cut_off_is_no_backup(path: Path) -> None:
    write(path)
    whole = path.read_bytes()
    end = whole.rindex(b"manifest.json\n") + len(b"manifest.json\n")

    for length in [*range(0, end, 101), end - 1]:
        path.write_bytes(whole[:length])
        with pytest.raises(UnusableBackup, match="is no whole backup"):
            archive.verified(path, tell)


def test_a_part_that_is_missing_is_found(path: Path) -> None:
    write(path)
    with tarfile.open(path) as tar:
        kept = [
            (member, (tar.extractfile(member) or io.BytesIO()).read())
            for member in tar
            if member.name != name_of("uploads/u1/job-1.csv")
        ]
    with tarfile.open(path, "w") as tar:
        for member, content in kept:
            tar.addfile(member, io.BytesIO(content))

    with pytest.raises(UnusableBackup, match="its parts are not those that it names"):
        archive.verified(path, tell)


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"email,first_name\n" * 100, bytes(10240)])
def test_another_file_is_refused(path: Path, content: bytes) -> None:
    path.write_bytes(content)

    with pytest.raises(UnusableBackup, match="is no whole backup"):
        archive.verified(path, tell)


def test_another_tar_is_refused(path: Path) -> None:
    with tarfile.open(path, "w") as tar:
        tar.addfile(tarfile.TarInfo("holiday.jpg"))

    with pytest.raises(UnusableBackup, match="it is no backup of this product"):
        archive.verified(path, tell)


def test_a_file_that_is_missing_is_told(path: Path) -> None:
    with pytest.raises(UnusableBackup, match="There is no file"):
        archive.verified(path, tell)


def test_a_later_format_is_refused(path: Path) -> None:
    write(path, format_=FORMAT + 1)

    with pytest.raises(UnusableBackup, match="of another release"):
        archive.verified(path, tell)


def test_a_file_that_exists_is_kept_unless_asked(path: Path) -> None:
    path.write_bytes(b"mine")

    with pytest.raises(Conflict, match="exists already"):
        write(path)
    assert path.read_bytes() == b"mine"
    write(path, replace=True)
    assert archive.verified(path, tell)


def test_where_the_disk_is_full_nothing_is_left_and_the_earlier_file_stands(path: Path) -> None:
    def chunks() -> Iterator[bytes]:
        yield b"half"
        raise OSError(errno.ENOSPC, "No space left on device")

    path.write_bytes(b"the earlier one")

    with (
        pytest.raises(OSError, match="No space left"),
        archive.written(path, replace=True) as writer,
    ):
        writer.add(DATABASE, chunks())

    assert [file.name for file in path.parent.iterdir()] == [path.name]
    assert path.read_bytes() == b"the earlier one"


def test_two_backups_do_not_write_one_file(path: Path) -> None:
    with (
        archive.written(path, replace=False),
        pytest.raises(Conflict, match="Another backup is writing"),
        archive.written(path, replace=False),
    ):
        pass


def test_a_part_that_failed_can_be_written_again(path: Path) -> None:
    def broken() -> Iterator[bytes]:
        yield b"something longer than what comes then" * 100
        raise ConnectionError

    with archive.written(path, replace=False) as writer:
        with pytest.raises(ConnectionError):
            writer.add("objects/a", broken())
        content = writer.add("objects/a", [b"whole"])

    with tarfile.open(path) as tar:
        assert (tar.extractfile("objects/a") or io.BytesIO()).read() == b"whole"
    assert content.size == 5
