"""Writes files of the formats that the field uses, with the libraries that it writes them with.

`python write_files.py FOLDER` makes a folder in it for each of them. It runs where these libraries are: the tests make
an environment for it.
"""

import bz2
import gzip
import json
import lzma
import os
import pickle
import shutil
import sqlite3
import sys
import tarfile
import tempfile
import warnings
import wave
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import geopandas
import h5py
import joblib
import laspy
import matplotlib
import netCDF4
import nibabel
import nrrd
import numpy as np
import pandas as pd
import pyarrow as pa
import pyogrio
import pyreadr
import pyreadstat
import rasterio
import safetensors.numpy
import scipy.io
import shapefile
import xarray
import zarr
from astropy.io import fits
from PIL import Image
from pyarrow import dataset, feather, orc
from rasterio.shutil import copy as translated
from shapely.geometry import LineString, Point, Polygon

SMALL, LARGE = 40, 3000
"""Rows of small and of large tables."""
BIG = 1300
"""Rows and columns of a raster of four bytes a pixel that is larger than 5 MB."""
WRITERS: dict[str, Callable[[Path], object]] = {}

Writer = Callable[[Path], object]


def writes(name: str) -> Callable[[Writer], Writer]:
    """This function writes the file of this name; the folder is called as the function is."""

    def keep(write: Writer) -> Writer:
        WRITERS[f"{write.__name__}/{name}"] = write
        return write

    return keep


# ---- rasters


def pixels(side: int, seed: int = 0) -> Any:
    return np.random.default_rng(seed).normal(300, 20, (side, side)).astype("float32")


def geotiff(path: Path, side: int = 60, *, kind: str = "float32", **options: Any) -> Path:
    place = rasterio.transform.from_origin(400_000, 4_300_000, 30, 30)
    profile = {"driver": "GTiff", "height": side, "width": side, "count": 1, "dtype": kind}
    with rasterio.open(path, "w", **profile, crs="EPSG:32618", transform=place, nodata=0, **options) as file:
        file.write(pixels(side).astype(kind), 1)
    return path


def by_gdal(driver: str, kind: str = "float32", side: int = 60, **options: Any) -> Writer:
    """A raster that GDAL makes of a GeoTIFF."""

    def write(path: Path) -> None:
        with tempfile.TemporaryDirectory() as folder:
            source = geotiff(Path(folder, "source.tif"), side, kind=kind)
            translated(str(source), str(path), driver=driver, **options)

    return write


RASTERS = {
    "cog/dem.tif": by_gdal("COG", side=600),
    "envi/cover.img": by_gdal("ENVI"),
    "envi_bare/cover": by_gdal("ENVI"),
    "envi_dat/cover.dat": by_gdal("ENVI"),
    "envi_append/cover.bsq": by_gdal("ENVI", SUFFIX="ADD"),
    "ehdr/heat.bil": by_gdal("EHdr"),
    "saga/heat.sdat": by_gdal("SAGA"),
    "idrisi/cover.rst": by_gdal("RST"),
    "idrisi_bytes/cover.rst": by_gdal("RST", "uint8"),
    "esri_ascii/dem.asc": by_gdal("AAIGrid"),
    "xyz/dem.xyz": by_gdal("XYZ"),
    "png_world/map.png": by_gdal("PNG", "uint8", WORLDFILE="YES"),
    "jpeg_world/map.jpg": by_gdal("JPEG", "uint8", WORLDFILE="YES"),
    "jpeg2000/scene.jp2": by_gdal("JP2OpenJPEG", "uint8"),
    "erdas/scene.img": by_gdal("HFA"),
    "erdas_spill/scene.img": by_gdal("HFA", USE_SPILL="YES"),
    "grib2/era.grib2": by_gdal("GRIB"),
    "mrf/scene.mrf": by_gdal("MRF", "uint8", COMPRESS="PNG"),
    "ermapper/scene.ers": by_gdal("ERS"),
    "pcidsk/scene.pix": by_gdal("PCIDSK"),
    "nitf/scene.ntf": by_gdal("NITF", "uint8"),
    "vrt/mosaic.vrt": by_gdal("VRT"),
    "r_raster/cover.grd": by_gdal("RRASTER"),
    "pcraster/ldd.map": by_gdal("PCRaster", PCRASTER_VALUESCALE="VS_SCALAR"),
    "surfer/dem.grd": by_gdal("GSBG"),
    "surfer_7/dem.grd": by_gdal("GS7BG"),
    "ilwis/dem.mpr": by_gdal("ILWIS"),
    "raster_package/tiles.gpkg": by_gdal("GPKG", "uint8"),
    "mbtiles/tiles.mbtiles": by_gdal("MBTiles", "uint8"),
    "gdal_netcdf/sst.nc": by_gdal("netCDF"),
    "big_geotiff/dem.tif": lambda path: geotiff(path, BIG),
    "big_erdas/dem.img": by_gdal("HFA", side=BIG),
    "big_envi/dem.dat": by_gdal("ENVI", side=BIG),
    "big_saga/dem.sdat": by_gdal("SAGA", side=BIG),
}


