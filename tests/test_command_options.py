"""What the commands on networks share: the learned prior, and logits by their numbers."""

from __future__ import annotations

import argparse
from pathlib import Path

import pytest

pytest.importorskip("torch")

from torch import nn

from fvtheory.commands.options import add_prior, class_name, logit_index, prior_folder
from fvtheory.empirical.image_model import ImageModel, InputSpace
from fvtheory.empirical.pictures import DATA_VARIABLE
from fvtheory.errors import InvalidInputError


def network(depth):
    space = InputSpace(4, 4, (0.0,) * depth, (1.0,) * depth, "RGB" if depth == 3 else "L", 4)
    return ImageModel(nn.Flatten(), space).eval()


def asked(*words):
    parser = argparse.ArgumentParser()
    add_prior(parser, "for something")
    return parser.parse_args(words)


def test_the_prior_is_the_folder_given_or_that_of_the_data(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv(DATA_VARIABLE, raising=False)
    given = asked("--prior", "mine")
    assert prior_folder(given, network(3)) == str(Path("mine").absolute())
    assert prior_folder(asked(), network(3), required=False) is None
    with pytest.raises(InvalidInputError, match=f"no --prior, and {DATA_VARIABLE} names no folder") as caught:
        prior_folder(asked(), network(3))
    assert caught.value.remedy == "--prior DIR"
    (tmp_path / "taef2").mkdir()
    monkeypatch.setenv(DATA_VARIABLE, str(tmp_path))
    for required in (True, False):
        assert prior_folder(asked(), network(3), required) == str(tmp_path / "taef2")
        assert prior_folder(given, network(3), required) == str(tmp_path / "mine")


def test_networks_of_one_channel_have_no_prior(tmp_path, monkeypatch):
    (tmp_path / "taef2").mkdir()
    monkeypatch.setenv(DATA_VARIABLE, str(tmp_path))
    assert prior_folder(asked(), network(1), required=False) is None
    for options, required in ((asked(), True), (asked("--prior", "mine"), False)):
        with pytest.raises(InvalidInputError, match="three channels"):
            prior_folder(options, network(1), required)


def test_logits_by_number_or_as_units():
    assert logit_index("574") == logit_index("logits:574") == 574
    for word in ("logits:", "logits:-1", "logits:x", "logit:5", "-5", "", "logits:5@1,1"):
        with pytest.raises(argparse.ArgumentTypeError, match="a logit"):
            logit_index(word)


def test_a_class_has_the_label_of_the_network_or_its_name_or_its_number():
    model = network(3)
    assert class_name(model, 574) == "class 574"
    model.name = "squeezenet"
    assert [class_name(model, i) for i in (574, 575)] == ["golf ball", "class 575"]
    model.labels = ("cat", "dog")
    assert [class_name(model, i) for i in (1, 574)] == ["dog", "class 574"]
