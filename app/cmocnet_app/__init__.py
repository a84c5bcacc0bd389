"""The what-if page: layout and words. Every number on it comes from :mod:`cmocnet`.

``main`` is the script that streamlit runs; ``launch`` says how it is run; ``scenario`` holds what a
visitor has said and ``comparison`` what the network answers; ``words`` and ``view`` turn answers
into text and HTML; ``page_what_if`` and ``contexts`` lay the page out.
"""
