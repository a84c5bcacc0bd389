"""Floor 6: real experts in place of the coder: questions out, answers in, one prior set back.

==================  ==============================================================================
:mod:`.template`    one question a judgement, in words, as a CSV and an .xlsx to fill in
:mod:`.answers`     what an expert filled in, read strictly
:mod:`.verbal`      the words that may stand for numbers
:mod:`.fit`         three percentiles -> a Beta or log-normal (SHELF's least squares)
:mod:`.pool`        several experts -> one distribution (linear or logarithmic pool)
:mod:`.panel`       files in, pooled judgements and what to talk about out
:mod:`.overlay`     pooled judgements -> a prior set that ``cmocnet.load(priors=...)`` lays over
:mod:`.diff`        what changed between two prior sets, and how far the headline answers move
:mod:`.statements`  pairs of questions, one a stated effect, for the solver in place of judgements
:mod:`.hearing`     what experts answered to those, pooled
==================  ==============================================================================
"""

from cmocnet.survey.diff import Difference, compare
from cmocnet.survey.overlay import write_priors
from cmocnet.survey.panel import Panel, convene
from cmocnet.survey.template import write_template

__all__ = ["Difference", "Panel", "compare", "convene", "write_priors", "write_template"]
