"""Moves records between a Django database and an org; the only layer where the two meet.

Pull: `windows` and `load` learn which ids to look at, `fetch` reads them, `apply` merges and writes,
`deletes` removes. Push: `claim` fixes what will be sent, `send` sends it, `settle` records the answers.
`merging` decides every field for both directions. No function here prints or exits; each returns a report.
"""
