"""Timings of this project's engine beside its peers', in one run: ``python -m benchmarks``.

:mod:`.timing` says how is measured, :mod:`.peers` how the others are asked, :mod:`.results` what a
measurement is. The workloads stand in :mod:`.posteriors`, :mod:`.batches`, :mod:`.judged`,
:mod:`.derivatives` and :mod:`.commands`; :mod:`.report` and :mod:`.chart` write what came of them.
"""
