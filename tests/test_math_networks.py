"""The special parts of networks do what their papers say."""

import pytest
import torch
from torch import nn
from torch.nn.utils import parametrize

from genmodels.errors import UserError
from genmodels.models import MODELS, Batch
from genmodels.models.base import Model
from genmodels.nn import NETWORKS, let_leak, parameter_count
from genmodels.nn.codebook import Codebook
from genmodels.nn.custom import Custom
from genmodels.nn.inside import activations, given_to
from genmodels.nn.masked import MaskedNetwork
from genmodels.nn.mixture import GaussianMixture
from genmodels.nn.residual import Residual, ResidualNetwork, block
from genmodels.nn.spectral import normalise
from pages.parts.architecture import stacks
from tests.small_models import DATA, KINDS, fresh, small, trained

CONDITIONAL = [(model, kind) for model, kind in KINDS if MODELS[model].thing.conditional]


def inputs(model: Model, n: int = 16) -> torch.Tensor:
    x = DATA[model.spec.modality].test[:n]
    return x / 255 if model.spec.modality == "image" else x


# ------------------------------------------------------------------ every network


@pytest.mark.parametrize("name", NETWORKS)
def test_a_sample_never_depends_on_its_neighbours(name, float64) -> None:
    # Penalties per sample and importance weights rest on this; batch normalisation would break it.
    vae = fresh("vae", network=name)
    x, z = inputs(vae).double(), torch.randn(16, vae.config.latent_dim)
    for network, batch in ((vae.encoder, x), (vae.decoder, z)):
        together = network(batch)
        torch.testing.assert_close(together[3:4], network(batch[3:4]))
        torch.testing.assert_close(together.flip(0), network(batch.flip(0)))
    assert vae.decoder(z).shape == x.shape


# ------------------------------------------------------------------ spectral normalisation


def stretches(network: nn.Module) -> list[float]:
    """The largest singular value of every normalised layer."""
    layers = [layer for layer in network.modules() if parametrize.is_parametrized(layer)]
    return [float(torch.linalg.matrix_norm(layer.weight.detach().flatten(1), 2)) for layer in layers]


@pytest.mark.parametrize(("network", "layers"), [("mlp", 2), ("conv", 2), ("residual", 4)])
def test_spectral_norm_holds_every_layer_at_one(network, layers) -> None:
    trainer = trained(small("gan", spectral=True, network=network, loss="hinge", penalty="none", lr_d=2e-4), steps=30)
    found = stretches(trainer.model.discriminator)
    assert len(found) == layers
    assert found == pytest.approx([1] * layers, abs=0.1), "power iteration trails moving weights a little"
    for _ in range(300):
        trainer.model.discriminator(torch.zeros(1, 1, 8, 8))
    assert max(stretches(trainer.model.discriminator)) <= 1 + 1e-3


def test_spectral_norm_is_exact_where_weights_rest(float64) -> None:
    network = nn.Sequential(nn.Linear(7, 5), nn.Conv2d(2, 3, 3), nn.Embedding(4, 6))
    normalise(network)
    for _ in range(300):
        network[0].weight, network[1].weight, network[2].weight
    assert stretches(network) == pytest.approx([1, 1, 1], abs=1e-6)


def test_looking_at_an_averaged_model_does_not_change_it() -> None:
    trainer = trained(small("gan", spectral=True), steps=3)
    before = {name: value.clone() for name, value in trainer.shown.state_dict().items()}
    trainer.snapshot()
    trainer.evaluate()
    assert all(torch.equal(before[name], value) for name, value in trainer.shown.state_dict().items())


# ------------------------------------------------------------------ leaks


def silent(slope: float) -> nn.Sequential:
    """A network whose hidden units are below zero for every sample."""
    network = nn.Sequential(nn.Linear(2, 3), nn.ReLU(), nn.Linear(3, 1))
    nn.init.constant_(network[0].bias, -100)
    if slope:
        let_leak(network, slope)
    return network


def test_only_a_unit_that_leaks_learns_after_it_fell_silent(float64) -> None:
    x = torch.randn(5, 2)
    for slope in (0.0, 0.05):
        network = silent(slope)
        network(x).sum().backward()
        torch.testing.assert_close(network[0].bias.grad, slope * 5 * network[2].weight.detach()[0])


