"""SOQL: a grammar makes a tree of it, the tree becomes SQL over the org's store, cursors page the answer."""
