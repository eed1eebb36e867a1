"""SOQL: a grammar makes a tree of it, the tree is compiled to SQL over the org's SQLite store, cursors page it."""