@pytest.mark.parametrize("model", [name for name in MODELS if "leak_d" in MODELS[name].thing.config_class.model_fields])
@pytest.mark.parametrize("network", NETWORKS)
def test_all_of_d_leaks_and_nothing_of_g(model, network) -> None:
    gan = fresh(model, network=network, activation="relu", leak_d=0.1)
    bends = [layer for layer in gan.discriminator.modules() if isinstance(layer, nn.ReLU | nn.LeakyReLU)]
    assert [getattr(layer, "negative_slope", 0) for layer in bends] == [0.1] * len(bends) != []
    assert not any(isinstance(layer, nn.LeakyReLU) for layer in gan.decoder.modules())


# ------------------------------------------------------------------ residual blocks


def test_a_residual_block_adds_its_change_to_what_it_is_given(float64) -> None:
    inner = block(3, "tanh")
    x = torch.randn(2, 3, 6, 6, requires_grad=True)
    torch.testing.assert_close(inner(x), x + inner[3](inner[1](x.tanh()).tanh()))
    with torch.no_grad():
        inner[3].weight.zero_()
        inner[3].bias.zero_()
    assert torch.equal(inner(x), x), "a block that changes nothing is the identity"
    (slope,) = torch.autograd.grad(inner(x).sum(), x)
    assert torch.equal(slope, torch.ones_like(x)), "and its gradient passes by untouched"


@pytest.mark.parametrize("depth", [1, 2])
def test_residual_networks_have_a_block_at_every_level_and_fit_their_data(depth) -> None:
    shape = (3, 8, 12)
    encoder = ResidualNetwork.encoder(shape, 5, 4, depth, "silu")
    decoder = ResidualNetwork.decoder(5, shape, 4, depth, "silu")
    for network in (encoder, decoder):
        assert sum(isinstance(layer, Residual) for layer in network) == depth
    assert decoder(encoder(torch.randn(2, *shape))).shape == (2, *shape)
    with pytest.raises(UserError, match="halve"):
        ResidualNetwork.encoder((1, 6, 6), 5, 4, 2, "silu")
    with pytest.raises(UserError, match="needs images"):
        ResidualNetwork.decoder(2, (2,), 4, 1, "silu")


# ------------------------------------------------------------------ laid layer by layer

STACKS = [
    ("conv 32 s2, conv 64 s2, flatten, linear 256", "linear 256, image 64, up 32, up 16", (1, 28, 28)),
    ("conv 4 k5, res, conv 6 s2", "image 8, res, shuffle 4, conv 5 k5", (3, 12, 8)),
    ("flatten, linear 9", "linear 9", (1, 6, 6)),
    ("linear 64, linear 32", "linear 32", (2,)),
    ("", "", (2,)),
]


@pytest.mark.parametrize(("encoder", "decoder", "shape"), STACKS)
def test_laid_stacks_fit_their_data(encoder, decoder, shape) -> None:
    network = Custom(encoder, decoder)
    down, up = network.encoder(shape, 5, 0, 0, "silu"), network.decoder(5, shape, 0, 0, "silu")
    assert isinstance(down[-1], nn.Linear), "features and the last layer can be told apart"
    assert down(torch.randn(2, *shape)).shape == (2, 5)
    assert up(torch.randn(2, 5)).shape == (2, *shape)


def test_a_stack_is_the_network_it_describes(float64) -> None:
    network = Custom("conv 3 k3 s2", "image 2, up 3").encoder((1, 4, 4), 5, 0, 0, "tanh")
    conv, head = network[0], network[-1]
    x = torch.randn(2, 1, 4, 4)
    by_hand = torch.nn.functional.conv2d(x, conv.weight, conv.bias, stride=2, padding=1).tanh().flatten(1)
    torch.testing.assert_close(network(x), by_hand @ head.weight.T + head.bias)


@pytest.mark.parametrize(
    ("encoder", "decoder", "sentence"),
    [
        ("conv 8, linear 4", "", "Encoder layer 2, 'linear 4', needs a plain list .* 8×8×8; put 'flatten' before it"),
        ("flatten, conv 4", "", "layer 2, 'conv 4', needs a picture but gets a plain list of 64"),
        ("flatten, flatten", "", "nothing to flatten"),
        ("conv", "", "does not say how many; write 'conv 64'"),
        ("dense 4", "", "choose among linear, conv, res, flatten"),
        ("conv 4 4", "", "is not written as in"),
        ("conv 4; drop table", "", "is not written as in"),
        ("conv 0", "", "is out of range: the size can be 1 to"),
        ("conv 4 k99", "", "the kernel can be 1 to 9"),
        ("conv 4 s4, conv 4 s4, conv 4 k7 s4, conv 4 k8", "", "a kernel larger than the 4×1×1 it gets"),
        (", ".join(["res"] * 17), "", "has 17 layers; 16 are the most"),
        ("", "conv 4", "Decoder layer 1, 'conv 4', needs a picture"),
        ("", "image 4, image 4", "gets a picture already"),
        ("", "image 4, up 4, up 4, up 4, up 4", "cannot be doubled 4 times to 8×8"),
        ("", "image 4, conv 4 s2", "would change the size"),
        ("", "image 4, linear 4", "put it before 'image'"),
    ],
)
def test_a_stack_that_cannot_work_is_explained_in_one_sentence(encoder, decoder, sentence) -> None:
    with pytest.raises(UserError, match=sentence) as caught:
        fresh("vae", network="custom", encoder_layers=encoder, decoder_layers=decoder)
    assert str(caught.value).count(". ") == 0


