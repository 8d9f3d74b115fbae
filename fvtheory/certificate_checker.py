"""Checks certificates of SMT-LIB questions in exact arithmetic: no solver, nothing else of this package.

A question is a script over the reals: do some values meet all its assertions? A certificate is a JSON object with
the ``script``, its ``sha256``, and either such ``values`` or ``steps``, each of which refutes some subformulas:

- ``{"sum": [[c, [i, j, ...], symbol, ...], ...]}``: the terms c*p_i*p_j*...*symbol*... add up to zero, p_i being the
  polynomial of comparison i, which is ``> 0``, ``>= 0`` or ``= 0``; yet no term is negative and one is positive.
  (Without a factor that is ``= 0``, c must be positive and no symbol a factor.)
- ``{"cases": i, "by": [k, l, ...]}``: formula i is a disjunction, and steps k, l, ... refute its parts.

The last step refutes the assertions; for each term t of ``cuts``, "t < 0 or t = 0 or t > 0" is one more. Formulas are
in negation normal form, a != b as a > b or b > a, numbered from 0 as they first occur, outer before inner.
"""

import hashlib
import json
import re
import sys
from fractions import Fraction
from functools import reduce
from operator import eq, ge, gt
from pathlib import Path

TOKEN, RATIONAL = map(re.compile, (r"[()]|\|[^|]*\||[^\s()|]+", r"-?[0-9]+(\.[0-9]+|/[0-9]+)?"))


def require(condition, reason):
    if not condition:
        raise ValueError(reason)


def rational(text):
    require(RATIONAL.fullmatch(text), f"{text} is no rational number")
    return Fraction(text)


def nested(tokens):
    return [nested(tokens) if token == "(" else token for token in iter(tokens.__next__, ")")]


def collect(terms):
    """A polynomial as {monomial: coefficient}; a monomial is a sorted tuple of symbols."""
    total: dict = {}
    for monomial, c in terms:
        total[monomial] = total[monomial] + c if monomial in total else c
    return {monomial: c for monomial, c in total.items() if c}


def multiply(p, q):
    return collect((tuple(sorted(m + n)), c * d) for m, c in p.items() for n, d in q.items())


def minus(p, q):
    return frozenset(collect([*p.items(), *((m, -c) for m, c in q.items())]).items())


# A formula is (all or any, parts) or (gt, ge or eq, polynomial compared to 0); here, with its negation.
OPERATORS: dict = {
    "+": lambda *ps: collect(term for p in ps for term in p.items()),
    "*": lambda *ps: reduce(multiply, ps),
    "-": lambda p: {m: -c for m, c in p.items()},
    "/": lambda p, q: multiply(p, {(): 1 / q[()]}) if len(q) == 1 else None,
    "<": lambda p, q: ((gt, minus(q, p)), (ge, minus(p, q))),
    ">": lambda p, q: ((gt, minus(p, q)), (ge, minus(q, p))),
    "<=": lambda p, q: ((ge, minus(q, p)), (gt, minus(p, q))),
    ">=": lambda p, q: ((ge, minus(p, q)), (gt, minus(q, p))),
    "=": lambda p, q: ((eq, minus(p, q)), (any, ((gt, minus(p, q)), (gt, minus(q, p))))),
    "not": lambda pair: pair[::-1],
    "and": lambda *pairs: ((all, tuple(f for f, _ in pairs)), (any, tuple(f for _, f in pairs))),
    "or": lambda *pairs: ((any, tuple(f for f, _ in pairs)), (all, tuple(f for _, f in pairs))),
}


def evaluate(expression, known):
    if isinstance(expression, str):
        return known[expression] if expression in known else collect([((), rational(expression))])
    return OPERATORS[expression[0]](*[evaluate(operand, known) for operand in expression[1:]])


def parse(script, cuts=(), values=None):
    """The assertions of a script and the cuts, with values put in for the symbols if there are any."""
    known, assertions = {"true": OPERATORS["and"](), "false": OPERATORS["or"]()}, []
    commands, end = nested(iter(["(", *TOKEN.findall(script), ")", ""]))
    require(end == "" and script.count("|") % 2 == 0, "unbalanced script")
    for word, subject, *rest in commands:
        if word == "declare-const":
            aliases = {subject, f"|{subject}|", subject.strip("|")}
            require(rest == ["Real"] and not known.keys() & aliases, f"{subject} is declared wrongly")
            known[subject] = {(subject,): Fraction(1)} if values is None else {(): rational(values[subject])}
        else:
            require(word == "assert" and not rest, f"no command of a question: {word}")
            assertions.append(evaluate(subject, known)[0])
    terms = [nested(iter(TOKEN.findall(cut)))[0] for cut in cuts]
    return assertions + [evaluate(["or", *([word, t, "0"] for word in "<=>")], known)[0] for t in terms]


def parts(formula, under=(all,)):
    yield formula
    for part in formula[1] if formula[0] in under else ():
        yield from parts(part, under)


def holds(formula):
    test, rest = formula
    return test(map(holds, rest)) if test in (all, any) else test(dict(rest).get((), 0), 0)


def refuted(assertions, steps):
    formulas, done = list(dict.fromkeys(f for a in assertions for f in parts(a, (all, any)))), list[set]()
    for step in steps:
        if "cases" in step:
            relation, cases = disjunction = formulas[step["cases"]]
            require(relation is any, "cases of what is no disjunction")
            rest = [done[k] - set(parts(case)) for case, k in zip(cases, step["by"], strict=True)]
            done.append({disjunction}.union(*rest))
        else:
            terms, positive = list[tuple](), False
            for c, indices, *symbols in step["sum"]:
                c, signs = rational(c), {formulas[i][0] for i in indices}
                require(signs <= {gt, ge, eq} and (eq in signs or (c > 0 and not symbols)), "a negative term")
                factors = [{tuple(sorted(symbols)): c}, *(dict(formulas[i][1]) for i in indices)]
                terms += reduce(multiply, factors).items()
                positive |= signs <= {gt}
            require(positive and not collect(terms), "a sum that is not zero or without a positive term")
            done.append({formulas[i] for _, indices, *_ in step["sum"] for i in indices})
    return done[-1] <= {f for a in assertions for f in parts(a)}


def check(certificate, script=None):
    """What a certificate shows of its script, "unsat" or "sat"; ValueError if nothing, or of another script."""
    try:
        text, values = certificate["script"], certificate.get("values")
        digest = hashlib.sha256(text.encode()).hexdigest()
        require(certificate["sha256"] == digest and script in (None, text), "another script's certificate")
        assertions = parse(text, certificate.get("cuts", ()), values)
        shown = refuted(assertions, certificate["steps"]) if values is None else all(map(holds, assertions))
    except (ArithmeticError, AttributeError, LookupError, RecursionError, TypeError) as error:
        raise ValueError(f"malformed certificate: {error!r}") from error
    require(shown, f"no certificate: {certificate}"[:200])
    return "unsat" if values is None else "sat"


if __name__ == "__main__":
    answers, files = list[str](), sorted(Path(*sys.argv[1:]).glob("*.jsonl"))
    try:
        answers.extend(check(json.loads(line)) for file in files for line in file.open())
    except ValueError as error:
        sys.exit(f"certificate {len(answers) + 1} of {', '.join(f.name for f in files)}: {error}")
    answers or sys.exit(f"no certificates (lines of *.jsonl) in folder {Path(*sys.argv[1:])}")
    print(f"{len(answers)} certificates hold: {answers.count('unsat')} unsat, {answers.count('sat')} sat")
