"""What notebooks and scripts import and install is guessed, shown, and taken if agreed."""

import json
from pathlib import Path

import pytest

from tests.conftest import Said


def notebook(*cells: str) -> str:
    return json.dumps({"nbformat": 4, "cells": [{"cell_type": "code", "source": cell} for cell in cells]})


def old_notebook(*cells: str) -> str:
    sheet = {"cells": [{"cell_type": "code", "input": [cell], "language": "python"} for cell in cells]}
    return json.dumps({"nbformat": 3, "worksheets": [sheet]})


@pytest.mark.parametrize(
    ("cells", "packages"),
    [
        (("%pip install -q tabulate==0.9.0\nimport tabulate",), "tabulate==0.9.0"),
        (("!{sys.executable} -m pip install 'xlrd<2' --user", "import xlrd, os"), "xlrd<2"),
        (("%conda install -y -c conda-forge pytorch=1.7 nodejs", "import torch"), "torch==1.7.*"),
        (("# !pip install six\nimport attr",), "attrs"),
        (("%%bash\npip install six", "%%time\nimport numpy"), "numpy"),
        (
            ("import google.cloud.storage\nfrom google.cloud import bigquery",),
            "google-cloud-bigquery, google-cloud-storage",
        ),
        (("from google.protobuf import text_format", "from ruamel.yaml import YAML"), "protobuf, ruamel-yaml"),
        (
            ("from azure.storage.blob import BlobClient", "from mpl_toolkits.mplot3d import Axes3D"),
            "azure-storage-blob, matplotlib",
        ),
        (("print 'of Python 2'\nimport numpy as np, urllib2\nfrom scipy import stats",), "numpy, scipy"),
    ],
)
def test_what_a_notebook_needs(sesync, folder: Path, cells, packages):
    (folder / "plot.ipynb").write_text(notebook(*cells))
    result = sesync("kernel", "create", "heat", "--from", "plot.ipynb")
    said = Said(" ".join(result.err.split()))
    assert result.code == 2
    assert f"plot.ipynb imports what these packages seem to be: {packages}. Make the kernel with them?" in said
    (folder / "plot.ipynb").write_text(old_notebook(*cells))
    assert f"seem to be: {packages}." in " ".join(sesync("kernel", "create", "--guess").err.split())


def test_a_block_in_a_script_counts_before_what_is_imported(sesync, folder: Path):
    block = "# /// script\n# requires-python = '>=3.11'\n# dependencies = ['pandas<2']\n# ///\nimport pandas, yaml\n"
    (folder / "plot.py").write_text(block)
    assert "seem to be: pandas<2, pyyaml." in " ".join(sesync("kernel", "create", "--guess").err.split())
    plan = sesync("kernel", "create", "--from", "plot.py", "-n", "--json").json
    assert "ipykernel 'pandas<2'" in "\n".join(plan["steps"])
    (folder / "plot.py").write_text("import yaml\n")
    assert "plot.py imports what these packages seem to be: pyyaml." in " ".join(
        sesync("kernel", "create", "--from", "plot.py").err.split()
    )
    (folder / "plot.py").write_text("import os\n")
    result = sesync("kernel", "create", "--from", "plot.py")
    assert (result.code, result.err.splitlines()[0]) == (1, f"Error: {folder}/plot.py imports no package")
