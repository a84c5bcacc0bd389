"""The pages: layout and words. Every number on them comes from :mod:`cmocnet`.

``main`` is the script that streamlit runs; ``launch`` says how it is run. Each ``page_*`` is a page
and ``frame`` what all of them share; ``scenario`` holds what a visitor has said and ``contexts`` is
the panel that asks for it. ``comparison`` and ``sureness`` put the questions, ``helps`` ranks
single changes, ``cached`` keeps what takes a while. ``words``, ``view``, ``front`` and ``picture``
turn answers into text, HTML and SVG; ``downloads`` into files.
"""