def test_pictures_are_not_made_of_points() -> None:
    with pytest.raises(UserError, match="these data are points"):
        Custom("", "image 4").decoder(2, (2,), 0, 0, "silu")


# ------------------------------------------------------------------ packs


def test_packs_hold_different_samples_and_every_sample_is_scored() -> None:
    gan = fresh("gan", pac=2)
    x = inputs(gan)
    packs = gan.packed(x)
    assert packs.shape == (8, 2, 8, 8)
    assert torch.equal(packs[3], torch.cat([x[6], x[7]]))
    scores = gan.score(x)
    assert scores.shape == (16,)
    torch.testing.assert_close(scores[6:7], gan.critic(gan.seen(packs[3:4])))
    torch.testing.assert_close(scores[15:], gan.critic(gan.seen(torch.cat([x[15], x[0]])[None])))


def test_pack_penalty_is_that_of_the_whole_pack() -> None:
    gan = fresh("gan", "points", pac=4, penalty="r1", gamma=2.0)
    gan.discriminator = nn.Sequential(nn.Linear(8, 1))
    terms = gan.discriminator_loss(Batch(inputs(gan), None, 0), torch.Generator())
    slope = gan.discriminator[0].weight.detach().square().sum()
    torch.testing.assert_close(terms.parts["penalty"].detach(), slope.expand(4))


def test_packs_that_do_not_fit_are_refused_in_words() -> None:
    with pytest.raises(UserError, match="packs of 3"):
        fresh("gan", pac=3)
    with pytest.raises(UserError, match="one by one"):
        fresh("cgan", pac=2)


# ------------------------------------------------------------------ vector quantisation


def test_rounding_passes_values_down_and_gradients_up(float64) -> None:
    vq = fresh("vq-vae")
    e = torch.randn(3, vq.positions, vq.config.code_dim, requires_grad=True)
    index = vq.codebook.nearest(e)
    z = vq.straight_through(e, index)
    torch.testing.assert_close(z, vq.codebook.vectors[index])
    weights = torch.randn_like(z)
    (slope,) = torch.autograd.grad((z * weights).sum(), e)
    assert torch.equal(slope, weights)


def test_nearest_code_is_the_nearest() -> None:
    book, e = Codebook(9, 3), torch.randn(50, 4, 3)
    distance = (e[:, :, None] - book.vectors).square().sum(-1)
    assert torch.equal(book.nearest(e), distance.argmin(-1))


def test_codebook_settles_on_the_means_of_what_it_stands_for() -> None:
    generator = torch.Generator().manual_seed(0)
    centres = torch.tensor([[4.0, 0.0], [-4.0, 0.0], [0.0, 4.0]])
    book = Codebook(3, 2)
    for _ in range(600):
        e = centres[torch.randint(3, (128,), generator=generator)] + 0.1 * torch.randn(128, 2, generator=generator)
        book.update(e, book.nearest(e), generator)
    found = book.vectors[book.nearest(centres)]
    torch.testing.assert_close(found, centres, rtol=0, atol=0.05)
    torch.testing.assert_close(book.share.sum(), torch.tensor(1.0), rtol=0, atol=1e-4)


def test_new_sentences_are_made_of_code_vectors_and_have_the_length_that_is_counted() -> None:
    vq = fresh("vq-vae", codebook=3, latent_dim=8)
    z = vq.prior(4000, torch.Generator().manual_seed(0))
    assert z.shape == (4000, 8)
    index = vq.codebook.nearest(z.view(4000, 2, 4))
    torch.testing.assert_close(vq.codebook.look_up(index).flatten(1), z)
    # What it draws is what it counts: all nine sentences as often as their length in nats says.
    every = torch.cartesian_prod(torch.arange(3), torch.arange(3))
    expected = (-vq.code_length(every)).exp().detach()
    assert float(expected.sum()) == pytest.approx(1, abs=1e-5)
    drawn = torch.bincount(index[:, 0] * 3 + index[:, 1], minlength=9) / 4000
    assert ((drawn - expected).abs() < 4 * (expected / 4000).sqrt()).all()


