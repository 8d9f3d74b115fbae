"""Decoders: what predicts a function from its information Φ, and how their answers are read.

A decoder is a callable ``decode(phi) -> prediction`` and a prediction a callable ``prediction(point)
-> number``; a point is a tuple of ``Fraction``. The number is a ``Fraction``, an ``int``, or anything
that ``float()`` takes (a float, a NumPy scalar, an array or tensor without dimensions), which is then
read as the exact rational it stands for. NaN and infinities are refused. A prediction that is an exact
function (`fvtheory.functions`) or an exact network is not a black box: see `fvtheory.adversary`.
"""

from __future__ import annotations

import copy
import importlib
import math
import numbers
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

from fvtheory.classes import FunctionClass, get_class
from fvtheory.errors import FvtheoryError, InvalidInputError, UnknownNameError
from fvtheory.exact import Point, Rational, rational, rounded, short
from fvtheory.functions import Clip, Combination, Function, constant, function_from_json
from fvtheory.information import MinMax
from fvtheory.networks import ReluNetwork
from fvtheory.time_limit import Overdue, TimeLimit

Decoder = Callable[[MinMax], Callable[[Point], Any]]

CENTRAL, CONSTANT = "central", "constant"

MAX_EXPONENT = 10_000
"""Of a ``Decimal`` that a decoder answers: 10^999999999 would take all memory as a fraction."""

SECONDS_AN_ANSWER = 60.0
"""How long a decoder may take for one answer at least."""

_EXAMPLE = "write decode(phi) so that it returns a function of a point, which returns a number"


# ---- the package's own -----------------------------------------------------------------------


@dataclass(frozen=True)
class CentralDecoder:
    """(lower + upper)/2 of the class: its worst-case error is the radius of information."""

    cls: FunctionClass
    lipschitz: Fraction | None = None

    def __call__(self, phi: MinMax) -> Function:
        self.cls.require_feasible(phi, self.lipschitz)
        lower, upper = self.cls.exact_envelopes(phi, self.lipschitz)
        return Combination([Fraction(1, 2)] * 2, [lower, upper])

    def __str__(self) -> str:
        rate = "" if self.lipschitz is None else f" with L = {self.lipschitz}"
        return f"central decoder of class {self.cls.name}{rate}: (lower + upper)/2"

    def to_json(self, phi: MinMax) -> dict[str, Any]:
        """The exact function it predicts for Φ."""
        return self(phi).to_json()


@dataclass(frozen=True)
class ConstantDecoder:
    """The value halfway between f_min and f_max, everywhere."""

    def __call__(self, phi: MinMax) -> Function:
        return constant((phi.f_min + phi.f_max) / 2, phi.dim)

    def __str__(self) -> str:
        return "constant decoder: (f_min + f_max)/2 everywhere"

    def to_json(self, phi: MinMax) -> dict[str, Any]:
        """The exact function it predicts for Φ."""
        return self(phi).to_json()


@dataclass(frozen=True)
class FunctionDecoder:
    """The same function whatever Φ."""

    function: Function | ReluNetwork

    def __call__(self, phi: MinMax) -> Function | ReluNetwork:
        return self.function

    def __str__(self) -> str:
        what = self.function.kind if isinstance(self.function, Function) else str(self.function)
        return f"decoder that answers every Φ with one function ({what})"

    def to_json(self, phi: MinMax | None = None) -> dict[str, Any]:
        """The function as JSON."""
        return self.function.to_json()


@dataclass(frozen=True)
class ClampedDecoder:
    """Another decoder with its values moved into [f_min, f_max], which never makes it worse."""

    inner: Decoder

    def __call__(self, phi: MinMax) -> Function | ClampedPrediction:
        prediction = self.inner(phi)
        if isinstance(prediction, Function):
            return Clip(prediction, phi.f_min, phi.f_max)
        return ClampedPrediction(prediction, phi.f_min, phi.f_max)

    def __str__(self) -> str:
        return f"{self.inner}, clamped to [f_min, f_max]"


