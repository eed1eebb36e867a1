import pytest

from sfsync.testing import ids


@pytest.mark.parametrize(
    "known", ["001dM00003jU9GxQAK", "005dM00000aYf0qQAC", "00DdM00000vfgTuUAI", "012000000000000AAA"]
)
def test_checksum_agrees_with_ids_of_real_orgs(known: str) -> None:
    assert ids.to_18(known[:15]) == known
    assert ids.is_id(known)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "001dM00003jU9Gx1",
        "001dM00003jU9GxQAJ",
        "001DM00003jU9GxQAK",
        "001dM00003jU9G!",
        "\uff10\uff10\uff11dM00003jU9Gx",
        None,
        7,
    ],
)
def test_what_is_no_id(text: object) -> None:
    assert not ids.is_id(text)


def test_to_18_refuses_what_is_no_id() -> None:
    with pytest.raises(ValueError, match="not a record id"):
        ids.to_18("nonsense")


def test_made_ids_are_valid_distinct_and_sort_by_number() -> None:
    made = [ids.make_id("003", number) for number in (1, 2, 61, 62, 3843, 3844, 10**6)]
    assert all(ids.is_id(one) and len(one) == 18 for one in made)
    assert [one[:15] for one in made] == sorted({one[:15] for one in made})


def test_ids_run_out() -> None:
    with pytest.raises(ValueError, match="no more ids"):
        ids.make_id("003", 62**9)
