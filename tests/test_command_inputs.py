"""A folder of results is gone on with only for the network, photographs and files that it was begun with."""

from __future__ import annotations

import pytest

torch = pytest.importorskip("torch")

from fvtheory.commands.inputs import open_run  # noqa: E402
from fvtheory.empirical.image_model import ImageModel, InputSpace  # noqa: E402
from fvtheory.errors import InvalidInputError  # noqa: E402


def small(seed: int = 0) -> ImageModel:
    torch.manual_seed(seed)
    module = torch.nn.Sequential(torch.nn.Conv2d(3, 2, 3), torch.nn.BatchNorm2d(2)).eval()
    return ImageModel(module, InputSpace(8, 8, (0.0,) * 3, (1.0,) * 3), "small")


@pytest.fixture
def settings(tmp_path):
    photographs, file = tmp_path / "photographs" / "0", tmp_path / "fooled.pt"
    photographs.mkdir(parents=True)
    (photographs / "a.png").write_bytes(b"abc")
    file.write_bytes(b"weights")
    return {
        "command": "c",
        "images": str(photographs.parent),
        "fooled": [str(file)],
        "seed": 0,
        "relative": "tests",
    }


def begun(tmp_path, settings) -> dict:
    found = dict(settings)
    open_run(str(tmp_path / "out"), found, small())
    return found


def test_what_was_read_is_part_of_the_settings(tmp_path, settings):
    found = begun(tmp_path, settings)
    assert set(found["read"]) == {"network", "images", "fooled"}
    assert begun(tmp_path, settings) == found


def test_another_network_of_the_same_name_is_refused(tmp_path, settings):
    begun(tmp_path, settings)
    with pytest.raises(InvalidInputError, match="network"):
        open_run(str(tmp_path / "out"), dict(settings), small(1))
    other = small()
    other.module[1].running_mean += 1  # a buffer, not a parameter
    with pytest.raises(InvalidInputError, match="network"):
        open_run(str(tmp_path / "out"), dict(settings), other)


def test_other_photographs_and_files_are_refused(tmp_path, settings):
    begun(tmp_path, settings)
    photograph = tmp_path / "photographs" / "0" / "a.png"
    photograph.write_bytes(b"abcd")
    with pytest.raises(InvalidInputError, match="read"):
        begun(tmp_path, settings)
    photograph.write_bytes(b"abc")
    begun(tmp_path, settings)
    (tmp_path / "photographs" / "0" / "b.png").write_bytes(b"")
    with pytest.raises(InvalidInputError, match="read"):
        begun(tmp_path, settings)
    (tmp_path / "photographs" / "0" / "b.png").unlink()
    (tmp_path / "fooled.pt").write_bytes(b"Weights")
    with pytest.raises(InvalidInputError, match="read"):
        begun(tmp_path, settings)


def test_results_inside_the_folder_of_photographs_are_no_photographs(tmp_path, settings):
    out = tmp_path / "photographs" / "out"
    for _ in range(2):
        root = open_run(str(out), dict(settings), small())
        (root / "results.json").write_text("{}")


def test_the_error_says_which_settings_differ(tmp_path, settings):
    begun(tmp_path, settings)
    with pytest.raises(InvalidInputError, match="seed 0 there, 1 now"):
        begun(tmp_path, settings | {"seed": 1})