@writes("dem.tif")
def geotiff_with_sidecars(path: Path) -> None:
    geotiff(path, 600, TFW="YES")
    with rasterio.Env(GDAL_TIFF_INTERNAL_MASK=False, TIFF_USE_OVR=True), rasterio.open(path, "r+") as file:
        file.build_overviews([2, 4], rasterio.enums.Resampling.average)
        file.write_mask(np.full((600, 600), 255, "uint8"))
    with rasterio.open(path) as file:
        file.statistics(1)


@writes("plain.tif")
def pillow_tiff(path: Path) -> None:
    Image.fromarray(pixels(60)).save(path)


@writes("photo.jpg")
def photo(path: Path) -> None:
    Image.fromarray(pixels(300).astype("uint8")).save(path)


@writes("sst.nc")
def netcdf_3(path: Path) -> None:
    _netcdf(path, "NETCDF3_CLASSIC")


@writes("sst.nc")
def netcdf_3_large(path: Path) -> None:
    _netcdf(path, "NETCDF3_64BIT_OFFSET")


@writes("sst.nc")
def netcdf_5(path: Path) -> None:
    _netcdf(path, "NETCDF3_64BIT_DATA")


@writes("sst.nc")
def netcdf_4(path: Path) -> None:
    _netcdf(path, "NETCDF4")


def _netcdf(path: Path, form: Any) -> None:
    with netCDF4.Dataset(path, "w", format=form) as file:
        file.createDimension("time", None)
        file.createDimension("site", 20)
        file.createVariable("sst", "f4", ("time", "site"))[:] = np.ones((30, 20))


@writes("runs.h5")
def hdf5(path: Path) -> None:
    with h5py.File(path, "w") as file:
        file["runs/1/heat"] = pixels(60)


@writes("frames.h5")
def pandas_hdf5(path: Path) -> None:
    frame(SMALL).to_hdf(path, key="sites", format="table")


@writes("image.fits")
def fits_image(path: Path) -> None:
    fits.PrimaryHDU(pixels(60)).writeto(path)


@writes("brain.nii")
def nifti(path: Path) -> None:
    nibabel.save(nibabel.Nifti1Image(np.ones((9, 9, 9), "float32"), np.eye(4)), path)


@writes("brain.nii.gz")
def nifti_packed(path: Path) -> None:
    nibabel.save(nibabel.Nifti1Image(np.ones((9, 9, 9), "float32"), np.eye(4)), path)


@writes("brain.img")
def nifti_pair(path: Path) -> None:
    nibabel.save(nibabel.Nifti1Pair(np.ones((9, 9, 9), "float32"), np.eye(4)), path)


@writes("scan.nhdr")
def nrrd_pair(path: Path) -> None:
    nrrd.write(str(path), pixels(30), header={"encoding": "raw"}, detached_header=True)