@dataclass(frozen=True)
class ClampedPrediction:
    """A prediction whose values are known to lie in [low, high]."""

    inner: Callable[[Point], Any]
    low: Fraction
    high: Fraction

    def __call__(self, x: Point) -> Fraction:
        return min(self.high, max(self.low, read_number(self.inner(x), x)))


def central_decoder(cls: FunctionClass | str, lipschitz: Rational | None = None) -> CentralDecoder:
    """The decoder (lower + upper)/2 of a class; no decoder has a smaller worst-case error.

    Raises:
        InvalidInputError: where a Lipschitz constant is missing, needless or not above 0.
    """
    known = get_class(cls) if isinstance(cls, str) else cls
    rate = None if lipschitz is None else rational(lipschitz, "lipschitz")
    if known.needs_lipschitz != (rate is not None):
        need = "a Lipschitz constant" if known.needs_lipschitz else "no Lipschitz constant"
        raise InvalidInputError(f"class {known.name} with lipschitz = {short(rate)}", need)
    if rate is not None and rate <= 0:
        raise InvalidInputError(f"lipschitz = {short(rate)}", "a Lipschitz constant above 0")
    return CentralDecoder(known, rate)


def constant_decoder() -> ConstantDecoder:
    """The decoder that answers with the constant (f_min + f_max)/2."""
    return ConstantDecoder()


def function_decoder(function: Function | ReluNetwork) -> FunctionDecoder:
    """The decoder that ignores Φ and answers with ``function``."""
    if not isinstance(function, (Function, ReluNetwork)):
        raise InvalidInputError(
            f"a decoder from {type(function).__name__}", "an exact function or an exact network"
        )
    return FunctionDecoder(function)


def clamped_decoder(decoder: Decoder) -> ClampedDecoder:
    """``decoder`` with its values moved into [f_min, f_max]: no error exceeds f_max - f_min then."""
    return ClampedDecoder(decoder)


# ---- from names and files --------------------------------------------------------------------


def load_decoder(
    name: str, cls: FunctionClass | str | None = None, lipschitz: Rational | None = None
) -> Decoder:
    """The decoder that ``name`` stands for.

    Args:
        name: ``central`` (needs ``cls``), ``constant``, a file ending in .json, .onnx or .pt, or
            ``MODULE:NAME``, imported with the current folder on the path.
        cls: the class of the central decoder.
        lipschitz: its Lipschitz constant.

    Raises:
        UnknownNameError: for a module or a name in it that does not exist.
        InvalidInputError: for another form, a module that fails, or an object that is not callable.
    """
    if name == CENTRAL:
        if cls is None:
            raise InvalidInputError("the central decoder without a class", "the class it is central for")
        return central_decoder(cls, lipschitz)
    if name == CONSTANT:
        return constant_decoder()
    if Path(name).suffix.lower() in _READERS:
        return decoder_from_file(name)
    module_name, colon, attribute = name.partition(":")
    if not (colon and module_name and attribute):
        raise InvalidInputError(
            f"decoder {name!r}", "MODULE:NAME, central or constant", "for example my_decoders:nearest"
        )
    found = _imported(module_name)
    for part in attribute.split("."):
        if not hasattr(found, part):
            raise UnknownNameError(f"decoder {name!r}", f"a name that module {module_name} defines")
        found = getattr(found, part)
    if not callable(found):
        raise InvalidInputError(f"decoder {name!r} of type {type(found).__name__}", "a callable", _EXAMPLE)
    return found


def _imported(name: str) -> Any:
    """The module, imported with the current folder in front of the path."""
    saved = list(sys.path)
    sys.path.insert(0, str(Path.cwd()))
    try:
        importlib.invalidate_caches()
        return importlib.import_module(name)
    except ModuleNotFoundError as error:
        missing = error.name or ""
        if missing and (name == missing or name.startswith(missing + ".")):
            raise UnknownNameError(
                f"module {name!r}", "a module in the current folder or an installed one"
            ) from None
        raise _failed(name, error) from error
    except (Exception, SystemExit) as error:
        raise _failed(name, error) from error
    finally:
        sys.path[:] = saved


