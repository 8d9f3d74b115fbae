"""Path linearity: equal to known answers on functions that have them, and correlations equal to scipy's."""

from __future__ import annotations

import math
from itertools import pairwise

import pytest

pytest.importorskip("torch")
pytest.importorskip("sklearn")
pytest.importorskip("scipy.stats")

import torch
from scipy import stats
from torch import nn

from digits_network import digits, digits_model
from fvtheory.empirical import linearity
from fvtheory.empirical.human_scores import by_steps, correlate, read_scores
from fvtheory.empirical.image_model import ImageModel, InputSpace
from fvtheory.empirical.linearity import Linearity, angle, distance_to_segment
from fvtheory.empirical.objectives import channel, logit, parse_unit
from fvtheory.empirical.pictures import to_bytes
from fvtheory.empirical.preparation import prepare
from fvtheory.empirical.transformations import Transformations
from fvtheory.empirical.unit_values import on_pictures
from fvtheory.errors import InvalidInputError

torch.set_num_threads(1)


def seeded(number=0):
    return torch.Generator().manual_seed(number)


class Raw:
    """The numbers of a picture themselves."""

    def __init__(self, start):
        self.values = start.clone().requires_grad_()
        self.parameters = [self.values]

    def pictures(self):
        return self.values


def on_two_pixels(function):
    """A network of pictures 1 x 2 that computes `function` of (n, 2)."""

    class Body(nn.Module):
        def forward(self, x):
            return function(x.flatten(1))[:, None]

    return ImageModel(Body(), InputSpace(1, 2, (0.0,), (1.0,), "L", short_side=2)).eval()


def path(function, start, steps, rate):
    start = torch.tensor(start)[None, None, None]
    return linearity.record_path(
        on_two_pixels(function), logit(0), Raw(start), seeded(), steps, rate, optimizer=torch.optim.SGD
    )


# ---- angles and distances ------------------------------------------------------------------------------


@pytest.mark.parametrize("radians", [0.0, 1e-9, 1e-4, 1.0, math.pi / 2, math.pi - 1e-9, math.pi])
def test_angles_are_right_at_both_ends(radians):
    u = torch.tensor([[3.0, 0.0, 0.0]], dtype=torch.float64)
    v = 7 * torch.tensor([[math.cos(radians), math.sin(radians), 0.0]], dtype=torch.float64)
    assert float(angle(u, v)) == pytest.approx(radians, rel=1e-6, abs=1e-15)


def test_an_arc_cosine_would_not_do():
    u = torch.tensor([[1.0, 0.0]], dtype=torch.float64)
    v = torch.tensor([[math.cos(1e-9), math.sin(1e-9)]], dtype=torch.float64)
    assert float(torch.arccos((u * v).sum())) != pytest.approx(1e-9, rel=0.5)


def test_no_angle_to_nothing():
    found = angle(torch.tensor([[0.0, 0.0], [1.0, 0.0]]), torch.tensor([[1.0, 0.0], [0.0, 2.0]]))
    assert found[0].isnan()
    assert float(found[1]) == pytest.approx(math.pi / 2)


def test_distance_is_to_the_segment_and_not_to_the_line():
    start, end = torch.zeros(5, 2), torch.tensor([[2.0, 0.0]] * 4 + [[0.0, 0.0]])
    points = torch.tensor([[1.0, 3.0], [5.0, 4.0], [-3.0, 4.0], [2.0, 0.0], [3.0, 4.0]])
    assert distance_to_segment(points, start, end).tolist() == [3.0, 5.0, 5.0, 0.0, 5.0]


# ---- functions with known paths ------------------------------------------------------------------------


def test_a_linear_unit_has_a_straight_path():
    found = path(lambda x: x @ torch.tensor([2.0, -1.0]), [0.2, 0.3], 20, 0.01)
    assert found.angles.abs().max() == 0
    assert found.distances.max() < 1e-6
    assert found.values[1] > found.values[0]


def test_a_quadratic_unit_has_the_angles_of_its_gradients():
    """f = (2x² + y²)/2 from (1, 1): ascent multiplies x by 1 + 2r and y by 1 + r, the gradient is (2x, y)."""
    rate, steps = 0.1, 6
    scale = torch.tensor([2.0, 1.0])
    found = path(lambda x: (x * x * scale).sum(1) / 2, [1.0, 1.0], steps, rate)
    points = [((1 + 2 * rate) ** j, (1 + rate) ** j) for j in range(steps + 1)]
    slopes = [math.atan2(y, 2 * x) for x, y in points[:steps]]
    expected = [math.degrees(abs(b - a)) for a, b in pairwise(slopes)]
    assert found.angles[:, 0].tolist() == pytest.approx(expected, rel=1e-4)
    (dx, dy) = (points[-1][0] - 1, points[-1][1] - 1)
    length = math.hypot(dx, dy)
    off = [abs((x - 1) * dy - (y - 1) * dx) / length**2 for x, y in points[1:steps]]
    assert found.distances[:, 0].tolist() == pytest.approx(off, rel=1e-4)
    assert found.angles.shape == found.distances.shape == (steps - 1, 1)