@writes("scan.nrrd")
def nrrd_whole(path: Path) -> None:
    nrrd.write(str(path), pixels(30))


@writes("heat.npy")
def numpy_array(path: Path) -> None:
    np.save(path, pixels(60))


@writes("heat.npz")
def numpy_arrays(path: Path) -> None:
    np.savez(path, a=pixels(60), b=pixels(30))


@writes("heat.mat")
def matlab_5(path: Path) -> None:
    scipy.io.savemat(path, {"heat": pixels(60)})


@writes("heat.mat")
def matlab_7_3(path: Path) -> None:
    with h5py.File(path, "w", userblock_size=512) as file:
        file["heat"] = pixels(60)
    with open(path, "r+b") as file:
        file.write(b"MATLAB 7.3 MAT-file, Platform: GLNXA64, Created on: Mon Jan  1 00:00:00 2024 HDF5 schema 1.00 .")


def _cube() -> Any:
    return xarray.Dataset({"t": (("time", "y", "x"), np.ones((4, 30, 30)))}, {"time": np.arange(4)})


@writes("cube.zarr")
def zarr_2(path: Path) -> None:
    _cube().to_zarr(path, zarr_format=2)


@writes("cube.zarr")
def zarr_3(path: Path) -> None:
    _cube().to_zarr(path, zarr_format=3)


@writes("cube")
def zarr_unnamed(path: Path) -> None:
    _cube().to_zarr(path, zarr_format=3)


@writes("cube.zarr.zip")
def zarr_zip(path: Path) -> None:
    with zarr.storage.ZipStore(path, mode="w") as store:
        zarr.create_array(store, name="t", data=pixels(60))


# ---- maps


def places(rows: int = SMALL) -> Any:
    points = [Point(-76 - row / 1000, 39 + row / 1000) for row in range(rows)]
    return geopandas.GeoDataFrame(frame(rows), geometry=points, crs="EPSG:4326")


def shapes(kind: str, **columns: Any) -> Any:
    ring = [(-76, 39), (-75.9, 39), (-75.9, 39.1), (-76, 39)]
    shape = Polygon(ring) if kind == "area" else LineString(ring)
    return geopandas.GeoDataFrame(columns or {"id": [1]}, geometry=[shape], crs="EPSG:4326")


def by_ogr(driver: str, made: Callable[[], Any] = places, **options: Any) -> Writer:
    """Map data that OGR writes."""
    return lambda path: pyogrio.write_dataframe(made(), path, driver=driver, **options)


MAPS = {
    "shapefile/trees.shp": by_ogr("ESRI Shapefile", SPATIAL_INDEX="YES", encoding="UTF-8"),
    "geopackage/parcels.gpkg": by_ogr("GPKG"),
    "geojson/trees.geojson": by_ogr("GeoJSON"),
    "geojson_json/trees.json": by_ogr("GeoJSON"),
    "geojson_lines/trees.geojsonl": by_ogr("GeoJSONSeq"),
    "geojson_sequence/trees.geojsons": by_ogr("GeoJSONSeq", RS="YES"),
    "json_fg/trees.json": by_ogr("JSONFG"),
    "flatgeobuf/trees.fgb": by_ogr("FlatGeobuf"),
    "mapinfo_tab/trees.tab": by_ogr("MapInfo File", FORMAT="TAB"),
    "mapinfo_mif/trees.mif": by_ogr("MapInfo File", FORMAT="MIF"),
    "kml/trees.kml": by_ogr("KML"),
    "gml/trees.gml": by_ogr("GML"),
    "gpx/walk.gpx": by_ogr("GPX", lambda: places()[["geometry"]]),
    "dxf/plan.dxf": by_ogr("DXF", lambda: shapes("line", Layer=["0"])),
    "spatialite/trees.sqlite": by_ogr("SQLite", SPATIALITE="YES"),
    "file_geodatabase/city.gdb": by_ogr("OpenFileGDB"),
    "pmtiles/trees.pmtiles": by_ogr("PMTiles", MINZOOM=0, MAXZOOM=1),
    "gmt/coast.gmt": by_ogr("OGR_GMT", lambda: shapes("area")),
    "csv_with_types/sites.csv": by_ogr("CSV", CREATE_CSVT="YES", GEOMETRY="AS_WKT"),
    "ogr_xlsx/sites.xlsx": by_ogr("XLSX", lambda: places().drop(columns="geometry")),
    "ogr_ods/sites.ods": by_ogr("ODS", lambda: places().drop(columns="geometry")),
    "postgres_dump/sites.sql": by_ogr("PGDUMP"),
    "big_shapefile/trees.shp": by_ogr("ESRI Shapefile", lambda: places(60_000)),
}


