"""Marks for notebooks one does not trust: run in a sandboxed child, compared in the parent."""
