import resource
import tempfile

import pytest

from sfsync import exceptions
from sfsync.client.bulk import parts as parts_of
from sfsync.client.bulk.parts import IN_MEMORY, parts


def fail(record, error):
    raise error


def cut(records, largest):
    return [b"".join(part.pieces()) for part in parts(["Name"], records, fail, key="Name", largest=largest)]


def records(number, length=4):
    return [{"Name": f"{place:0{length}}"} for place in range(number)]


def test_a_part_is_never_larger_than_allowed():
    """A header of six bytes, and three lines of six."""
    found = cut(records(7), 24)
    assert found == [
        b"Name\r\n" + b"".join(f"{n:04}\r\n".encode() for n in some) for some in ([0, 1, 2], [3, 4, 5], [6])
    ]


def test_a_record_that_is_larger_than_a_part_goes_alone():
    assert [len(part) for part in cut(records(2, 100), 50)] == [108, 108]


def test_size_and_rows_are_those_of_the_pieces():
    (part,) = parts(["Name"], records(3), fail, key="Name")
    assert (part.rows, part.size) == (3, 24)


def test_pieces_can_be_read_again():
    for part in parts(["Name"], records(40_000), fail, key="Name"):
        first = b"".join(part.pieces())
        assert first == b"".join(part.pieces())
        assert len(first) == part.size


def test_a_full_disk_is_an_error_that_names_the_place():
    """Covers F69: a file may not grow beyond what this process is allowed."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (IN_MEMORY // 2, before[1]))
    try:
        with pytest.raises(exceptions.EngineError, match=f"{tempfile.gettempdir()}.*TMPDIR"):
            list(parts(["Name"], records(2 * IN_MEMORY // 1_000, 1_000), fail, key="Name"))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_the_largest_upload_is_what_salesforce_recommends():
    assert parts_of.LARGEST_UPLOAD * 4 / 3 < 150_000_000
