"""Where everything stands. This module imports nothing from the package, so that anything may import it.

The project's root is the nearest folder, from the working directory upwards, that holds `dvc.yaml`; papermill works in
the root and JupyterLab in `notebooks/`, and both find it so.
"""

from pathlib import Path


def find_root(start: Path | None = None) -> Path:
    """Return the nearest folder at or above `start` (default: the working directory) that holds `dvc.yaml`.

    Falls back to the checkout this file was installed from, so that `kzties code` works in any folder.
    """
    start = (start or Path.cwd()).resolve()
    for folder in (start, *start.parents):
        if (folder / "dvc.yaml").is_file() and (folder / "codebook").is_dir():
            return folder
    return Path(__file__).resolve().parents[2]


ROOT = find_root()
RAW = ROOT / "data" / "raw"
GOLD = ROOT / "data" / "gold"
PROCESSED = ROOT / "data" / "processed"
CODEBOOK = ROOT / "codebook"
PARAMS = ROOT / "params.yaml"
REPORTS = ROOT / "reports"
FIGURES = REPORTS / "figures"
NUMBERS = REPORTS / "numbers.json"
