#!/usr/bin/env bash
# Builds the sdist, and the wheel from it; installs the wheel as pipx and "uv tool install" do (a new
# environment, nothing else in it), and asks the sample documents that it brings. Nothing of the checkout
# is used, and not its PYTHONPATH.
#
#   scripts/try_wheel.sh             with all that the wheel asks for (PyTorch too, with CUDA on Linux)
#   LOCKED=1 scripts/try_wheel.sh    with requirements.lock, as the image: without PyTorch, in seconds
#
# PYTHON: who makes the environment; UV: uv; WORK: where, by default a folder that is removed again.
set -euo pipefail
cd "$(dirname "$0")/.."
PYTHON=$(command -v "${PYTHON:-python3}")
UV=$(realpath "${UV:-.venv/bin/uv}")
unset PYTHONPATH VIRTUAL_ENV
work=${WORK:-$(mktemp -d)}
[ -n "${WORK:-}" ] || trap 'rm -rf "$work"' EXIT

"$UV" build --quiet --out-dir "$work/dist" .
lock=$PWD/requirements.lock
cd "$work"
"$UV" venv --quiet --python "$PYTHON" environment
install() { "$UV" pip install --quiet --python environment/bin/python "$@"; }
if [ -n "${LOCKED:-}" ]; then
	install --require-hashes --no-deps --requirement "$lock"
	install --no-deps dist/*.whl
else
	install dist/*.whl
fi

# Only what a new user has.
run() { env -i HOME="$work/home" PATH=/usr/bin:/bin LANG=C.UTF-8 environment/bin/rag-app "$@"; }
run --version
run completion bash | bash -n
samples=$(environment/bin/python -c 'import rag_app; print(rag_app.__path__[0])')/sample_documents
run ingest "$samples" --store store >ingested.txt
tail -n 1 ingested.txt
started=$(date +%s%N)
run ask "How long is the notice period?" --store store --json >answer.json
echo "The first answer took $((($(date +%s%N) - started) / 1000000)) ms."
environment/bin/python - <<'ANSWER'
import json

with open("answer.json", encoding="utf-8") as file:
    answer = json.load(file)
assert not answer["refused"] and answer["citations"][0]["supported"], answer
print(answer["citations"][0]["document"], "says:", answer["citations"][0]["quote"][:80])
ANSWER
du -sh --apparent-size environment | sed 's/\t.*/ in the environment/'
