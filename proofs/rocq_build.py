"""``python -m proofs rocq``: compile the Rocq proofs and record what they prove from which axioms.

The sources are compiled in a folder of their own. Every theorem that a ``theorems*.toml`` lists must be
there, rest on no axiom but those allowed, and, where it refutes, conclude ``~ P`` for a definition P.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import tempfile
import tomllib
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from fvtheory.claims import PAPERS, claims_of
from fvtheory.errors import FvtheoryError, InvalidInputError, MissingDependencyError
from fvtheory.information import check_convention
from fvtheory.obligations import PROVED, REFUTED
from fvtheory.vouchers import RECORD, digests

FOLDER = Path(__file__).parent / "rocq"
LIBRARY = "FV"
JOBS = 2
SECONDS_A_FILE = 1800
NAMES_A_RUN = 32

AXIOMS = frozenset(
    [
        "ClassicalDedekindReals.sig_forall_dec",
        "ClassicalDedekindReals.sig_not_dec",
        "FunctionalExtensionality.functional_extensionality_dep",
        "Classical_Prop.classic",
    ]
)
"""The axioms of the real numbers in the standard library, and excluded middle."""

FORBIDDEN = re.compile(
    r"\b(Admitted|admit|give_up|Axioms?|Parameters?|Conjectures?|Declare\s+ML\s+Module|bypass_check"
    r"|Unset\s+(Guard|Positivity|Universe)\s+Checking|type_in_type)\b"
)
_KEYS = ("name", "file", "claim", "variant", "verdict", "dims", "convention", "statement")


class ProofError(FvtheoryError):
    """A Rocq proof that does not hold, or is not what it is said to be."""


@dataclass(frozen=True)
class Listed:
    """An entry of a list of theorems: what it is to prove of which claim."""

    name: str
    file: str
    claim: str
    variant: str
    verdict: str
    dims: str | list[int]
    convention: str
    statement: str

    @property
    def qualified(self) -> str:
        return f"{LIBRARY}.{self.file.removesuffix('.v')}.{self.name}"


def listed_theorems(folder: Path = FOLDER) -> list[Listed]:
    """The entries of all lists of theorems in the folder.

    Raises:
        InvalidInputError: when an entry is incomplete, is about no claim of a paper, or comes twice.
    """
    known = {(c.id, c.variant) for paper in PAPERS for c in claims_of(paper)}
    sources = {p.name for p in folder.glob("*.v")}
    found: dict[tuple[str, str, str, str], Listed] = {}
    for path in sorted(folder.glob("theorems*.toml")):
        try:
            entries = tomllib.loads(path.read_text(encoding="utf-8")).get("theorem", [])
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise InvalidInputError(f"{path.name}: {error}", "TOML") from error
        for entry in entries:
            where = f"{path.name}, {entry.get('name', 'a theorem')}"
            if set(entry) != set(_KEYS):
                wrong = ", ".join(sorted(set(entry) ^ set(_KEYS)))
                raise InvalidInputError(f"{where}: {wrong}", f"the keys {', '.join(_KEYS)}")
            theorem = Listed(**entry)
            if (theorem.claim, theorem.variant) not in known:
                raise InvalidInputError(
                    f"{where}: {theorem.claim} ({theorem.variant})", "a claim of the paper"
                )
            if theorem.verdict not in (PROVED, REFUTED):
                raise InvalidInputError(f"{where}: verdict {theorem.verdict}", "PROVED or REFUTED")
            check_convention(theorem.convention)
            if theorem.dims != "all" and not _positive(theorem.dims):
                raise InvalidInputError(f"{where}: dims {theorem.dims}", '"all" or a list of dimensions')
            if theorem.file not in sources:
                raise InvalidInputError(f"{where}: file {theorem.file}", "a source of the folder")
            key = (theorem.qualified, theorem.claim, theorem.variant, theorem.convention)
            if key in found:
                raise InvalidInputError(f"{where} listed twice", "one entry a theorem and claim")
            found[key] = theorem
    return list(found.values())


def _positive(dims: object) -> bool:
    return isinstance(dims, list) and bool(dims) and all(type(d) is int and d > 0 for d in dims)


def version() -> str | None:
    """The version of Rocq on the PATH, or None."""
    if shutil.which("coqc") is None or shutil.which("coqdep") is None:
        return None
    return _run(["coqc", "--print-version"], Path.cwd()).split()[0]


def _run(command: Sequence[str], folder: Path) -> str:
    """Standard output of a command; a ProofError with its complaint when it fails."""
    try:
        run = subprocess.run(
            command, cwd=folder, capture_output=True, text=True, timeout=SECONDS_A_FILE, check=False
        )
    except subprocess.TimeoutExpired as error:
        raise ProofError(
            f"{' '.join(command)}: no end after {SECONDS_A_FILE} s", "a proof that ends"
        ) from error
    if run.returncode != 0:
        raise ProofError(f"{' '.join(command)}: {run.stderr.strip()[-2000:]}", "a proof that Rocq accepts")
    return run.stdout


# ---- sources ---------------------------------------------------------------------------------------


def without_comments(source: str) -> str:
    """A Rocq source with comments and strings blanked out."""
    kept: list[str] = []
    depth, in_string, i = 0, False, 0
    while i < len(source):
        two = source[i : i + 2]
        if in_string:
            in_string = source[i] != '"'
            i += 1
        elif source[i] == '"':
            in_string = True
            i += 1
        elif two == "(*":
            depth += 1
            i += 2
        elif two == "*)" and depth:
            depth -= 1
            i += 2
            kept.append(" ")
        else:
            if not depth:
                kept.append(source[i])
            i += 1
    return "".join(kept)


def check_sources(folder: Path) -> None:
    """Raise ProofError for a source that assumes instead of proving."""
    for path in sorted(folder.glob("*.v")):
        found = FORBIDDEN.search(without_comments(path.read_text(encoding="utf-8")))
        if found:
            raise ProofError(f"{path.name}: {found[0]}", "proofs without assumptions of their own")


def dependencies(folder: Path) -> dict[str, set[str]]:
    """For every source the sources it requires, by file name."""
    files = sorted(p.name for p in folder.glob("*.v"))
    needs: dict[str, set[str]] = {name: set() for name in files}
    for line in _run(["coqdep", "-Q", ".", LIBRARY, *files], folder).splitlines():
        made, _, needed = line.partition(":")
        if f"{made.split()[0]}".endswith(".vo"):
            name = f"{made.split()[0].removesuffix('.vo')}.v"
            required = {f"{w.removesuffix('.vo')}.v" for w in needed.split() if w.endswith(".vo")}
            needs[name] = required & set(files)
    return needs


def compile_file(name: str, folder: Path) -> None:
    """Compile one source whose requirements are compiled."""
    _run(["coqc", "-q", "-Q", ".", LIBRARY, name], folder)


def compile_all(folder: Path, needs: Mapping[str, set[str]], jobs: int = JOBS) -> None:
    """Compile all sources, each after those it requires; the first error ends it."""
    waiting, done = dict(needs), set[str]()
    running: dict[Future[None], str] = {}
    with ThreadPoolExecutor(jobs) as pool:
        while waiting or running:
            ready = [name for name, required in waiting.items() if required <= done]
            if not ready and not running:
                raise ProofError(f"{', '.join(waiting)} require each other", "sources in some order")
            for name in ready:
                del waiting[name]
                future = pool.submit(compile_file, name, folder)
                running[future] = name
            finished, _ = wait(running, return_when=FIRST_COMPLETED)
            for future in finished:
                name = running.pop(future)
                future.result()
                done.add(name)


@contextmanager
def scratch(folder: Path = FOLDER):
    """A copy of the sources, so that no product of a build lies beside them."""
    with tempfile.TemporaryDirectory(prefix="rocq-") as place:
        for path in folder.glob("*.v"):
            shutil.copy(path, place)
        yield Path(place)


# ---- what is proved --------------------------------------------------------------------------------


def statements(
    folder: Path, names: Sequence[str], jobs: int = JOBS
) -> dict[str, tuple[str, tuple[str, ...]]]:
    """The type and the axioms of each theorem, by its qualified name, in a folder that is compiled.

    Print Assumptions walks through all proofs below a theorem and takes most of a second.
    """
    chunks = [names[i : i + NAMES_A_RUN] for i in range(0, len(names), NAMES_A_RUN)]
    with ThreadPoolExecutor(jobs) as pool:
        answers = list(pool.map(lambda chunk: _statements(folder, chunk), chunks))
    return {name: found for answer in answers for name, found in answer.items()}


def _statements(folder: Path, names: Sequence[str]) -> dict[str, tuple[str, tuple[str, ...]]]:
    lines = ["Require Import Reals.", "Open Scope R_scope."]
    lines += ["Set Printing Width 100000.", "Set Printing Depth 100000."]
    lines += [f"Require {LIBRARY}.{p.stem}." for p in sorted(folder.glob("*.v"))]
    for i, name in enumerate(names):
        lines.append(f'Redirect "type-{i}" Check {name}.')
        lines.append(f'Redirect "axioms-{i}" Print Assumptions {name}.')
    found = {}
    with tempfile.TemporaryDirectory(prefix="rocq-") as place:
        (Path(place) / "questions.v").write_text("\n".join(lines) + "\n", encoding="utf-8")
        _run(["coqc", "-q", "-Q", str(folder), LIBRARY, "questions.v"], Path(place))
        for i, name in enumerate(names):
            shown = (Path(place) / f"type-{i}.out").read_text(encoding="utf-8")
            assumed = (Path(place) / f"axioms-{i}.out").read_text(encoding="utf-8")
            kind = " ".join(shown.partition(":")[2].split())
            found[name] = (kind, axioms_in(assumed))
    return found


def axioms_in(answer: str) -> tuple[str, ...]:
    """The names in the answer to Print Assumptions.

    Raises:
        ProofError: when it speaks of anything but axioms.
    """
    lines = [line for line in answer.splitlines() if line.strip()]
    if lines == ["Closed under the global context"]:
        return ()
    if not lines or lines[0] != "Axioms:":
        raise ProofError(f"Print Assumptions: {answer.strip()}", "axioms, or none")
    named = [line for line in lines[1:] if not line[0].isspace()]
    odd = [line for line in named if line.endswith(":") and " " in line.strip()]
    if odd or not named:
        raise ProofError(f"Print Assumptions: {(odd or [answer])[0]}", "axioms, or none")
    return tuple(sorted(line.split()[0] for line in named))


def refuted_definition(kind: str) -> str | None:
    """P for a type ``~ P ...`` with a name P and without premises, which could be contradictory; else None."""
    found = re.fullmatch(r"~ @?([A-Za-z_][\w.']*)( [^<>=]*)?", kind)
    return found[1] if found else None


def check_refutations(folder: Path, theorems: Iterable[Listed], found: Mapping[str, tuple]) -> None:
    """Raise ProofError unless every refuting theorem concludes ``~ P`` and P is a definition with a body."""
    lines, asked = [f"Require Import {LIBRARY}.{p.stem}." for p in sorted(folder.glob("*.v"))], []
    for t in theorems:
        if t.verdict == REFUTED:
            kind, _ = found[t.qualified]
            name = refuted_definition(kind)
            if name is None:
                raise ProofError(f"{t.name} : {kind}", "the type ~ P, P a definition")
            # delta fails to change a constant without a body, and "is_const" fails for anything else
            lines.append(
                f"Goal True. is_const {name}; let b := eval cbv delta [{name}] in {name} in "
                f"tryif constr_eq b {name} then fail else idtac. exact I. Qed."
            )
            asked.append(name)
    if not asked:
        return
    with tempfile.TemporaryDirectory(prefix="rocq-") as place:
        (Path(place) / "refutations.v").write_text("\n".join(lines) + "\n", encoding="utf-8")
        _run(["coqc", "-q", "-Q", str(folder), LIBRARY, "refutations.v"], Path(place))


def build(
    folder: Path = FOLDER, allowed: frozenset[str] = AXIOMS, say: Callable[[str], None] = lambda words: None
) -> dict:
    """Compile everything and return the record; ``say`` is told what comes next.

    Raises:
        MissingDependencyError: when Rocq is not installed.
        ProofError: when a source assumes or does not compile, a listed theorem is not there, rests on
            an axiom that is not allowed, or refutes no definition.
        InvalidInputError: when a list of theorems is malformed.
    """
    found_version = version()
    if found_version is None:
        raise MissingDependencyError("no coqc and coqdep", "Rocq (Coq 8.16 or newer)", "apt install coq")
    theorems = listed_theorems(folder)
    check_sources(folder)
    before = digests(folder)
    names = list(dict.fromkeys(t.qualified for t in theorems))
    with scratch(folder) as place:
        needs = dependencies(place)
        say(f"compiling {len(needs)} files")
        compile_all(place, needs)
        say(f"asking for the axioms of {len(names)} theorems")
        found = statements(place, names)
        check_refutations(place, theorems, found)
    entries = []
    for t in theorems:
        kind, axioms = found[t.qualified]
        beyond = sorted(set(axioms) - allowed)
        if beyond:
            raise ProofError(f"{t.name} rests on {beyond[0]}", f"no axioms but {', '.join(sorted(allowed))}")
        entries.append({**t.__dict__, "type": kind, "axioms": list(axioms)})
    if digests(folder) != before:
        raise ProofError("the sources changed while they were compiled", "sources at rest", "run it again")
    return {"coq": found_version, "sources": before, "theorems": entries}


def differences(record: dict, folder: Path = FOLDER) -> list[str]:
    """How the record in the folder differs from a build, the version of Rocq aside."""
    path = folder / RECORD
    if not path.exists():
        return [f"no {RECORD}"]
    old = json.loads(path.read_bytes())
    lines = [
        f"{RECORD} was made for another {name}"
        for name, _ in sorted(set(old["sources"].items()) ^ set(record["sources"].items()))
    ]
    known = {(t["name"], t["file"], t["claim"], t["variant"], t["convention"]): t for t in old["theorems"]}
    built = {(t["name"], t["file"], t["claim"], t["variant"], t["convention"]): t for t in record["theorems"]}
    for key in sorted(set(known) | set(built)):
        if known.get(key) != built.get(key):
            lines.append(f"{key[0]}: {RECORD} has {known.get(key)}, built {built.get(key)}")
    return lines


def write(record: dict, folder: Path = FOLDER) -> None:
    text = json.dumps(record, indent=1, ensure_ascii=False) + "\n"
    (folder / RECORD).write_bytes(text.encode())