def _failed(name: str, error: BaseException) -> InvalidInputError:
    return InvalidInputError(
        f"module {name!r}, whose import raised {_one_line(error)}", "a module that can be imported"
    )


def decoder_from_file(path: str | Path) -> FunctionDecoder:
    """The decoder that answers every Φ with the function in a file.

    Args:
        path: .json (an exact function), .onnx or .pt (a ReLU network, read exactly).

    Raises:
        InvalidInputError: for a missing file, another suffix or contents that are not understood.
        MissingDependencyError: for .onnx without onnx and .pt without torch.
    """
    file = Path(path)
    if file.suffix.lower() not in _READERS:
        raise InvalidInputError(f"file {file.name!r}", f"a file ending in {', '.join(_READERS)}")
    if not file.is_file():
        raise InvalidInputError(f"file {str(file)!r}", "a file that exists")
    return function_decoder(_READERS[file.suffix.lower()](file))


def _read_json(file: Path) -> Function:
    try:
        return function_from_json(file.read_text(encoding="utf-8"))
    except UnicodeDecodeError:
        raise InvalidInputError(f"file {file.name!r} that is not text", "JSON in UTF-8") from None


def _read_onnx(file: Path) -> ReluNetwork:
    from fvtheory.networks.reading import network_from_onnx

    return network_from_onnx(file)


def _read_torch(file: Path) -> ReluNetwork:
    from fvtheory.networks.reading import network_from_torch_file

    return network_from_torch_file(file)


_READERS: dict[str, Callable[[Path], Function | ReluNetwork]] = {
    ".json": _read_json,
    ".onnx": _read_onnx,
    ".pt": _read_torch,
    ".pth": _read_torch,
}


# ---- what a decoder answers ------------------------------------------------------------------


@dataclass(frozen=True)
class Prediction:
    """What a decoder answered to one Φ; calling it gives exact values and checks each of them.

    Attributes:
        answer: the decoder's own object.
        exact: the answer, where it is an exact function or an exact network.
        bounds: an interval that is known to contain every value, or None.
        limit: how long each answer may take; None: as long as it likes.
    """

    answer: Callable[[Point], Any]
    exact: Function | ReluNetwork | None = None
    bounds: tuple[Fraction, Fraction] | None = None
    limit: TimeLimit | None = None
    seen: dict[tuple, float | Fraction] = field(default_factory=dict, repr=False, compare=False)

    def __call__(self, x: Point) -> Fraction:
        """The value at x; the first answer is remembered, so a noisy decoder is asked once a point."""
        return Fraction(self._number(x))

    def rounded(self, x: tuple[float, ...]) -> float:
        """The value at a point of floats, rounded; the decoder is asked at exactly this point."""
        number = self._number(x)
        return number if isinstance(number, float) else rounded(number)

    def _number(self, x: tuple[Any, ...]) -> float | Fraction:
        """What was answered at x: floats stay floats. Equal points of floats and of Fractions are one key."""
        known = self.seen.get(x)
        if known is not None:
            return known
        at: Point = tuple(map(Fraction, x))
        found: float | Fraction
        if self.exact is not None:
            found = self.exact.at(at)
        else:
            try:
                number = self.answer(at) if self.limit is None else self.limit.ask(self.answer, at)
            except FvtheoryError:
                raise
            except Overdue:
                assert self.limit is not None
                raise self.limit.unanswered(f"at {shown(at)}") from None
            except (Exception, SystemExit, GeneratorExit) as error:
                raise InvalidInputError(
                    f"a decoder that raised {_one_line(error)} at {shown(at)}",
                    "a number at every point of the cube",
                ) from error
            plain = type(number) is float and math.isfinite(number)
            found = number if plain else read_number(number, at)
        self.seen[x] = found
        return found