def sees(network: MaskedNetwork, places: int, dim: int) -> torch.Tensor:
    """Which places each output of a masked network depends on, ``[asked, given]``."""
    x = torch.randn(1, places, dim)
    slope = torch.autograd.functional.jacobian(lambda x: network(x).sum((0, 2)), x)
    return slope.abs().sum((1, 3)) > 0


@pytest.mark.parametrize("places", [1, 2, 5])
def test_each_place_sees_all_places_before_it_and_no_other(places, float64) -> None:
    found = sees(MaskedNetwork(places, 3, 40, 4), places, 3)
    assert torch.equal(found, torch.ones(places, places, dtype=torch.bool).tril(-1))


def test_one_place_is_the_same_alone_as_among_all(float64) -> None:
    network, x = MaskedNetwork(4, 3, 30, 6), torch.randn(5, 4, 3)
    for place in range(4):
        torch.testing.assert_close(network.at(x, place), network(x)[:, place])


def test_chances_of_all_sentences_sum_to_one(float64) -> None:
    network, words = MaskedNetwork(3, 2, 24, 2), torch.randn(2, 2)
    every = torch.cartesian_prod(*[torch.arange(2)] * 3)
    chances = network(words[every]).log_softmax(2).gather(2, every[:, :, None]).sum((1, 2)).exp()
    torch.testing.assert_close(chances.sum(), torch.tensor(1.0))


# ------------------------------------------------------------------ the mixture over the codes


def test_mixture_is_the_standard_normal_before_it_has_seen_anything(float64) -> None:
    mixture, z = GaussianMixture(4, 3), torch.randn(20, 3)
    normal = torch.distributions.Normal(0.0, 1.0).log_prob(z).sum(1)
    torch.testing.assert_close(mixture.log_joint(z).logsumexp(1), normal, rtol=0, atol=2e-2)


def test_mixture_finds_clusters_and_draws_from_them(float64) -> None:
    generator = torch.Generator().manual_seed(0)
    centres = torch.tensor([[5.0, 0.0], [-5.0, 1.0], [0.0, -6.0]])
    shape = torch.tensor([[0.5, 0.0], [0.4, 0.2]])
    mixture = GaussianMixture(3, 2)
    for _ in range(300):
        which = torch.randint(3, (256,), generator=generator)
        mixture.update(centres[which] + torch.randn(256, 2, generator=generator) @ shape.T, generator)
    weight, mean, sigma, axes = mixture.moments()
    nearest = torch.cdist(centres, mean).argmin(1)
    assert sorted(nearest.tolist()) == [0, 1, 2]
    torch.testing.assert_close(mean[nearest], centres, rtol=0, atol=0.1)
    torch.testing.assert_close(weight, torch.full((3,), 1 / 3), rtol=0, atol=0.03)
    covariance = axes * sigma[:, None].square() @ axes.transpose(1, 2)
    torch.testing.assert_close(covariance, (shape @ shape.T).expand(3, 2, 2), rtol=0, atol=0.06)
    drawn = mixture.sample(6000, generator)
    torch.testing.assert_close(drawn.mean(0), centres.mean(0), rtol=0, atol=0.3)
    assert float(torch.cdist(drawn, centres).min(1).values.max()) < 4


@pytest.mark.parametrize("code", [float("nan"), float("inf"), 0.0, 1e3])
def test_mixture_survives_codes_that_are_all_alike_or_no_numbers(code) -> None:
    mixture, generator = GaussianMixture(2, 16), torch.Generator()
    for _ in range(50):
        mixture.update(torch.full((8, 16), code), generator)
    assert mixture.sample(5, generator).isfinite().all()
    assert all(bool(part.isfinite().all()) for part in mixture.moments())


# ------------------------------------------------------------------ labels


@pytest.mark.parametrize(("name", "kind"), CONDITIONAL)
def test_conditional_models_change_with_the_label_and_take_turns_without(name, kind) -> None:
    model = fresh(name, kind)
    z = model.prior(6, torch.Generator().manual_seed(0))
    zero, one = torch.zeros(6, dtype=torch.int64), torch.ones(6, dtype=torch.int64)
    assert not torch.allclose(model.decode(z, zero), model.decode(z, one))
    assert torch.equal(model.decode(z), model.decode(z, torch.tensor([0, 1, 0, 1, 0, 1])))


