"""One compiled engine: every posterior and every derivative in one forward and one backward run.

How a question travels. :func:`compile` checks the network (:mod:`.source`) and numbers its entries
(:class:`.circuit.Factors`). A method of :class:`Program` has the :class:`.indicators.Codebook` turn
names and evidence into numbers; :mod:`.marginals` adds weights that meet fixed marginals. Then
:mod:`.selection` says which circuit to run, the whole network's or one cut down for a question
asked often; a new one is planned (:mod:`.elimination_order`, :mod:`.contraction`, :mod:`.plan`) and
packed (:mod:`.circuit`). :mod:`.run` runs it: by :mod:`.kernels`, compiled by Numba, or by
:mod:`.logs`, NumPy in logarithms, while Numba is not worth its import and for what is too small
for doubles. Many scenarios or draws of tables are lanes (:mod:`.predict`): :mod:`.batch` runs the
same steps for each, once for all lanes alike in what the step reads. Numbers come back as
:mod:`.answers`; evidence that cannot be is explained by :mod:`.conflict`. :mod:`.reference` asks
pgmpy the same.

Importing this package imports neither Numba nor pgmpy.
"""

from __future__ import annotations

from typing import Literal, overload

from cmocnet.engine.answers import Distribution, Posteriors
from cmocnet.engine.program import Program
from cmocnet.engine.reference import ReferenceEngine
from cmocnet.engine.source import discrete_network
from cmocnet.errors import QueryError
from cmocnet.formats import read

__all__ = ["Distribution", "Posteriors", "Program", "ReferenceEngine", "compile", "read"]


@overload
def compile(network: object, *, engine: Literal["compiled"] = "compiled") -> Program: ...


@overload
def compile(network: object, *, engine: Literal["pgmpy"]) -> ReferenceEngine: ...


def compile(
    network: object, *, engine: Literal["compiled", "pgmpy"] = "compiled"
) -> Program | ReferenceEngine:
    """A program that answers questions about the network.

    Parameters
    ----------
    network
        A :class:`~cmocnet.typing.DiscreteNetwork`, such as :func:`read` gives, a pgmpy
        ``DiscreteBayesianNetwork``, or the path of a BIF file.
    engine
        ``compiled`` is this project's; ``pgmpy`` is the reference that must agree with it.

    Raises
    ------
    ModelError
        If the tables do not make a valid network.
    FileError
        If a path is no BIF file, or cannot be read.

    >>> import numpy as np
    >>> from cmocnet.typing import DiscreteNetwork, Evidence, Table
    >>> rain = Table("rain", (), np.array([0.8, 0.2]))
    >>> wet = Table("wet", ("rain",), np.array([[0.9, 0.1], [0.2, 0.8]]))
    >>> states = {"rain": ("no", "yes"), "wet": ("no", "yes")}
    >>> program = compile(DiscreteNetwork(states, {"rain": rain, "wet": wet}))
    >>> round(program.posteriors(Evidence(observed={"wet": "yes"}))["rain"]["yes"], 4)
    0.6667
    """
    found = discrete_network(network)
    if engine == "pgmpy":
        return ReferenceEngine(found)
    if engine != "compiled":
        raise QueryError(f"unknown engine {engine!r}", expected="compiled or pgmpy")
    return Program(found)
