"""ONNX Runtime, with its telemetry turned off before it is imported.

Its packages send events to their maker by default, also on Linux: importing 1.31 writes a device id
and a queue of events into the home. This variable, read once, stops all of it
(https://github.com/microsoft/onnxruntime/pull/27379; under its other name, pull request 29843).
"""

from __future__ import annotations

import os

os.environ["ORT_DISABLE_TELEMETRY"] = os.environ["ORT_TELEMETRY_DISABLED"] = "1"

import onnxruntime
from onnxruntime.capi import onnxruntime_pybind11_state as errors

__all__ = ["errors", "onnxruntime"]
