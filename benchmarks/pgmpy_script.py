"""The cold start's counterpart: the same question, as a short script with pgmpy would ask it."""

import json
import logging
import sys
import warnings
from pathlib import Path

warnings.simplefilter("ignore")
logging.disable()

from pgmpy.factors.discrete import TabularCPD  # noqa: E402
from pgmpy.inference import VariableElimination  # noqa: E402
from pgmpy.models import DiscreteBayesianNetwork  # noqa: E402

network = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
model = DiscreteBayesianNetwork([(p, v) for v, table in network.items() for p in table["parents"]])
model.add_nodes_from(network)
for name, table in network.items():
    parents = table["parents"]
    model.add_cpds(
        TabularCPD(
            name,
            len(table["states"]),
            table["rows"],
            evidence=parents or None,
            evidence_card=[len(network[p]["states"]) for p in parents] or None,
            state_names={v: network[v]["states"] for v in (name, *parents)},
        )
    )
given = {"mandate": "mandated", "cultural_compatibility": "low"}
answer = VariableElimination(model).query(["dissolution"], evidence=given, show_progress=False)
print(repr(float(answer.get_value(dissolution="yes"))))