@writes("roads.shp")
def pyshp(path: Path) -> None:
    with shapefile.Writer(path) as file:
        file.field("name", "C")
        file.point(-76, 39)
        file.record("oak")


@writes("scan.las")
def las(path: Path) -> None:
    _las(path)


@writes("scan.laz")
def laz(path: Path) -> None:
    _las(path)


def _las(path: Path) -> None:
    cloud = laspy.create(point_format=3)
    cloud.x, cloud.y, cloud.z = np.arange(100), np.arange(100), np.arange(100)
    cloud.write(path)


@writes("trees.parquet")
def geoparquet(path: Path) -> None:
    places().to_parquet(path)


# ---- tables


def frame(rows: int) -> Any:
    number = np.arange(rows)
    return pd.DataFrame({"id": number, "height": number % 40 + 0.5, "what": [f"oak {row % 7}" for row in number]})


def text(rows: int = LARGE, separator: str = ",", **options: Any) -> str:
    written: str = frame(rows).to_csv(index=False, sep=separator, **options)
    return written


TEXTS = {
    "csv_small/sites.csv": text(SMALL).encode(),
    "csv/trees.csv": text().encode(),
    "csv_semicolon/trees.csv": text(separator=";", decimal=",").encode(),
    "csv_utf16/trees.csv": text(separator="\t").encode("utf-16"),
    "csv_mark/trees.csv": text().encode("utf-8-sig"),
    "csv_latin1/trees.csv": text().replace("oak", "chêne").encode("latin-1"),
    "csv_windows/trees.csv": text(lineterminator="\r\n").encode(),
    "csv_mac/trees.csv": text(lineterminator="\r").encode(),
    "csv_line_breaks/trees.csv": text().replace("oak 3", '"oak\n3"').encode(),
    "tsv/trees.tsv": text(separator="\t").encode(),
    "tab/trees.tab": text(separator="\t").encode(),
    "blanks/trees.txt": frame(LARGE)[["id", "height"]].to_string(index=False).encode(),
    "blanks_dat/trees.dat": frame(LARGE)[["id", "height"]].to_string(index=False).encode(),
    "json_lines/trees.jsonl": frame(LARGE).to_json(orient="records", lines=True).encode(),
    "json_records/trees.json": frame(SMALL).to_json(orient="records").encode(),
    "html/trees.html": frame(SMALL).to_html().encode(),
    "csv_gz/trees.csv.gz": gzip.compress(text().encode()),
    "csv_bz2/trees.csv.bz2": bz2.compress(text().encode()),
    "csv_xz/trees.csv.xz": lzma.compress(text().encode()),
}


@writes("trees.csv.zip")
def csv_zip(path: Path) -> None:
    frame(LARGE).to_csv(path, index=False)


@writes("trees.csv")
def csv_quoted(path: Path) -> None:
    frame(LARGE).assign(note='two\nlines, ""quoted"').to_csv(path, index=False)


@writes("trees.txt")
def fixed_width(path: Path) -> None:
    np.savetxt(path, frame(LARGE)[["id", "height"]].to_numpy(), fmt="%10.3f")


