"""What the playground shows of each kind of model: the words of the caption, the diagram, and the slow motion."""

from pages.parts.plane import Layer, Node, Phase, Scene
from pages.parts.text import _


def scene(model: str) -> Scene:
    """The scene of ``"gan"``, ``"vae"`` or ``"ae"``."""
    return {"gan": _gan, "vae": _vae, "ae": _ae}[model]()


def _gan() -> Scene:
    return Scene(
        layers=(
            Layer(
                "surface",
                "data",
                "discriminator",
                _("The "),
                _("discriminator"),
                _(" tints blue what it takes for real, orange what it takes for fake; on its line it cannot tell. "),
            ),
            Layer("mesh", "data", "generator", _("The "), _("generator"), _(" bends a grid of noise. ")),
            Layer("real", "data", "real", "", _("Real points"), _(" and ")),
            Layer("samples", "data", "generated", "", _("generated points"), _(" lie over it; ")),
            Layer("pull", "data", "generator", "", _("arrows"), _(" say where each sample is told to go.")),
            Layer("prior", "latent", "z", _("The edge of the "), _("prior"), ", "),
            Layer("mesh_z", "latent", "generator", _("the "), _("grid"), _(" that the generator bends, and ")),
            Layer("z", "latent", "z", _("the fixed "), _("noise"), _(" behind the generated points.")),
        ),
        nodes=(
            Node("noise", _("Noise z"), "z", "latent", ("z", "mesh_z")),
            Node("pull", _("Gradients"), "generator", "data", ("pull",)),
            Node("generator", _("Generator"), "generator", "data", ("mesh",)),
            Node("discriminator", _("Discriminator"), "discriminator", "data", ("surface",)),
            Node("generated", _("Generated"), "generated", "data", ("samples",)),
            Node("real", _("Real"), "real", "data", ("real",)),
        ),
        edges=(
            ("noise", "generator"),
            ("generator", "generated"),
            ("generated", "discriminator"),
            ("real", "discriminator"),
            ("discriminator", "pull"),
            ("pull", "generator"),
        ),
        phases=(*_discriminator_moves(), *_generator_moves()),
    )


def _discriminator_moves() -> tuple[Phase, ...]:
    return (
        Phase(
            _("1 · Forge"),
            _("D's turn. The generator turns noise into samples."),
            "generated",
            ("noise", "generator", "generated"),
            ("mesh", "samples"),
        ),
        Phase(
            _("2 · Look"),
            _("The discriminator looks at real and generated points alike."),
            "discriminator",
            ("real", "generated", "discriminator"),
            ("surface", "real", "samples"),
        ),
        Phase(
            _("3 · Count mistakes"),
            _("Its loss: generated points on blue ground, and real points on orange."),
            "discriminator",
            ("discriminator",),
            ("surface", "real", "samples"),
        ),
        Phase(
            _("4 · Find the slope"),
            _("Backpropagation says how each weight of D would make fewer mistakes."),
            "discriminator",
            ("discriminator",),
            ("surface", "real", "samples"),
        ),
        Phase(
            _("5 · D moves"),
            _("D's weights take one step: watch the line shift."),
            "discriminator",
            ("discriminator",),
            ("surface", "real", "samples"),
            move="discriminator",
        ),
    )


def _generator_moves() -> tuple[Phase, ...]:
    return (
        Phase(
            _("6 · Forge again"),
            _("G's turn. New noise becomes new samples."),
            "generated",
            ("noise", "generator", "generated"),
            ("mesh", "samples"),
        ),
        Phase(
            _("7 · Be judged"),
            _("The discriminator says how real each of them looks."),
            "discriminator",
            ("generated", "discriminator"),
            ("surface", "samples"),
        ),
        Phase(
            _("8 · Hear the verdict"),
            _("G's loss: samples that did not fool D."),
            "generator",
            ("discriminator", "generated"),
            ("surface", "samples"),
        ),
        Phase(
            _("9 · Follow the slope"),
            _("Through D, each sample learns which way is uphill: the arrows."),
            "generator",
            ("discriminator", "pull"),
            ("surface", "samples", "pull"),
        ),
        Phase(
            _("10 · G moves"),
            _("G's weights take one step: watch the points drift along the arrows."),
            "generator",
            ("pull", "generator"),
            ("surface", "samples", "pull"),
            move="generator",
        ),
    )


