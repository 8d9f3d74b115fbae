#!/usr/bin/env bash
# The steps of a release that a machine can check (docs/pages/releasing.md): on a clone of what is committed, in a
# scratch folder, into environments made for it. Every step is run; the exit code is that of the worst.
# docs/release_check.sh [--ci]: with .ci/run too. PYTHON names the interpreter (default python3).
set -uo pipefail
root="$(git -C "$(dirname "${BASH_SOURCE[0]}")" rev-parse --show-toplevel)"
python="${PYTHON:-python3}"
scratch="$(mktemp -d)"
trap 'rm -rf "$scratch"' EXIT
cd "$scratch" || exit 2
failed=0

step() { # NAME COMMAND...
  local name="$1" began="$SECONDS"
  shift
  if "$@" >log 2>&1; then
    printf 'ok      %4d s  %s\n' "$((SECONDS - began))" "$name"
  else
    failed=1
    printf 'FAILED  %4d s  %s\n' "$((SECONDS - began))" "$name"
    tail -n 15 log | sed 's/^/        /'
  fi
}

committed() { [ -z "$(git -C "$root" status --porcelain)" ] || { git -C "$root" status --short; false; }; }
version() { sed -n 's/^version = "\([^"]*\)".*/\1/p' clone/pyproject.toml | head -n 1; }
untagged() { [ -z "$(git -C "$root" tag --list "v$(version)")" ] || { echo "v$(version) is tagged"; false; }; }
dated() { grep -qE "^## \[$(version)\] - [0-9]{4}-[0-9]{2}-[0-9]{2}$" clone/CHANGELOG.md || { grep -m 1 '^## ' clone/CHANGELOG.md; false; }; }
built() { "$python" -m venv build && build/bin/pip install -q build twine && build/bin/python -m build --outdir dist clone; }
rendered() { build/bin/twine check --strict dist/*; }
installed() { "$python" -m venv bare && bare/bin/pip install -q dist/*.whl && [ "$(bare/bin/fvtheory --version)" = "fvtheory $(version)" ]; }
documented() { bare/bin/pip install -q "$(echo dist/*.whl)[docs]" && NO_MKDOCS_2_WARNING=1 bare/bin/mkdocs build -q --strict -f clone/docs/mkdocs.yml -d "$scratch/site"; }
measured() { (cd clone && ../bare/bin/python -m benchmarks --check); }

export PIP_DISABLE_PIP_VERSION_CHECK=1
step "everything is committed" committed
step "a clone" git clone -q "$root" clone
step "the version has no tag yet" untagged
step "the changelog has the version, with a date" dated
step "sdist and wheel build in environments of their own" built
step "the index would show the README" rendered
step "the wheel installs with what it needs, into a bare environment" installed
step "fvtheory verify: all claims are decided" bare/bin/fvtheory verify --timeout 20
step "fvtheory report" bare/bin/fvtheory report --timeout 20 --out report.html
step "certificates, checked without a solver" bare/bin/python -m fvtheory.certificate_checker clone/proofs/certificates
step "the documentation builds without a warning" documented
step "benchmarks: all are kept for this version, and passed" measured
[ "${1:-}" != --ci ] || step ".ci/run" clone/.ci/run
exit "$failed"
