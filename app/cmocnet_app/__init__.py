"""The pages: layout and words. Every number on them comes from :mod:`cmocnet`.

``main`` is the script that streamlit runs; ``launch`` says how it is run. Each folder imports only
from those after it: ``screens`` are whole pages, ``sections`` the parts they are made of,
``exports`` what is taken away, ``markup`` answers as HTML and SVG, ``answers`` what the network
says, ``state`` what a visitor has said, ``serving`` whose turn it is. ``words`` puts into plain
words what any of them shows.
"""