def _vae() -> Scene:
    return Scene(
        layers=(
            *_autoencoder_layers(_("samples"), _(" decoded from the prior.")),
            Layer("prior", "latent", "z", _("The "), _("prior"), _(" at one, two and three sigma, ")),
            Layer("mesh_z", "latent", "generator", _("a "), _("grid"), _(" with equal shares of it, ")),
            Layer(
                "posterior", "latent", "sigma", _("and "), _("posteriors"), _(": mu and sigma of each held-out point.")
            ),
        ),
        nodes=(
            Node("real", _("Real"), "real", "data", ("real",)),
            Node("generated", _("Samples"), "generated", "data", ("samples",)),
            Node("posterior", _("Encoder"), "encoder", "latent", ("posterior", "prior")),
            Node("decoder", _("Decoder"), "generator", "data", ("mesh",)),
            Node("noise", _("Prior z"), "z", "latent", ("prior", "mesh_z")),
            Node("reconstructions", _("Copies"), "reconstruction", "data", ("reconstructions",)),
        ),
        edges=(
            ("real", "posterior"),
            ("posterior", "decoder"),
            ("decoder", "reconstructions"),
            ("noise", "decoder"),
            ("decoder", "generated"),
        ),
        phases=(
            Phase(
                _("1 · Encode"),
                _("The encoder gives each point a place and a size in the latent plane: mu and sigma."),
                "encoder",
                ("real", "posterior"),
                ("posterior", "prior"),
                "latent",
            ),
            Phase(
                _("2 · Sample"),
                _("A code is drawn from each ellipse: z = mu + sigma · noise."),
                "z",
                ("posterior",),
                ("posterior", "prior"),
                "latent",
            ),
            Phase(
                _("3 · Decode"),
                _("The decoder, this bent grid, puts each code back into the plane."),
                "generator",
                ("decoder",),
                ("mesh",),
            ),
            Phase(
                _("4 · Compare"),
                _("Reconstruction: how far each copy landed from its original."),
                "reconstruction",
                ("decoder", "reconstructions"),
                ("real", "reconstructions"),
            ),
            Phase(
                _("5 · Pay for the code"),
                _("KL: what it costs that ellipses differ from the prior."),
                "kl",
                ("posterior", "noise"),
                ("posterior", "prior"),
                "latent",
            ),
            Phase(
                _("6 · Both move"),
                _("Encoder and decoder take one step down the sum of both."),
                "encoder",
                ("posterior", "decoder"),
                ("mesh", "real", "reconstructions"),
                move="vae",
            ),
        ),
    )


def _ae() -> Scene:
    return Scene(
        layers=(
            *_autoencoder_layers(_("samples"), _(" decoded from a mixture laid over the codes.")),
            Layer("prior", "latent", "z", _("A "), _("prior"), _(" that nothing holds the codes to, ")),
            Layer("mesh_z", "latent", "generator", _("a "), _("grid"), _(" over it, ")),
            Layer("posterior", "latent", "mu", _("and the "), _("codes"), _(" of held-out points.")),
        ),
        nodes=(
            Node("real", _("Real"), "real", "data", ("real",)),
            Node("generated", _("Samples"), "generated", "data", ("samples",)),
            Node("posterior", _("Encoder"), "encoder", "latent", ("posterior", "prior")),
            Node("decoder", _("Decoder"), "generator", "data", ("mesh",)),
            Node("noise", _("Prior z"), "z", "latent", ("prior", "mesh_z")),
            Node("reconstructions", _("Copies"), "reconstruction", "data", ("reconstructions",)),
        ),
        edges=(
            ("real", "posterior"),
            ("posterior", "decoder"),
            ("decoder", "reconstructions"),
            ("decoder", "generated"),
        ),
        phases=(
            Phase(
                _("1 · Encode"),
                _("The encoder gives each point a code: a place, without a size."),
                "encoder",
                ("real", "posterior"),
                ("posterior", "prior"),
                "latent",
            ),
            Phase(
                _("2 · Decode"),
                _("The decoder, this bent grid, puts each code back into the plane."),
                "generator",
                ("decoder",),
                ("mesh",),
            ),
            Phase(
                _("3 · Compare"),
                _("Reconstruction: how far each copy landed from its original."),
                "reconstruction",
                ("decoder", "reconstructions"),
                ("real", "reconstructions"),
            ),
            Phase(
                _("4 · Both move"),
                _("Encoder and decoder take one step. Nothing asks where the codes lie."),
                "encoder",
                ("posterior", "decoder"),
                ("mesh", "real", "reconstructions"),
                move="ae",
            ),
        ),
    )


def _autoencoder_layers(samples: str, origin: str) -> tuple[Layer, ...]:
    return (
        Layer("mesh", "data", "generator", _("The "), _("decoder"), _(" bends a grid of codes over the plane. ")),
        Layer("real", "data", "real", "", _("Real points"), _(", their ")),
        Layer("reconstructions", "data", "reconstruction", "", _("reconstructions"), _(" tied to them, and ")),
        Layer("samples", "data", "generated", "", samples, origin, hidden=True),
    )
