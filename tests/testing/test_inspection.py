from sfsync.testing.inspection import counts, history, stored


def test_rows_are_stored_whoever_may_see_them_and_after_they_were_deleted(org, user):
    record_id = org.create(
        "Opportunity",
        {"Name": "O", "StageName": "Prospecting", "CloseDate": "2026-12-01", "Amount": 5.5},
        user,
    )
    kept = org.create(
        "Opportunity", {"Name": "P", "StageName": "Prospecting", "CloseDate": "2026-12-01"}, user
    )
    org.delete("Opportunity", record_id, user)
    first, second = stored(org, "opportunity")
    assert (first["Id"], first["Amount"], first["IsDeleted"]) == (record_id, 5.5, True)
    assert (second["Id"], second["Amount"], second["IsDeleted"]) == (kept, None, False)
    assert stored(org, "Opportunity", record_id[:15]) == [first]
    assert counts(org)["Opportunity"] == {"stored": 2, "deleted": 1}


def test_the_history_tells_each_write_with_its_times(org, clock, user):
    values = {"Name": "O", "StageName": "Prospecting", "CloseDate": "2026-12-01", "Amount": 5.5}
    record_id = org.create("Opportunity", values, user)
    clock.advance(60)
    org.update("Opportunity", record_id, {"Amount": 7}, user)
    created, changed = history(org, record_id[:15])
    assert (created["operation"], created["changed"]["Amount"]) == ("create", 5.5)
    assert (changed["operation"], changed["stamp"], changed["committed"]) == (
        "update", "2026-11-23T12:01:30.000+0000", "2026-11-23T12:01:30.000+0000",
    )  # fmt: skip
    assert changed["changed"]["Amount"] == 7.0