def test_a_turned_gradient_is_a_right_angle():
    """f = |x| - 1.5 |y|-like: the gradient flips sign in y each step across 0: angles of 2 atan(1.5)."""
    found = path(lambda x: x[:, 0] - 1.5 * x[:, 1].abs(), [0.5, 0.001], 4, 0.01)
    assert found.angles[0].item() == pytest.approx(2 * math.degrees(math.atan(1.5)), rel=1e-5)


def test_a_unit_that_does_not_move_has_neither_angles_nor_a_line():
    found = path(lambda x: torch.relu(x.sum(1) - 9), [0.1, 0.1], 4, 0.1)
    assert bool(found.angles.isnan().all() and found.distances.isnan().all())


# ---- units of a network --------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def model():
    return prepare(digits_model())


def test_measure_averages_over_starts_whatever_the_batch(model):
    starts = digits()[2][:5]
    done = []
    found = linearity.measure(
        model, logit(3), starts, seeded(), 6, batch=2, progress=lambda d, t: done.append((d, t))
    )
    again = linearity.measure(model, logit(3), starts, seeded(), 6, batch=5)
    assert found.agpa == pytest.approx(again.agpa, rel=1e-4)
    assert found.aldp == pytest.approx(again.aldp, rel=1e-4)
    assert done[-1] == (30, 30)
    one = [linearity.measure(model, logit(3), s[None], seeded(), 6) for s in starts]
    assert found.aga == pytest.approx(sum(o.aga for o in one) / 5, rel=1e-4)
    assert found.ald == pytest.approx(sum(o.ald for o in one) / 5, rel=1e-4)
    assert found.early_angle(2) == found.agpa[0]
    assert found.gain > 0
    assert found.undefined == found.still == 0
    assert Linearity.from_json(found.to_json()) == found


def test_transformations_turn_gradients_towards_right_angles(model):
    starts = digits()[2][:4]
    plain, moved = (
        linearity.measure(model, logit(3), starts, seeded(), 12, transformations=t)
        for t in (None, Transformations(4, 0.1, 10))
    )
    assert plain.aga < 60 < moved.aga


def test_dead_starts_are_counted_and_left_out(model):
    dead = channel("1", 0) * 0.0
    found = linearity.measure(model, dead, digits()[2][:3], seeded(), 4)
    assert (found.undefined, found.still) == (9, 3)
    assert math.isnan(found.aga)
    assert found.to_json()["aga"] is None
    assert math.isnan(Linearity.from_json(found.to_json()).ald)


def test_a_dead_start_beside_a_live_one_leaves_its_average(model):
    """The unit is max(0, x - 1/2): one start below, one above, whose path is straight."""
    unit = on_two_pixels(lambda x: torch.relu(x[:, 0] - 0.5))
    starts = torch.tensor([[[[0.2, 0.5]]], [[[0.7, 0.5]]]])
    found = linearity.measure(unit, logit(0), starts, seeded(), 4)
    assert (found.undefined, found.still) == (3, 1)
    assert found.agpa == (0, 0, 0)
    assert found.ald == pytest.approx(0, abs=1e-6)


def test_bad_settings_are_refused(model):
    start = digits()[2][:1]
    with pytest.raises(InvalidInputError, match="two, for an angle"):
        linearity.measure(model, logit(3), start, seeded(), 1)
    with pytest.raises(InvalidInputError, match="values from"):
        linearity.measure(model, logit(3), start + 1, seeded(), 3)
    with pytest.raises(InvalidInputError, match="a tensor"):
        linearity.measure(model, logit(3), start.expand(1, 3, 16, 16), seeded(), 3)
    with pytest.raises(InvalidInputError, match="training mode"):
        linearity.measure(digits_model().train(), logit(3), start, seeded(), 3)
    digits_model().eval()


def test_units_on_many_pictures_are_as_on_few(model):
    pictures = to_bytes(digits()[2][:70])
    values = on_pictures(model, [parse_unit("logits:3"), parse_unit("8:1")], pictures)
    assert torch.allclose(values[:, 0], model(pictures.float() / 255)[:, 3], atol=1e-5)
    assert torch.allclose(
        values, on_pictures(model, [logit(3), channel("8", 1)], pictures / 255, 7), atol=1e-5
    )


# ---- correlations --------------------------------------------------------------------------------------