@writes("trees.parquet")
def parquet(path: Path) -> None:
    frame(LARGE).to_parquet(path)


@writes("trees")
def parquet_folder(path: Path) -> None:
    frame(LARGE).assign(year=lambda one: one.id % 4 + 2000).to_parquet(path, partition_cols=["year"])


@writes("trees")
def parquet_dataset(path: Path) -> None:
    dataset.write_dataset(pa.Table.from_pandas(frame(LARGE)), path, format="parquet")


@writes("trees.feather")
def feather_2(path: Path) -> None:
    frame(LARGE).to_feather(path)


@writes("trees.feather")
def feather_1(path: Path) -> None:
    feather.write_feather(pa.Table.from_pandas(frame(SMALL)), str(path), version=1)


@writes("trees.arrow")
def arrow_file(path: Path) -> None:
    table = pa.Table.from_pandas(frame(SMALL))
    with pa.ipc.new_file(path, table.schema) as file:
        file.write(table)


@writes("trees.arrows")
def arrow_stream(path: Path) -> None:
    table = pa.Table.from_pandas(frame(SMALL))
    with pa.ipc.new_stream(path, table.schema) as file:
        file.write(table)


@writes("trees.orc")
def orc_file(path: Path) -> None:
    orc.write_table(pa.Table.from_pandas(frame(SMALL)), path)


@writes("trees.avro")
def avro(path: Path) -> None:
    from fastavro import parse_schema, writer

    fields = [{"name": "id", "type": "long"}, {"name": "height", "type": "double"}, {"name": "what", "type": "string"}]
    with open(path, "wb") as file:
        writer(
            file, parse_schema({"type": "record", "name": "tree", "fields": fields}), frame(SMALL).to_dict("records")
        )


@writes("poll.sav")
def spss(path: Path) -> None:
    pyreadstat.write_sav(frame(SMALL), path)


@writes("poll.zsav")
def spss_packed(path: Path) -> None:
    pyreadstat.write_sav(frame(SMALL), path, compress=True)


@writes("poll.por")
def spss_portable(path: Path) -> None:
    pyreadstat.write_por(frame(SMALL), path)


@writes("poll.dta")
def stata_118(path: Path) -> None:
    frame(SMALL).to_stata(path, version=118)


@writes("poll.dta")
def stata_114(path: Path) -> None:
    frame(SMALL).to_stata(path, version=114)


@writes("poll.xpt")
def sas_transport(path: Path) -> None:
    pyreadstat.write_xport(frame(SMALL), path, file_format_version=5)


@writes("poll.xpt")
def sas_transport_8(path: Path) -> None:
    pyreadstat.write_xport(frame(SMALL), path, file_format_version=8)


@writes("sites.xlsx")
def excel(path: Path) -> None:
    frame(SMALL).to_excel(path)


@writes("sites.ods")
def open_document(path: Path) -> None:
    frame(SMALL).to_excel(path, engine="odf")


# ---- databases, objects and the rest


@writes("obs.sqlite")
def sqlite_database(path: Path) -> None:
    with sqlite3.connect(path) as connection:
        frame(SMALL).to_sql("trees", connection)


@writes("obs.db")
def sqlite_with_journal(path: Path) -> None:
    """As it is while a program has it open."""
    connection = sqlite3.connect(path.with_name("open.db"))
    connection.execute("PRAGMA journal_mode=wal")
    frame(SMALL).to_sql("trees", connection)
    for end in ("", "-wal", "-shm"):
        shutil.copy(path.with_name(f"open.db{end}"), path.with_name(f"obs.db{end}"))
    connection.close()
    for one in path.parent.glob("open.db*"):
        one.unlink()


@writes("obs.duckdb")
def duckdb_database(path: Path) -> None:
    import duckdb

    with duckdb.connect(str(path)) as connection:
        connection.execute("CREATE TABLE trees AS SELECT range AS id FROM range(40)")