def predict(decoder: Any, phi: Any, limit: TimeLimit | None = None) -> Prediction:
    """The decoder's answer to Φ, ready to be asked for exact values.

    Args:
        decoder: a decoder, or an exact function or network to predict with.
        phi: Φ, or other knowledge with a ``dim``; the decoder is given a copy, which it may spoil.
        limit: how long each answer may take, while that limit is open; None: as long as it likes.

    Raises:
        InvalidInputError: for a decoder that is not callable, raises, or does not answer with a
            callable of the dimension of Φ.
        UnansweredError: for one that does not answer in time.
    """
    if isinstance(decoder, (Function, ReluNetwork)):
        decoder = FunctionDecoder(decoder)
    if not callable(decoder):
        raise InvalidInputError(f"a decoder of type {type(decoder).__name__}", "a callable", _EXAMPLE)
    try:
        given = copy.deepcopy(phi)
        answer = decoder(given) if limit is None else limit.ask(decoder, given)
    except FvtheoryError:
        raise
    except Overdue:
        assert limit is not None
        raise limit.unanswered("for Φ") from None
    except (Exception, SystemExit, GeneratorExit) as error:
        raise InvalidInputError(
            f"a decoder that raised {_one_line(error)} for Φ", "a function of a point", _EXAMPLE
        ) from error
    if not callable(answer):
        raise InvalidInputError(
            f"a decoder that answered Φ with {type(answer).__name__}", "a function of a point", _EXAMPLE
        )
    if isinstance(answer, (Function, ReluNetwork)):
        if answer.dim != phi.dim:
            raise InvalidInputError(
                f"a prediction in dimension {answer.dim}", f"dimension {phi.dim}, that of Φ"
            )
        return Prediction(answer, answer)
    if isinstance(answer, ClampedPrediction):
        return Prediction(answer, None, (answer.low, answer.high), limit)
    return Prediction(answer, limit=limit)


@contextmanager
def asking(decoder: Any, phi: Any, seconds: float = 0.0) -> Iterator[Prediction]:
    """`predict`, with a limit on the time of each answer: ``seconds``, or a minute where that is longer.

    Raises:
        UnansweredError: from inside, where an answer takes longer.
    """
    with TimeLimit(max(seconds, SECONDS_AN_ANSWER)) as limit:
        yield predict(decoder, phi, limit)


def read_number(value: Any, x: Point) -> Fraction:
    """The exact rational that a decoder's answer at ``x`` stands for.

    Raises:
        InvalidInputError: for NaN, infinities, arrays with dimensions and what is not a number.
    """
    if isinstance(value, float):
        number = float(value)
    elif type(value) is Fraction:
        return value
    elif isinstance(value, (bool, str, bytes, complex)):
        raise _not_a_number(value, x)
    elif isinstance(value, numbers.Rational):
        return Fraction(int(value.numerator), int(value.denominator))
    elif isinstance(value, Decimal) and value.is_finite():
        if abs(value.adjusted()) > MAX_EXPONENT:
            raise InvalidInputError(
                f"a decoder that answered {short(value)} at {shown(x)}",
                f"a number from 10^-{MAX_EXPONENT} to 10^{MAX_EXPONENT} in size",
            )
        return Fraction(value)
    else:
        if tuple(getattr(value, "shape", ())):
            raise InvalidInputError(
                f"a decoder that answered with an array of shape {tuple(value.shape)} at {shown(x)}",
                "one number",
                "return a single entry, for example array[0]",
            )
        try:
            number = float(value)
        except (TypeError, ValueError, OverflowError):
            raise _not_a_number(value, x) from None
    if not math.isfinite(number):
        raise InvalidInputError(
            f"a decoder that answered {number} at {shown(x)}", "a finite number at every point of the cube"
        )
    return Fraction(number)


def _not_a_number(value: Any, x: Point) -> InvalidInputError:
    return InvalidInputError(f"a decoder that answered with {type(value).__name__} at {shown(x)}", "a number")


def shown(x: Point) -> str:
    """A point for an error message."""
    start = ", ".join(map(short, x[:4]))
    return f"({start}, ...)" if len(x) > 4 else f"({start})"


def _one_line(error: BaseException) -> str:
    try:
        text = " ".join(str(error).split())
    except Exception:  # an error that cannot say what it is
        text = ""
    return f"{type(error).__name__}: {text[:200]}" if text else type(error).__name__
