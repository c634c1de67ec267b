#!/usr/bin/env bash
# Writes requirements.lock: exact versions of all that the program needs, and of what builds it, with
# hashes for every platform and Python.
#
# torch, and the CUDA packages that come with some builds of it, are left out: which build fits depends
# on the machine, builds for processors come from other places with hashes of their own, and a hash here
# would choose the one with gigabytes of CUDA for everybody. Its version is in pyproject.toml.
set -euo pipefail
cd "$(dirname "$0")/.."
UV=${UV:-uv}

compile() {
	# editables: what hatchling asks for when it builds an editable installation.
	"${PYTHON:-python3}" -c 'import tomllib
with open("pyproject.toml", "rb") as file:
    print(*tomllib.load(file)["build-system"]["requires"], "editables", sep="\n")' |
		"$UV" pip compile pyproject.toml - --universal --python-version 3.11 --generate-hashes \
			--no-config --no-annotate --custom-compile-command "make lock" --quiet "$@"
}

left_out=$(compile | sed -nE 's/^(torch|triton|nvidia-[^=]*|cuda-[^=]*)==.*/--no-emit-package=\1/p')
# shellcheck disable=SC2086  # a word for each
compile $left_out >requirements.lock.new
mv requirements.lock.new requirements.lock