def test_correlation_is_scipys_with_a_bootstrap_interval():
    x = torch.randn(40, generator=seeded(1)).tolist()
    y = [a + b for a, b in zip(x, torch.randn(40, generator=seeded(2)).tolist(), strict=True)]
    found = correlate(x, y, seeded(), 500)
    expected = stats.spearmanr(x, y)
    assert (found.r, found.p) == (expected.statistic, expected.pvalue)
    chosen = torch.randint(40, (500, 40), generator=seeded())
    each = sorted(stats.spearmanr([x[i] for i in c], [y[i] for i in c]).statistic for c in chosen.tolist())
    assert found.low == pytest.approx(float(torch.tensor(each).quantile(0.025)), abs=1e-6)
    assert found.low < found.r < found.high
    assert (found.units, found.resamples) == (40, 500)
    assert correlate(x, [-v for v in x], seeded()).r == -1


def test_correlations_by_steps_and_steps_without_angles():
    units = [
        Linearity(str(k), 1, 5, (math.nan, float(k), 1.0, 2.0), (1.0, float(-k), 0, 0), 0, 0, 1.0)
        for k in range(6)
    ]
    scores = [float(k) for k in range(6)]
    by_angle = by_steps(units, scores, seeded(), resamples=50)
    assert list(by_angle) == [3, 4, 5]
    assert by_angle[3].r == 1
    by_distance = by_steps(units, scores, seeded(), Linearity.early_distance, resamples=50)
    assert list(by_distance) == [3, 4, 5]
    assert by_distance[5].r == -1


@pytest.mark.parametrize(
    ("x", "y"), [([1, 2, 3, 4], [1, 1, 1, 1]), ([1, 2, math.nan, 4], [1, 2, 3, 4]), ([1, 2, 3], [1, 2, 3])]
)
def test_ranks_that_do_not_exist_are_refused(x, y):
    with pytest.raises(InvalidInputError):
        correlate(x, y, seeded())


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "header"),
        ("unit;score\na,1\nb,2\nc,3\nd,4\n", "header"),
        ("score,unit\n1,1\n2,2\n3,3\n4,4\n", "header"),
        ("a,1\nb,2\nc,3\nd,4\n", "header"),
        ("unit,score\na,1\nb,2\nc,3\n", "fewer than 4"),
        ("unit,score\na,1\nb,2\nc,3\nd,x\n", "score 'x'"),
        ("unit,score\na,1\nb,2\nc,3\nd,nan\n", "score 'nan'"),
        ("unit,score\na,1\nb,2\nc,3\nd,inf\n", "score 'inf'"),
        ("unit,score\na,1\nb,2\nc,3\nd,4\nc,4\n", "'c' occurs twice"),
        ("unit,score\na,1\nb,2\nc,3\nd,4,5\n", "row 5 is"),
        ("unit,score\na,1\nb,2\nc,3\nd,4\n ,4\n", "row 6 is"),
        ('unit,score\na,1\nb,2\nc,3\nd,4\n"e,4\n', "unexpected end"),
        ("unit,score\na,1\nb,2\n\nc,3\nd,4\n", "row 4 is"),
        ("unit,score\na,1\nb,2\nc,3\nd\xe9,4\n", "decode"),
    ],
)
def test_scores_are_read_strictly(tmp_path, text, reason):
    file = tmp_path / "scores.csv"
    file.write_bytes(text.encode("latin-1"))
    with pytest.raises(InvalidInputError, match="unit and score") as refused:
        read_scores(file)
    assert reason in refused.value.got


def test_scores_are_read(tmp_path):
    file = tmp_path / "scores.csv"
    file.write_text('unit,score\nlogits:1,0.5\n"a.b:2",-1e-2\nc:3,3\nd:4,4\n')
    assert read_scores(file) == {"logits:1": 0.5, "a.b:2": -0.01, "c:3": 3.0, "d:4": 4.0}
    with pytest.raises(InvalidInputError):
        read_scores(tmp_path / "none.csv")


def test_the_p_value_of_few_units_counts_all_orders():
    found = correlate([1.0, 2.0, 3.0, 4.0], [4.0, 3.0, 2.0, 1.0], seeded())
    assert (found.r, found.p) == (-1, pytest.approx(2 / 24))
    ties = correlate([1.0, 2.0, 3.0, 3.0, 5.0], [2.0, 1.0, 4.0, 4.0, 3.0], seeded())
    wanted = stats.permutation_test(
        ([1, 2, 3, 3, 5],),
        lambda x: stats.spearmanr(x, [2, 1, 4, 4, 3]).statistic,
        permutation_type="pairings",
    )
    assert ties.p == pytest.approx(wanted.pvalue, abs=1e-9)
