#!/usr/bin/env -S uv run --script
# /// script
# requires-python = ">=3.10"
# dependencies = [
#     "pygbif>=0.6.1",
#     "pandas<3",
#     "geopandas",
#     "tqdm",  # bars
# ]
# ///
"""Fetch where a species has been seen."""

import sys

import geopandas as gpd
import pandas as pd
from pygbif import occurrences
from tqdm import tqdm


def main(name: str) -> None:
    found = [pd.DataFrame(occurrences.search(scientificName=name, offset=n)["results"]) for n in tqdm(range(0, 900, 300))]
    table = pd.concat(found)
    gpd.GeoDataFrame(table, geometry=gpd.points_from_xy(table.decimalLongitude, table.decimalLatitude)).to_file("seen.gpkg")


if __name__ == "__main__":
    main(sys.argv[1])
