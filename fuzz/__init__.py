"""Hostile inputs at every door: ``python -m fuzz``, or ``make fuzz``.

Each door takes something from outside: a question, a review's folder, a file of scenarios, an
expert's workbook, a network, a link, what was kept from an earlier run. For every input the outcome
must be an answer or one clear line, soon, with memory flat. :mod:`.drive` holds a door to that,
:mod:`.doors` lists them, :mod:`.mutation` spoils what was valid, :mod:`.report` writes
docs/fuzz.md.

An input depends on its door, the seed and its number alone, so that every run can be repeated; and
it is nothing but files, so that one which fails can be kept, read and tried again.
"""