@writes("obs.duckdb")
def duckdb_with_log(path: Path) -> None:
    import duckdb

    connection = duckdb.connect(str(path.with_name("open.duckdb")))
    connection.execute("CREATE TABLE trees AS SELECT range AS id FROM range(40)")
    for end in ("", ".wal"):
        shutil.copy(path.with_name(f"open.duckdb{end}"), path.with_name(f"obs.duckdb{end}"))
    connection.close()
    for one in path.parent.glob("open.duckdb*"):
        one.unlink()


@writes("fit.pkl")
def pickled(path: Path) -> None:
    path.write_bytes(pickle.dumps(frame(SMALL)))


@writes("fit.pickle")
def pickled_2(path: Path) -> None:
    path.write_bytes(pickle.dumps({"heat": 1}, protocol=2))


@writes("fit.joblib")
def joblib_object(path: Path) -> None:
    joblib.dump({"heat": pixels(60)}, path)


@writes("fit.joblib")
def joblib_packed(path: Path) -> None:
    joblib.dump({"heat": pixels(60)}, path, compress=3)


@writes("trees.rds")
def r_object(path: Path) -> None:
    pyreadr.write_rds(path, frame(SMALL), compress="gzip")


@writes("trees.rds")
def r_object_plain(path: Path) -> None:
    pyreadr.write_rds(path, frame(SMALL))


@writes("trees.RData")
def r_objects(path: Path) -> None:
    pyreadr.write_rdata(path, frame(SMALL), df_name="trees")


@writes("net.safetensors")
def tensors(path: Path) -> None:
    safetensors.numpy.save_file({"layer": pixels(30)}, path)


@writes("work.ipynb")
def notebook(path: Path) -> None:
    _notebook(path, 0)


@writes("work.ipynb")
def notebook_with_output(path: Path) -> None:
    _notebook(path, 6_000_000)


def _notebook(path: Path, size: int) -> None:
    import nbformat

    cell = nbformat.v4.new_code_cell("print(1)")
    if size:
        cell.outputs = [nbformat.v4.new_output("display_data", {"image/png": "A" * size})]
    nbformat.write(nbformat.v4.new_notebook(cells=[cell]), path)


def by_matplotlib(path: Path) -> None:
    matplotlib.use("agg")
    from matplotlib import pyplot

    figure, axes = pyplot.subplots()
    axes.plot([1, 2, 3])
    figure.savefig(path)
    pyplot.close(figure)


@writes("owl.wav")
def sound(path: Path) -> None:
    with wave.open(str(path), "wb") as file:
        file.setparams((1, 2, 8000, 0, "NONE", ""))
        file.writeframes(bytes(16000))


@writes("old.tar.gz")
def packed_folder(path: Path) -> None:
    with tarfile.open(path, "w:gz") as file:
        file.add(__file__, "heat.py")


@writes("old.tar")
def tape(path: Path) -> None:
    with tarfile.open(path, "w") as file:
        file.add(__file__, "heat.py")


@writes("old.zip")
def zip_of_several(path: Path) -> None:
    with zipfile.ZipFile(path, "w") as file:
        file.writestr("a.csv", "id,h\n1,2\n")
        file.writestr("b.csv", "id,h\n1,2\n")


FIGURES = {f"figure_{end}/plot.{end}": by_matplotlib for end in ("png", "pdf", "svg", "eps")}


def main(top: Path) -> None:
    """Write all of them; whatever cannot be written is named, with why."""
    warnings.simplefilter("ignore")
    os.environ["OGR_CURRENT_DATE"] = "2024-01-01T00:00:00Z"
    failed = {}
    for name, content in TEXTS.items():
        WRITERS[name] = lambda path, content=content: path.write_bytes(content)
    for name, write in (WRITERS | RASTERS | MAPS | FIGURES).items():
        path = top / name
        path.parent.mkdir(parents=True)
        try:
            write(path)
        except Exception as error:
            failed[name] = f"{type(error).__name__}: {error}"
    print(json.dumps(failed))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
