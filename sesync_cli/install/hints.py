"""What to do when an install failed: sentences for hints, and the names that packages really have."""

import re
from dataclasses import dataclass
from pathlib import Path

from sesync_cli.install.requests import named, normal, quoted
from sesync_cli.names import listed, near

# what people import, and what the package is called
IMPORTED_AS = {
    "bs4": "beautifulsoup4",
    "crypto": "pycryptodome",
    "cv2": "opencv-python-headless",
    "dateutil": "python-dateutil",
    "git": "GitPython",
    "mpl-toolkits-basemap": "basemap",
    "mysqldb": "PyMySQL",
    "osgeo": "GDAL",
    "pil": "Pillow",
    "skimage": "scikit-image",
    "sklearn": "scikit-learn",
    "yaml": "PyYAML",
}
_WELL_KNOWN = """
    beautifulsoup4 bokeh cartopy dask fiona gdal geopandas h5py humanize ipywidgets joblib matplotlib nltk
    netcdf4 networkx numba numpy openpyxl pandas pillow plotly polars psycopg2-binary pyarrow pymysql pyproj
    pyyaml rasterio requests rtree scikit-image scikit-learn scipy seaborn shapely sqlalchemy statsmodels sympy
    tensorflow torch tqdm xarray xlrd
"""


@dataclass(frozen=True)
class Attempt:
    """What was tried: the packages in words, for which Python ("Python 3.8") and version, where to, whom to ask."""

    packages: tuple[str, ...]
    title: str
    version: str
    target: Path
    log: Path
    support: str


def meant(attempt: Attempt, bare: str = "") -> str:
    """The package that was probably meant, by this name or by any that was asked for; empty if nobody knows."""
    asked = [normal(bare)] if bare else [named(word) for word in attempt.packages]
    for name in asked:
        if name in IMPORTED_AS:
            return f"The package is called {IMPORTED_AS[name]}: 'sesync install {IMPORTED_AS[name]}'. "
    alike = near(bare, _WELL_KNOWN.split()) if bare else []
    return f"Did you mean {listed(alike)}? " if alike else ""


def newest(name: str, known: list[str]) -> str:
    """The newest of the versions that pip knows, and how to ask for it."""
    last = next((version for version in reversed(known) if re.fullmatch(r"[\d.]+", version)), "")
    return f"The newest for this Python is {last}: 'sesync install {name}=={last}'. " if last else ""


def newer(attempt: Attempt, wanted: str) -> str:
    """How to have a Python that is new enough."""
    least = re.search(r">=?\s*(\d+\.\d+)", wanted)
    python = f"--python {least[1] if least else 'VERSION'}"
    create = f"sesync kernel create NAME {python} {quoted(attempt.packages)}".rstrip()
    return f"A kernel may have another Python: '{create}'."


def other_packages(attempt: Attempt) -> str:
    """How to have packages beside the Python's own."""
    return f"A kernel has packages of its own: {create(attempt)}."


def create(attempt: Attempt) -> str:
    """The command that makes a kernel with what was asked for."""
    return f"'sesync kernel create NAME {quoted(attempt.packages)}".rstrip() + "'"


def read_log(attempt: Attempt) -> str:
    """Where to read more."""
    return f"All that pip said is in {attempt.log}."


def send_log(attempt: Attempt) -> str:
    """What support needs."""
    return f"Send {attempt.log} to {attempt.support}, with the package's name."
