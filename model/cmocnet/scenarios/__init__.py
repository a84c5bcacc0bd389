"""Floor 5: many scenarios at once, one row each: a column a variable, an empty cell not observed.

``predict`` answers for a pandas frame, ``predict_file`` for CSV and Parquet of any length, chunk by
chunk, so that memory does not grow with the file.
"""

from cmocnet.scenarios.files import Predicted, Progress, predict_file
from cmocnet.scenarios.table import predict

__all__ = ["Predicted", "Progress", "predict", "predict_file"]
