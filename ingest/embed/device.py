"""Whether a model runs on the CPU: detects a GPU without importing torch."""

from __future__ import annotations

import os
import platform
import sys
from pathlib import Path

# Nvidia, AMD, and either of them seen from WSL.
LINUX_DRIVERS = (Path("/proc/driver/nvidia/version"), Path("/dev/kfd"), Path("/dev/dxg"))


def on_processor(device: str | None) -> bool:
    """Whether ``device`` is the CPU; None stands for the best that there is."""
    if device is not None:
        return device == "cpu"
    if not _may_have_gpu():
        return True
    import torch

    return not (torch.cuda.is_available() or torch.backends.mps.is_available())


def _may_have_gpu() -> bool:
    if sys.platform == "darwin":
        return platform.machine() == "arm64"
    if sys.platform == "win32":
        return (Path(os.environ.get("SYSTEMROOT", "C:/Windows")) / "System32/nvcuda.dll").exists()
    return any(driver.exists() for driver in LINUX_DRIVERS)
