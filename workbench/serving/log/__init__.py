"""The prediction log: one row for each predicted row, written before the answer is sent."""

from workbench.serving.log.compactor import Compaction, Compactor
from workbench.serving.log.encode import RowEncoder, encode_label
from workbench.serving.log.mask import Mask, read_salt
from workbench.serving.log.place import LogPlace
from workbench.serving.log.prediction_log import Prediction, PredictionLog
from workbench.serving.log.request_id import RequestIds, time_of
from workbench.serving.log.segment import Backlog, backlog
from workbench.serving.log.spool import Spool

__all__ = [
    "Backlog",
    "Compaction",
    "Compactor",
    "LogPlace",
    "Mask",
    "Prediction",
    "PredictionLog",
    "RequestIds",
    "RowEncoder",
    "Spool",
    "backlog",
    "encode_label",
    "read_salt",
    "time_of",
]
