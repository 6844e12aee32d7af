"""Names that people import, and what the packages behind them are called."""

import sys

from sesync_cli.errors import NotFound, Refused
from sesync_cli.names import did_you_mean, near

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
    "jwt": "pyjwt",
    "magic": "python-magic",
    "mpl_toolkits": "matplotlib",
    "netCDF4": "netCDF4",
    "odf": "odfpy",
    "opencv": "opencv-python-headless",
    "osgeo": "gdal",
    "pkg_resources": "setuptools",
    "pptx": "python-pptx",
    "psycopg2": "psycopg2-binary",
    "pylab": "matplotlib",
    "serial": "pyserial",
    "shapefile": "pyshp",
    "skimage": "scikit-image",
    "sklearn": "scikit-learn",
    "slugify": "python-slugify",
    "umap": "umap-learn",
    "usb": "pyusb",
    "win32api": "pywin32",
    "yaml": "pyyaml",
    "zmq": "pyzmq",
}
# folders of modules that many packages fill, each with the number of names that its packages' names have
_SHARED = {
    "google": 2,
    "google.cloud": 3,
    "azure": 3,
    "zope": 2,
    "ruamel": 2,
    "jaraco": 2,
    "backports": 2,
    "sphinxcontrib": 2,
}
_INSIDE = {  # what is in such a folder, or in another package's, and is a package of another name
    "google.api_core": "google-api-core",
    "google.auth": "google-auth",
    "google.colab": "",
    "google.generativeai": "google-generativeai",
    "google.genai": "google-genai",
    "google.oauth2": "google-auth",
    "google.protobuf": "protobuf",
    "google.rpc": "googleapis-common-protos",
    "google.type": "googleapis-common-protos",
    "mpl_toolkits.basemap": "basemap",
    "azure.core": "azure-core",
    "azure.cosmos": "azure-cosmos",
    "azure.eventhub": "azure-eventhub",
    "azure.identity": "azure-identity",
    "azure.servicebus": "azure-servicebus",
}
# modules that the index has no package of, or one that only says so
_NO_PACKAGES = {"cv2", "dateutil", "git", "gitlab", "googleapiclient", "magic", "mpl_toolkits", "mysqldb", "opencv"}
_NO_PACKAGES |= {"openssl", "osgeo", "pil", "pptx", "pylab", "shapefile", "skimage", "sklearn", "umap", "usb", "yaml"}
# modules that Python 3.6 has not yet, and has from packages of the same name
_YOUNG = {"contextvars", "dataclasses", "graphlib", "tomllib", "zoneinfo"}
_OF_PYTHON_2 = """
    BaseHTTPServer ConfigParser Cookie HTMLParser Queue SimpleHTTPServer SocketServer StringIO Tkinter UserDict
    UserList UserString __builtin__ anydbm cPickle cStringIO commands cookielib copy_reg dumbdbm exceptions
    htmlentitydefs httplib md5 robotparser sets sha thread tkFileDialog tkMessageBox ttk urllib2 urlparse whichdb
    xmlrpclib
"""
_WELL_KNOWN = """
    beautifulsoup4 bokeh cartopy dask fiona gdal geopandas h5py humanize ipython ipywidgets joblib jupyter jupyterlab
    matplotlib nltk notebook
    netcdf4 networkx numba numpy openpyxl pandas pillow plotly polars psycopg2-binary pyarrow pymysql pyproj
    pyyaml rasterio requests rtree scikit-image scikit-learn scipy seaborn shapely sqlalchemy statsmodels sympy
    tensorflow torch tqdm xarray xlrd
"""
_OF_R = """
    arrow bayesplot biocmanager brms broom caret cmdstanr cowplot data.table devtools dplyr exactextractr
    forcats furrr future.apply gganimate ggplot ggplot2 ggpubr ggraph ggrepel glmmtmb gstat here igraph janitor
    knitr leaflet lme4 lmertest lubridate magrittr mapview mgcv nlme patchwork phyloseq plyr purrr raster readr
    readxl renv reshape2 rgdal rgeos rmarkdown rnaturalearth rstan rstanarm rstudioapi sf shiny sp spatstat
    spdep stars stringr targets terra testthat tibble tidycensus tidymodels tidyr tidyverse tigris tmap unmarked
    usethis vegan viridis zoo
"""
_R_NAMES = {  # where R's package is written otherwise than people write it here
    "biocmanager": "BiocManager",
    "ggplot": "ggplot2",
    "glmmtmb": "glmmTMB",
    "lmertest": "lmerTest",
}


def package_of(name: str) -> str:
    """The package that people mean by a module's name, in any case; empty if it is not known to differ."""
    return next((package for module, package in PACKAGES.items() if module.lower() == name.lower()), "")


def comes_with_python(name: str) -> bool:
    """Whether this is a module of Python's own, of every Python since 3.6."""
    return name in sys.stdlib_module_names - _YOUNG


def comes_with_any_python(module: str) -> bool:
    """Whether this is a module of Python's own, of Python 2 too, where it has another name by now."""
    return module in sys.stdlib_module_names or module in _OF_PYTHON_2.split()


def has_no_package(name: str) -> bool:
    """Whether this is a module whose package is called otherwise."""
    return name.replace("-", "_").lower() in _NO_PACKAGES


def package_behind(module: str) -> str:
    """The package that has a module, such as `google.cloud.storage`; empty where there is none, a guess for most."""
    parts = [part for part in module.split(".") if not part[:1].isupper()] or [module]  # capitals are a class's
    for count in range(len(parts), 1, -1):
        if (inside := _INSIDE.get(".".join(parts[:count]))) is not None:
            return inside
    shared = _SHARED.get(".".join(parts[:2])) or _SHARED.get(parts[0])
    if shared and len(parts) > 1:
        return "-".join(parts[:shared]).replace("_", "-")
    top = module.partition(".")[0]
    return PACKAGES.get(top, top.replace("_", "-"))


def is_well_known(name: str) -> bool:
    """Whether this is the name of a package, or of its module, that many people use."""
    return name.lower() in {*_WELL_KNOWN.split(), *(one.lower() for pair in PACKAGES.items() for one in pair)}


def alternatives(name: str) -> list[str]:
    """The packages that somebody may have meant by a name that no package has."""
    package = package_of(name)
    return [package] if package else [] if package_of_r(name) else near(name, _WELL_KNOWN.split())


def package_of_r(name: str) -> str:
    """The well-known package for R that has this name, as R writes it; empty if there is none."""
    plain = name.lower().removeprefix("r-")
    return _R_NAMES.get(plain, plain) if plain in _OF_R.split() else ""


def suggestion(name: str) -> str:
    """A sentence for a name that no package has: what was probably meant. Empty if nobody knows."""
    if package := package_of(name):
        return f"The package is called {package}: ask for that."
    if package := package_of_r(name):
        return f'{package} is a package for R: type install.packages("{package}") in R.'
    return did_you_mean(near(name, _WELL_KNOWN.split()))


def check_name(name: str) -> None:
    """Refuse a name that is certainly no package's, before any installer looks for it."""
    if comes_with_python(name):
        raise Refused(f"{name} comes with Python itself", hint=f"'import {name}' works without an install.")
    if has_no_package(name):
        raise NotFound(f"there is no package named {name}", hint=suggestion(name.replace("-", "_")))
