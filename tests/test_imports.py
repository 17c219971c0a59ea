"""What importing the library brings along."""

import pkgutil
import subprocess
import sys

import genmodels


def modules_after(code):
    """Names of the modules that a fresh interpreter has loaded after ``code``."""
    script = f"{code}\nimport sys\nprint(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=300, check=True)
    return set(done.stdout.split())


def test_no_module_imports_streamlit():
    every = [m.name for m in pkgutil.walk_packages(genmodels.__path__, "genmodels.") if not m.name.endswith("__main__")]
    assert len(every) > 30
    loaded = modules_after("import " + ", ".join(every))
    assert set(every) <= loaded
    assert not {name for name in loaded if name.partition(".")[0] == "streamlit"}


def test_listing_runs_does_not_wait_for_torch(tmp_path):
    from genmodels.training.folder import RunFolder
    from tests.small_runs import small

    RunFolder.create(tmp_path / "run", small(), title="First")
    loaded = modules_after(f"""
import genmodels
from genmodels.training.executor import WorkerPool
from genmodels.training.store import RunStore, bundled
store = RunStore({str(tmp_path)!r}, WorkerPool())
(run,) = store.listed("ann")
assert store.find("run").about()["title"] == "First"
run.status(), run.history(), run.frames(), run.kept_weights(), run.size(), bundled()
run.rename, run.send("pause")
""")
    assert "genmodels.training.folder" in loaded
    assert not loaded & {"torch", "numpy", "genmodels.training.loop"}


def test_what_the_package_offers_is_there():
    from genmodels import training

    for name in training.__all__:
        assert getattr(training, name).__name__ == name


def test_no_page_has_to_wait_for_the_compiler_of_torch():
    loaded = modules_after("""
from genmodels.data import spec_of
from genmodels.models import MODELS, preset
from genmodels.nn import NETWORKS
from pages.parts.architecture import stacks
for data in ("digits", "ring"):
    spec = spec_of(data)
    for model in MODELS:
        for network in NETWORKS if spec.modality == "image" else ("mlp",):
            assert stacks(preset(model, data, spec, "fast", network=network), spec)
""")
    assert "torch" in loaded
    assert "torch._dynamo" not in loaded
