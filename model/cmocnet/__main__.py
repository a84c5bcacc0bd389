"""``python -m cmocnet``: the command line."""

from __future__ import annotations

from cmocnet.cli import main

if __name__ == "__main__":
    raise SystemExit(main())