@pytest.mark.parametrize(("name", "kind"), CONDITIONAL)
def test_without_a_label_a_sample_gets_the_one_that_suits_it(name, kind) -> None:
    trainer = trained(small(name, kind), kind, steps=5)
    model, x = trainer.model, inputs(trainer.model)
    ones = torch.ones(len(x), dtype=torch.int64)
    if model.scores:
        best = torch.maximum(model.score(x, 0 * ones), model.score(x, ones))
        torch.testing.assert_close(model.score(x), best)
        assert not torch.equal(model.score(x, 0 * ones), model.score(x, ones))
    if model.encodes:
        y = model.best_label(model.standardise(x))
        assert torch.equal(model.encode(x).mu, model.encode(x, y).mu)
        assert torch.equal(model.reconstruct(x), model.reconstruct(x, y))


def test_a_trained_conditional_vae_tells_the_classes_apart() -> None:
    trainer = trained(small("cvae", width=64, lr=1e-2), steps=150)
    x, y = inputs(trainer.model), DATA["image"].test_labels[:16]
    assert float((trainer.model.best_label(x) == y).float().mean()) >= 0.9


@pytest.mark.parametrize(("name", "kind"), KINDS)
def test_other_models_do_not_look_at_labels(name, kind) -> None:
    model = fresh(name, kind)
    if model.conditional:
        return
    z, y = model.prior(4, torch.Generator().manual_seed(0)), torch.tensor([0, 1, 1, 0])
    assert torch.equal(model.decode(z, y), model.decode(z))
    assert model.labels_in_turn(4) is None


# ------------------------------------------------------------------ InfoGAN


def test_information_reaches_its_upper_limit_where_the_code_can_be_read_off(float64) -> None:
    model = fresh("infogan", "points", categories=4, continuous=0, latent_dim=6)
    z = model.prior(64, torch.Generator().manual_seed(0))
    assert torch.equal(z[:, :4].sum(1), torch.ones(64))

    class Reader(nn.Module):
        certainty = 0.0

        def forward(self, x):
            return self.certainty * z[:, :4]

    model.recogniser = reader = Reader()
    torch.testing.assert_close(model.information(z, z), torch.zeros(64))
    reader.certainty = 100.0
    torch.testing.assert_close(model.information(z, z), torch.full((64,), 4.0).log())


def test_codes_that_do_not_fit_are_refused_in_words() -> None:
    with pytest.raises(UserError, match="12 codes do not fit"):
        fresh("infogan", latent_dim=4)


# ------------------------------------------------------------------ a look inside


@pytest.mark.parametrize("name", NETWORKS)
@pytest.mark.parametrize("spectral", [False, True])
def test_activations_end_at_the_output_and_have_the_shapes_that_are_drawn(name, spectral, float64) -> None:
    gan = fresh("gan", network=name, spectral=spectral).eval()
    x, z = inputs(gan, 3).double(), torch.randn(3, gan.config.latent_dim)
    drawn = {stack.name: stack for stack in stacks(gan.config, gan.spec)}
    for part, batch in (("discriminator", x), ("decoder", z)):
        network = getattr(gan, part)
        found = activations(network, batch)
        assert found[0] == ("input", batch, 0)
        torch.testing.assert_close(found[-1].out, network(batch), rtol=0, atol=0)
        assert tuple(tuple(layer.out.shape[1:]) for layer in found) == drawn[part].shapes
        assert sum(layer.weights for layer in found) == parameter_count(network) == drawn[part].weights


def test_an_activation_is_that_of_the_layer_before_it(float64) -> None:
    first, second = nn.Linear(4, 6), nn.Linear(6, 2)
    x = torch.randn(5, 4)
    names, outs, weights = zip(*activations(nn.Sequential(first, nn.ReLU(), second), x), strict=True)
    assert (names, weights) == (("input", "linear", "linear"), (0, 30, 14))
    torch.testing.assert_close(outs[1], (x @ first.weight.T + first.bias).relu())


@pytest.mark.parametrize(("name", "kind"), KINDS)
def test_what_a_network_is_given_is_heard_and_then_forgotten(name, kind) -> None:
    model = fresh(name, kind).eval()
    z = model.prior(2, torch.Generator().manual_seed(0))
    heard = given_to(model.decoder, lambda: model.decode(z))
    assert not heard.requires_grad
    assert len(heard) == 2
    assert not model.decoder[0]._forward_pre_hooks
    with pytest.raises(LookupError):
        given_to(model.decoder, lambda: None)
