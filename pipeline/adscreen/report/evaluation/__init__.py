"""The report of an evaluation: tables of a run -> plain data -> one page, and the same as JSON and CSV."""
