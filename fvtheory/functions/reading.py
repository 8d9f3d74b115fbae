"""Exact functions from JSON."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from fvtheory.errors import InvalidInputError
from fvtheory.functions.base import Function
from fvtheory.functions.kinds import (
    Affine,
    Clip,
    Combination,
    Cone,
    Lift,
    MaxAffine,
    Maximum,
    Minimum,
    OrthantStep,
    Piecewise1D,
    PiecewiseAffine1D,
    PointValue,
)

MAX_JSON_NESTING = 64
"""How deep functions in a file may be nested."""

MAX_JSON_SIZE = 10_000
"""How many functions, knots, breakpoints and affine pieces a file may have."""

REMEDY = 'for example {"kind": "affine", "slope": ["1/2"], "intercept": "0"}'


def function_from_json(data: str | Mapping[str, Any]) -> Function:
    """The function that a JSON object, or the text of one, describes; the inverse of ``to_json``.

    Raises:
        InexactNumberError: for floats and other inexact numbers.
        InvalidInputError: for malformed JSON, unknown kinds, missing or unknown keys, wrong types,
            numbers out of range, more than 64 levels or more than 10,000 functions, knots and pieces.
    """
    if isinstance(data, str):
        try:
            data = json.loads(data, object_pairs_hook=_object)
        except (ValueError, RecursionError) as error:
            got = f"a function that is not JSON ({error})"
            raise InvalidInputError(got, "a JSON object", REMEDY) from None
    return _Reader().read(data, 1)


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    keys = [key for key, _ in pairs]
    if len(set(keys)) < len(keys):
        raise InvalidInputError("a JSON object with a key given twice", "every key once")
    return dict(pairs)


class _Reader:
    """Reads one function and counts what it has read."""

    def __init__(self) -> None:
        self.left = MAX_JSON_SIZE

    def read(self, data: Any, nesting: int) -> Function:
        """The function that ``data`` describes, ``nesting`` levels deep."""
        if nesting > MAX_JSON_NESTING:
            raise InvalidInputError(
                f"functions nested deeper than {MAX_JSON_NESTING}", f"at most {MAX_JSON_NESTING} levels"
            )
        self._count(1)
        if not isinstance(data, Mapping):
            raise InvalidInputError(f"a function of type {type(data).__name__}", "a JSON object", REMEDY)
        if "kind" not in data:
            raise InvalidInputError('a function without the key "kind"', "a function in JSON", REMEDY)
        kind = data["kind"]
        if not isinstance(kind, str) or kind not in _KINDS:
            shown = repr(kind[:60]) if isinstance(kind, str) else f"of type {type(kind).__name__}"
            raise InvalidInputError(f"kind {shown}", f"one of {', '.join(sorted(_KINDS))}", REMEDY)
        build, entries = _KINDS[kind]
        self._check_keys(data, {"kind": "word", **entries}, f"a function of kind {kind}")
        return build(*(self._entry(key, data[key], form, nesting) for key, form in entries.items()))

    def _entry(self, key: str, value: Any, form: str, nesting: int) -> Any:
        """One argument of a constructor, which checks it further."""
        if form == "function":
            return self.read(value, nesting + 1)
        if form == "functions":
            return [self.read(item, nesting + 1) for item in self._list(key, value)]
        if form == "affine pieces":
            return [self._affine(item) for item in self._list(key, value)]
        if form == "pairs":
            return [self._pair(key, item) for item in self._list(key, value)]
        if form == "numbers":
            return [self._word(key, item) for item in self._list(key, value)]
        return self._word(key, value)

    def _affine(self, item: Any) -> Affine:
        if not isinstance(item, Mapping):
            raise InvalidInputError(f"a piece of type {type(item).__name__}", "a JSON object")
        self._check_keys(item, {"slope": "numbers", "intercept": "word"}, "a piece")
        slope = [self._word("slope", entry) for entry in self._list("slope", item["slope"])]
        return Affine(slope, self._word("intercept", item["intercept"]))

    @staticmethod
    def _check_keys(data: Mapping[str, Any], keys: Mapping[str, str], what: str) -> None:
        if set(data) != set(keys):
            given = ", ".join(sorted(str(key)[:30] for key in data)[:20])
            raise InvalidInputError(f"{what} with the keys {given or 'none'}", f"the keys {', '.join(keys)}")

    @staticmethod
    def _word(key: str, value: Any) -> Any:
        if isinstance(value, (list, tuple, Mapping)) or value is None:
            raise InvalidInputError(f"{key} of type {type(value).__name__}", 'a string such as "1/2"')
        return value

    def _pair(self, key: str, item: Any) -> list[Any]:
        if not isinstance(item, (list, tuple)) or len(item) != 2:
            raise InvalidInputError(f"an entry of {key} that is not a pair", "a list of two numbers")
        return [self._word(key, entry) for entry in item]

    def _list(self, key: str, value: Any) -> list[Any]:
        if not isinstance(value, (list, tuple)):
            raise InvalidInputError(f"{key} of type {type(value).__name__}", "a list")
        self._count(len(value))
        return list(value)

    def _count(self, entries: int) -> None:
        self.left -= entries
        if self.left < 0:
            raise InvalidInputError(
                f"more than {MAX_JSON_SIZE} functions, knots and pieces", f"at most {MAX_JSON_SIZE}"
            )


_KINDS: dict[str, tuple[Callable[..., Function], dict[str, str]]] = {
    "piecewise-affine-1d": (PiecewiseAffine1D, {"knots": "pairs"}),
    "piecewise-1d": (Piecewise1D, {"breakpoints": "numbers", "values": "numbers", "pieces": "pairs"}),
    "affine": (Affine, {"slope": "numbers", "intercept": "word"}),
    "max-affine": (MaxAffine, {"pieces": "affine pieces"}),
    "cone": (Cone, {"apex": "numbers", "value": "word", "slope": "word"}),
    "clip": (Clip, {"inner": "function", "low": "word", "high": "word"}),
    "min": (Minimum, {"parts": "functions"}),
    "max": (Maximum, {"parts": "functions"}),
    "combination": (Combination, {"weights": "numbers", "parts": "functions"}),
    "lift": (Lift, {"inner": "function", "coordinate": "word", "dim": "word"}),
    "orthant-step": (
        OrthantStep,
        {"corner": "numbers", "side": "word", "inside": "word", "outside": "word"},
    ),
    "point-value": (PointValue, {"inner": "function", "point": "numbers", "value": "word"}),
}
"""For each kind its class and the keys of its JSON object, in the order of the constructor."""
