"""SOSL: the text of a search, what it looks for, and the records found."""
