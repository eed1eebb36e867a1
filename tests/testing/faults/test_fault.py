import pytest

from sfsync.testing.faults import Fault, FaultError
from sfsync.testing.faults.fault import Match


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        ({"action": "explode"}, "There is no fault 'explode'. Known are: blank_rows, "),
        ({"action": "drop", "speed": 3}, "The fault 'drop' has no option 'speed'. Possible are: contains, "),
        ({"action": "drop", "when": "later"}, "when is 'before' or 'after', not 'later'"),
        ({"action": "lock_rows", "share": 2}, "share is a number from 0 to 1"),
        ({"action": "status", "status": 99}, "status is a number from 200 to 599"),
        ({"action": "redirect"}, "location"),
        ({"action": "drop", "times": "many"}, "times must be int | None, not 'many'"),
        ({"action": "delay", "seconds": None}, "seconds must be float, not None"),
        ({"action": "delay", "seconds": True}, "seconds must be float, not True"),
        ({"action": "status", "headers": []}, "headers must be Mapping"),
        ({"action": "write", "writes": "all"}, "writes must be Sequence"),
        ({"action": "write", "writes": ["all"]}, "operation of create"),
        ({"action": "drop", "nth": 0}, "nth counts from 1"),
        ({"action": "drop", "probability": 1.5}, "probability is a number from 0 to 1"),
        ({"action": "write", "writes": [{"operation": "burn", "sobject": "Account"}]}, "operation of create"),
    ],
)
def test_faults_that_make_no_sense_are_refused(options, reason):
    with pytest.raises(FaultError) as caught:
        Fault.of_options(1, options.pop("action"), options)
    assert reason in str(caught.value)


@pytest.mark.parametrize(
    ("match", "fits"),
    [
        ({}, True),
        ({"method": "post"}, True),
        ({"method": "GET"}, False),
        ({"path": "*/composite/sobjects"}, True),
        ({"path": "*/sobjects/Account/*"}, False),
        ({"kind": "collections"}, True),
        ({"kind": "query"}, False),
        ({"contains": "GENEPOINT"}, True),
        ({"contains": "allornone=TRUE"}, True),
        ({"contains": "Acme"}, False),
        ({"method": "POST", "contains": "Acme"}, False),
    ],
)
def test_a_match_compares_all_that_it_names(match, fits):
    path, text = "/services/data/v66.0/composite/sobjects", 'allornone=true\n{"name":"genepoint"}'
    assert Match(**match).fits("POST", path, "collections", text) is fits


def test_a_fault_is_described_as_it_was_given():
    fault = Fault.of_options(7, "status", {"status": 503, "path": "*/query", "times": 2})
    assert fault.body() == {"id": 7, "action": "status", "status": 503, "path": "*/query", "times": 2}
