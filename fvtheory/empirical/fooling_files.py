"""Classifier E and fooled networks in files: settings as JSON and tensors, nothing that is run when it is read."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from torch import Tensor

from fvtheory.empirical.fooling_circuit import (
    SUFFIX,
    FoolingCircuit,
    PictureFilters,
    circuit_of,
    unit_pairs,
    with_circuit,
)
from fvtheory.empirical.image_model import ImageModel, InputSpace, check_same, grey_logits
from fvtheory.empirical.models import NAMES, load_model
from fvtheory.empirical.natural_classifier import NaturalClassifier
from fvtheory.empirical.preparation import prepare
from fvtheory.empirical.tensor_files import read_tensors, write_tensors
from fvtheory.errors import InvalidInputError


def save_classifier(
    file: Path, classifier: NaturalClassifier, space: InputSpace, about: dict[str, Any]
) -> None:
    """Write E: its weights, the input space, and what is worth knowing, as JSON."""
    settings = {
        "kind": "natural-classifier",
        "space": _space_to_json(space),
        "sharpness": classifier.sharpness,
        "about": about,
    }
    _save(file, settings, classifier.state_dict())


def load_classifier(file: str | Path, space: InputSpace) -> tuple[NaturalClassifier, dict[str, Any]]:
    """E for an input space, and what was written about it.

    Raises:
        InvalidInputError: for a file of something else, or of another input space.
    """
    settings, state = _load(file, "natural-classifier", ("space", "sharpness", "about"))
    if settings["space"] != _space_to_json(space):
        raise InvalidInputError(f"file {str(file)!r}, E for {settings['space']}", f"one for {space}")
    classifier = NaturalClassifier(space, float(settings["sharpness"]))
    _fill(classifier, state, file)
    return classifier.eval().requires_grad_(False), settings["about"]


def save_fooled(file: Path, fooled: ImageModel, network: str = "") -> None:
    """Write the circuit of a fooled network; the network itself is named, and recognised by its logits for grey.

    Args:
        network: by which `models.load_model` finds the network that was fooled.

    Raises:
        InvalidInputError: for a network without a circuit.
    """
    circuit = circuit_of(fooled)
    settings = {
        "kind": "fooling-circuit",
        "network": network or fooled.name.removesuffix(SUFFIX),
        "space": _space_to_json(fooled.space),
        "shift": circuit.gate.shift.item(),
        "k": circuit.gate.k.item(),
        "sharpness": circuit.classifier.sharpness,
    }
    state = {f"classifier.{k}": v for k, v in circuit.classifier.state_dict().items()}
    state |= {"units": circuit.units, "shown": circuit.shown, "grey": grey_logits(circuit.network, fooled)}
    if circuit.filters is not None:
        state["pictures"] = circuit.filters.pictures
    _save(file, settings, state)


def load_fooled(file: str | Path, model: ImageModel | None = None) -> ImageModel:
    """The fooled network of a file.

    Args:
        model: the network that was fooled. Unless given, it is loaded by the name in the file and prepared, but for
            MODULE:FUNCTION: a file does not say which code is run.

    Raises:
        InvalidInputError: for a file of something else, a network with other weights or for pictures of another size,
            or none where it must be given.
        FvtheoryError: for a network that is not here.
    """
    settings, state = _load(
        file,
        "fooling-circuit",
        ("network", "space", "sharpness", "shift", "k"),
        ("grey", "units", "shown"),
    )
    if model is None:
        name = str(settings["network"])
        if name not in NAMES and not name.startswith(("torchvision:", "timm:")):
            raise InvalidInputError(
                f"file {str(file)!r}, of a network of its user's ({name!r})",
                "that network",
                "load_fooled(file, model)",
            )
        model = prepare(load_model(name))
    made = f"circuit in {str(file)!r} for {settings['network']!r}"
    size = [settings["space"][side] for side in ("height", "width")]
    check_same(model, size, state["grey"], made)
    if settings["space"] != _space_to_json(model.space):
        raise InvalidInputError(f"{made}, with pictures {settings['space']}", f"a network with {model.space}")
    classifier = NaturalClassifier(model.space, float(settings["sharpness"]))
    inner = {k.removeprefix("classifier."): v for k, v in state.items() if k.startswith("classifier.")}
    _fill(classifier, inner, file)
    classifier.requires_grad_(False)
    if state["units"].ndim != 1 or state["units"].shape != state["shown"].shape:
        raise InvalidInputError(
            f"file {str(file)!r}, with units {tuple(state['units'].shape)} and shown {tuple(state['shown'].shape)}",
            "one that is shown for each unit",
        )
    units, shown = state["units"].tolist(), state["shown"].tolist()
    if len(set(units)) != len(units):
        raise InvalidInputError(f"file {str(file)!r}, with units that come twice", "every unit once")
    unit_pairs(dict(zip(units, shown, strict=True)), state["grey"].shape[1])
    filters = PictureFilters(state["pictures"], model.space) if "pictures" in state else None
    shift, k = float(settings["shift"]), float(settings["k"])
    return with_circuit(
        model,
        FoolingCircuit(
            model.module, classifier, units, None if filters is not None else shown, filters, shift, k
        ),
    )


def _space_to_json(space: InputSpace) -> dict[str, Any]:
    return json.loads(json.dumps(vars(space)))


def _save(file: Path, settings: dict[str, Any], state: Mapping[str, Tensor]) -> None:
    kept = {name: value.detach().cpu() for name, value in state.items()}
    write_tensors(file, {"settings": json.dumps(settings), "state": kept})


def _load(
    file: str | Path, kind: str, words: Sequence[str], tensors: Sequence[str] = ()
) -> tuple[dict[str, Any], dict[str, Tensor]]:
    """Settings, with these words at least, and tensors, with these at least."""
    with read_tensors(file, f"a file of kind {kind}", "write it with fvtheory fool") as content:
        settings, state = json.loads(content["settings"]), dict(content["state"])
        if settings["kind"] != kind or not all(isinstance(v, Tensor) for v in state.values()):
            raise ValueError(f"kind {settings['kind']!r}")
        missing = [n for n in words if n not in settings] + [n for n in tensors if n not in state]
        if missing:
            raise ValueError(f"without {', '.join(missing)}")
        if not all(type(settings["space"][side]) is int for side in ("height", "width")):
            raise ValueError("without a size of pictures")
    return settings, state


def _fill(classifier: NaturalClassifier, state: Mapping[str, Tensor], file: str | Path) -> None:
    try:
        classifier.load_state_dict(dict(state))
    except RuntimeError as error:
        raise InvalidInputError(
            f"file {str(file)!r} ({str(error).splitlines()[0]})", "the weights of classifier E"
        ) from None
