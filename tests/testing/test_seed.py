from pathlib import Path

from sfsync.testing.clock import Clock
from sfsync.testing.org import Org
from sfsync.testing.seed import seed


def count(org: Org, sobject: str, condition: str = "1") -> int:
    [row] = org.storage.read(f'SELECT COUNT(*) FROM "{sobject}" WHERE {condition}')
    return int(row[0])


def test_counts_and_variety(org: Org) -> None:
    seed(org, accounts=50, contacts=200, opportunities=100)
    assert [count(org, name) for name in ("Account", "Contact", "Opportunity")] == [50, 200, 100]
    assert count(org, "Account", '"ParentId" IS NOT NULL') == 10
    for sobject, column in (("Contact", "Email"), ("Contact", "AccountId"), ("Opportunity", "Amount")):
        assert 0 < count(org, sobject, f'"{column}" IS NULL') < count(org, sobject) / 2
    assert count(org, "Opportunity", '"Amount" % 100 != 0') > 0
    names = [row[0] for row in org.storage.read('SELECT "Name" FROM "Contact"')]
    assert not all(name.isascii() for name in names)


def test_the_same_records_for_the_same_numbers(clock: Clock) -> None:
    found = []
    for _ in range(2):
        org = Org(clock=clock)
        seed(org, accounts=10, contacts=20, opportunities=5)
        found.append([tuple(row) for row in org.storage.read('SELECT * FROM "Contact" ORDER BY "Id"')])
        org.close()
    assert found[0] == found[1]


def test_a_seeded_file_is_left_alone(tmp_path: Path) -> None:
    for accounts in (3, 7):
        org = Org(tmp_path / "org.sqlite3")
        seed(org, accounts=accounts, contacts=2, opportunities=0)
        assert [count(org, "Account"), count(org, "Contact")] == [3, 2]
        org.close()


def test_contacts_without_accounts(org: Org) -> None:
    seed(org, accounts=0, contacts=3, opportunities=3)
    assert count(org, "Contact", '"AccountId" IS NULL') == 3
