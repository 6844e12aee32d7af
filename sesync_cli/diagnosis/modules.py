"""Names that people import, and what the packages behind them are called."""

import sys

from sesync_cli.errors import NotFound, Refused
from sesync_cli.names import listed, near

PACKAGES = {  # where the package has another name than its module, as the index has it
    "Bio": "biopython",
    "Crypto": "pycryptodome",
    "MySQLdb": "mysqlclient",
    "OpenSSL": "pyopenssl",
    "PIL": "pillow",
    "attr": "attrs",
    "bs4": "beautifulsoup4",
    "cartopy": "Cartopy",
    "cv2": "opencv-python-headless",
    "dateutil": "python-dateutil",
    "docx": "python-docx",
    "dotenv": "python-dotenv",
    "ee": "earthengine-api",
    "fitz": "pymupdf",
    "git": "GitPython",
    "gitlab": "python-gitlab",
    "googleapiclient": "google-api-python-client",
    "igraph": "python-igraph",
    "jwt": "pyjwt",
    "magic": "python-magic",
    "mpl_toolkits": "matplotlib",
    "netCDF4": "netCDF4",
    "odf": "odfpy",
    "osgeo": "gdal",
    "pkg_resources": "setuptools",
    "pptx": "python-pptx",
    "psycopg2": "psycopg2-binary",
    "pylab": "matplotlib",
    "serial": "pyserial",
    "skimage": "scikit-image",
    "sklearn": "scikit-learn",
    "slugify": "python-slugify",
    "umap": "umap-learn",
    "usb": "pyusb",
    "win32api": "pywin32",
    "yaml": "pyyaml",
    "zmq": "pyzmq",
}
# modules that the index has no package of, or one that only says so
_NO_PACKAGES = {"cv2", "mpl_toolkits", "mysqldb", "osgeo", "pil", "pylab", "skimage", "sklearn"}
# modules that Python 3.6 has not yet, and has from packages of the same name
_YOUNG = {"contextvars", "dataclasses", "graphlib", "tomllib", "zoneinfo"}
_WELL_KNOWN = """
    beautifulsoup4 bokeh cartopy dask fiona gdal geopandas h5py humanize ipywidgets joblib matplotlib nltk
    netcdf4 networkx numba numpy openpyxl pandas pillow plotly polars psycopg2-binary pyarrow pymysql pyproj
    pyyaml rasterio requests rtree scikit-image scikit-learn scipy seaborn shapely sqlalchemy statsmodels sympy
    tensorflow torch tqdm xarray xlrd
"""


def package_of(name: str) -> str:
    """The package that people mean by a module's name, in any case; empty if it is not known to differ."""
    return next((package for module, package in PACKAGES.items() if module.lower() == name.lower()), "")


def suggestion(name: str) -> str:
    """A sentence for a name that no package has: what was probably meant. Empty if nobody knows."""
    if package := package_of(name):
        return f"The package is called {package}: ask for that."
    alike = near(name, _WELL_KNOWN.split())
    return f"Did you mean {listed(alike)}?" if alike else ""


def check_name(name: str) -> None:
    """Refuse a name that is certainly no package's, before any installer looks for it."""
    if name in sys.stdlib_module_names - _YOUNG:
        raise Refused(f"{name} comes with Python itself", hint=f"'import {name}' works without an install.")
    if name.replace("-", "_").lower() in _NO_PACKAGES:
        raise NotFound(f"there is no package named {name}", hint=suggestion(name.replace("-", "_")))
