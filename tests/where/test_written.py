"""Files as the field's own libraries write them: each is what it is, and one thing with all that was written beside it.

`write_files.py` writes them; the table says what each is.
"""

import json
import os
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from filelock import FileLock

from tests.conftest import PROJECT
from tests.services.uv import run_uv

LIBRARIES = """
    numpy pandas pyarrow rasterio pyogrio geopandas shapely netCDF4 h5py zarr xarray scipy openpyxl odfpy pyreadstat
    fastavro laspy[lazrs] pyshp pillow duckdb joblib tables matplotlib safetensors pyreadr astropy nibabel pynrrd
    nbformat
"""
WRITER = Path(__file__).with_name("write_files.py")
RASTER, MAP, TABLE, OTHER, SAVED = "raster or array", "map data", "table", "other", "saved objects"
DATABASE, ARCHIVE, IMAGE, DOCUMENT = "database", "archive", "image", "document"
SMALL_TABLE, LARGE_TABLE, NOTEBOOK, RECORDS = "small table", "large table", "notebook", "records"


class Written(NamedTuple):
    """What a file is, its rows if anybody can know them, and what a copy is whose name says nothing."""

    kind: str
    rows: int | None = None
    nameless: str = ""


FILES = {
    # rasters that say what they are
    **dict.fromkeys(("cog/dem.tif", "pillow_tiff/plain.tif", "big_geotiff/dem.tif"), Written(RASTER)),
    **dict.fromkeys(("geotiff_with_sidecars/dem.tif", "jpeg2000/scene.jp2", "esri_ascii/dem.asc"), Written(RASTER)),
    **dict.fromkeys(("erdas/scene.img", "erdas_spill/scene.img", "big_erdas/dem.img"), Written(RASTER)),
    **dict.fromkeys(("grib2/era.grib2", "mrf/scene.mrf", "ermapper/scene.ers", "vrt/mosaic.vrt"), Written(RASTER)),
    **dict.fromkeys(
        ("pcidsk/scene.pix", "nitf/scene.ntf", "pcraster/ldd.map", "fits_image/image.fits"), Written(RASTER)
    ),
    **dict.fromkeys(("surfer/dem.grd", "surfer_7/dem.grd", "gdal_netcdf/sst.nc", "netcdf_3/sst.nc"), Written(RASTER)),
    **dict.fromkeys(("netcdf_3_large/sst.nc", "netcdf_4/sst.nc", "netcdf_5/sst.nc", "hdf5/runs.h5"), Written(RASTER)),
    **dict.fromkeys(("pandas_hdf5/frames.h5", "nifti/brain.nii", "nifti_packed/brain.nii.gz"), Written(RASTER)),
    **dict.fromkeys(("nrrd_pair/scan.nhdr", "nrrd_whole/scan.nrrd", "numpy_array/heat.npy"), Written(RASTER)),
    **dict.fromkeys(("numpy_arrays/heat.npz", "matlab_5/heat.mat", "matlab_7_3/heat.mat"), Written(RASTER)),
    # rasters of bare numbers, which what is beside them tells
    **dict.fromkeys(("envi/cover.img", "envi_bare/cover", "envi_dat/cover.dat"), Written(RASTER, None, OTHER)),
    **dict.fromkeys(("envi_append/cover.bsq", "big_envi/dem.dat", "ehdr/heat.bil"), Written(RASTER, None, OTHER)),
    **dict.fromkeys(("idrisi/cover.rst",), Written(RASTER, None, OTHER)),
    **dict.fromkeys(("idrisi_bytes/cover.rst", "nifti_pair/brain.img", "ilwis/dem.mpr"), Written(RASTER, None, OTHER)),
    **dict.fromkeys(("r_raster/cover.grd",), Written(RASTER, None, OTHER)),
    **dict.fromkeys(("saga/heat.sgrd", "big_saga/dem.sgrd", "zarr_zip/cube.zarr.zip"), Written(RASTER)),
    "mbtiles/tiles.mbtiles": Written(RASTER, None, DATABASE),
    "png_world/map.png": Written(IMAGE),
    "jpeg_world/map.jpg": Written(IMAGE),
    "photo/photo.jpg": Written(IMAGE),
    # maps
    **dict.fromkeys(("shapefile/trees.shp", "big_shapefile/trees.shp", "pyshp/roads.shp"), Written(MAP)),
    **dict.fromkeys(("geojson/trees.geojson", "geojson_json/trees.json", "json_fg/trees.json"), Written(MAP)),
    **dict.fromkeys(("geojson_lines/trees.geojsonl", "geojson_sequence/trees.geojsons"), Written(MAP)),
    **dict.fromkeys(("flatgeobuf/trees.fgb", "mapinfo_tab/trees.tab", "kml/trees.kml", "gml/trees.gml"), Written(MAP)),
    **dict.fromkeys(("gpx/walk.gpx", "dxf/plan.dxf", "pmtiles/trees.pmtiles", "gmt/coast.gmt"), Written(MAP)),
    **dict.fromkeys(("las/scan.las", "laz/scan.laz"), Written(MAP)),
    "mapinfo_mif/trees.mif": Written(MAP, None, OTHER),
    "geopackage/parcels.gpkg": Written(MAP, None, DATABASE),
    "raster_package/tiles.gpkg": Written(MAP, None, DATABASE),
    # tables of text
    **dict.fromkeys(("csv/trees.csv", "csv_semicolon/trees.csv", "csv_utf16/trees.csv"), Written(LARGE_TABLE, 3000)),
    **dict.fromkeys(
        ("csv_mark/trees.csv", "csv_latin1/trees.csv", "csv_windows/trees.csv"), Written(LARGE_TABLE, 3000)
    ),
    **dict.fromkeys(("csv_mac/trees.csv", "csv_line_breaks/trees.csv", "tsv/trees.tsv"), Written(LARGE_TABLE, 3000)),
    **dict.fromkeys(("csv_quoted/trees.csv", "tab/trees.tab", "json_lines/trees.jsonl"), Written(LARGE_TABLE, 3000)),
    **dict.fromkeys(("blanks/trees.txt", "blanks_dat/trees.dat", "fixed_width/trees.txt"), Written(LARGE_TABLE, 3000)),
    **dict.fromkeys(
        ("csv_gz/trees.csv.gz", "csv_bz2/trees.csv.bz2", "csv_xz/trees.csv.xz"), Written(LARGE_TABLE, 3000)
    ),
    "csv_zip/trees.csv.zip": Written(LARGE_TABLE, 3000),
    "xyz/dem.xyz": Written(LARGE_TABLE, 3600),
    "csv_small/sites.csv": Written(SMALL_TABLE, 40),
    "csv_with_types/sites.csv": Written(SMALL_TABLE, 40),
    # tables of other kinds
    **dict.fromkeys(("parquet/trees.parquet", "geoparquet/trees.parquet", "orc_file/trees.orc"), Written(TABLE)),
    **dict.fromkeys(("feather_1/trees.feather", "feather_2/trees.feather", "arrow_file/trees.arrow"), Written(TABLE)),
    **dict.fromkeys(
        ("avro/trees.avro", "spss/poll.sav", "spss_packed/poll.zsav", "spss_portable/poll.por"), Written(TABLE)
    ),
    **dict.fromkeys(("stata_114/poll.dta", "stata_118/poll.dta", "sas_transport/poll.xpt"), Written(TABLE)),
    **dict.fromkeys(("sas_transport_8/poll.xpt", "excel/sites.xlsx", "ogr_xlsx/sites.xlsx"), Written(TABLE)),
    **dict.fromkeys(("open_document/sites.ods", "ogr_ods/sites.ods"), Written(TABLE)),
    "arrow_stream/trees.arrows": Written(TABLE, None, OTHER),
    "json_records/trees.json": Written(RECORDS, None, OTHER),
    # databases, objects and the rest
    **dict.fromkeys(("spatialite/trees.sqlite", "sqlite_database/obs.sqlite"), Written(DATABASE)),
    **dict.fromkeys(("sqlite_with_journal/obs.db", "duckdb_database/obs.duckdb"), Written(DATABASE)),
    "duckdb_with_log/obs.duckdb": Written(DATABASE),
    "postgres_dump/sites.sql": Written("source code", None, OTHER),
    **dict.fromkeys(("pickled/fit.pkl", "pickled_2/fit.pickle", "joblib_object/fit.joblib"), Written(SAVED)),
    **dict.fromkeys(("r_object/trees.rds", "r_object_plain/trees.rds", "r_objects/trees.RData"), Written(SAVED)),
    "joblib_packed/fit.joblib": Written(SAVED, None, OTHER),
    "tensors/net.safetensors": Written("model output"),
    **dict.fromkeys(("notebook/work.ipynb", "notebook_with_output/work.ipynb"), Written(NOTEBOOK)),
    "figure_png/plot.png": Written(IMAGE),
    "figure_svg/plot.svg": Written(IMAGE),
    "figure_pdf/plot.pdf": Written(DOCUMENT),
    "figure_eps/plot.eps": Written(DOCUMENT),
    "html/trees.html": Written(DOCUMENT, None, OTHER),
    "sound/owl.wav": Written("video or sound"),
    **dict.fromkeys(("packed_folder/old.tar.gz", "tape/old.tar", "zip_of_several/old.zip"), Written(ARCHIVE)),
}
OUTPUT = "notebook_with_output/work.ipynb"  # which is told to be cleared
FOLDERS = {
    **dict.fromkeys(("zarr_2/cube.zarr", "zarr_3/cube.zarr", "zarr_unnamed/cube"), RASTER),
    **dict.fromkeys(("parquet_folder/trees", "parquet_dataset/trees"), TABLE),
    "file_geodatabase/city.gdb": MAP,
}


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder with all files, which whoever comes first writes for those who test beside."""
    base = tmp_path_factory.getbasetemp()
    shared = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    with FileLock(shared / "written.lock"):
        if not (shared / "written").exists():
            _write(shared / "libraries", shared / "writing")
            (shared / "writing").rename(shared / "written")
    return shared / "written"


def _write(venv: Path, top: Path) -> None:
    env = os.environ | {"UV_CACHE_DIR": str(PROJECT / ".cache/uv")}
    run_uv("venv", "--quiet", "--python", sys.executable, venv, env=env)
    run_uv("pip", "install", "--quiet", "--python", venv / "bin/python", *LIBRARIES.split(), env=env)
    top.mkdir()
    # fonts and the like are kept in the home
    quiet = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")} | {"HOME": str(venv)}
    done = subprocess.run([venv / "bin/python", WRITER, top], env=quiet, check=True, stdout=subprocess.PIPE, text=True)
    assert json.loads(done.stdout.splitlines()[-1]) == {}
    shutil.rmtree(venv)


@pytest.fixture
def files(written: Path, home: Path) -> Path:
    """All of them in a folder of the home."""
    shutil.copytree(written, home / "files", copy_function=os.link)
    return Path("files")


def test_all_that_is_written_is_in_the_table(written):
    names = {str(path.relative_to(written)) for path in written.glob("*/*")}
    mains = {*FILES, *FOLDERS}
    assert mains <= names and len(mains) > 100
    assert {name.partition("/")[0] for name in names} == {name.partition("/")[0] for name in mains}


def test_each_file_is_of_its_kind_and_has_its_rows(advised, files):
    said = advised(*(files / name for name in (*FILES, *FOLDERS)))
    kinds = {name: (one.kind, one.rows) for name, one in FILES.items()}
    kinds |= {name: (kind, None) for name, kind in FOLDERS.items()}
    found = {name: (said[f"files/{name}"]["kind"], said[f"files/{name}"]["rows"]) for name in kinds}
    assert others(found, kinds) == {}


def test_whoever_names_a_part_is_told_of_the_whole(advised, files):
    wholes = {f"files/{name}": {*(files / name).parent.iterdir()} for name in FILES}
    parts = {part: main for main, whole in wholes.items() for part in whole if str(part) != main}
    assert len(parts) > 60
    sizes = {main: sum(one.stat().st_size for one in whole) for main, whole in wholes.items()}
    assert others({main: one["bytes"] for main, one in advised(*wholes).items()}, sizes) == {}
    assert others({part: [*advised(part)] for part in parts}, {part: [main] for part, main in parts.items()}) == {}


def test_a_folder_says_the_same_of_what_is_in_it(sesync, files):
    kinds = {one["kind"]: one["files"] for one in sesync("where", "--json", files).json["kinds"]}
    expected = Counter[str]()
    for name, one in FILES.items():
        expected[one.kind] += sum(path.is_file() for path in (files / name).parent.iterdir())
    for name, kind in FOLDERS.items():
        expected[kind] += sum(path.is_file() for path in (files / name).rglob("*"))
    assert others(kinds, expected) == {}


def test_in_one_folder_each_is_still_what_it_is(advised, written, home):
    """Many of one name: dem.tif beside dem.asc and dem.img, trees.shp beside trees.tab."""
    told = {}
    for name in FILES:
        beside = list((written / name).parent.iterdir())
        if not any((home / one.name).exists() for one in beside):
            told[Path(name).name] = FILES[name]
            for one in beside:
                os.link(one, home / one.name)
    assert len(told) > 90
    found = {name: (one["kind"], one["rows"]) for name, one in advised(*told).items()}
    assert others(found, {name: (one.kind, one.rows) for name, one in told.items()}) == {}


def test_what_is_large_goes_as_a_whole_and_what_is_small_stays(advised, files):
    said = advised(*(files / name for name in FILES))
    large = {name for name in FILES if name.startswith(("big_", "spatialite/"))}
    assert {name for name in FILES if said[f"files/{name}"]["bytes"] > 5_000_000} == {*large, OUTPUT}
    for name, one in FILES.items():
        told = said[f"files/{name}"]
        put = name in large or one.kind == LARGE_TABLE
        assert told["should"] == ("data directory" if put else "home"), name
        if name != OUTPUT:
            assert (told["command"] or "").startswith("sesync put --move ") == put, name
    assert len(large) == 6
    for name in large:
        assert advised(files / name)[f"files/{name}"]["command"] == f"sesync put --move files/{name} cooltrees"


@pytest.mark.parametrize("suffix", ["", ".q7"])
def test_a_copy_whose_name_says_nothing_is_known_by_its_contents(advised, written, home, suffix):
    copies = {f"x{number}{suffix}": name for number, name in enumerate(FILES)}
    for copy, name in copies.items():
        os.link(written / name, home / copy)
    kinds = {name: (one.nameless, None) if one.nameless else (one.kind, one.rows) for name, one in FILES.items()}
    found = {copies[copy]: (one["kind"], one["rows"]) for copy, one in advised(*copies).items()}
    assert others(found, kinds) == {}


def others(found: Mapping[Any, Any], expected: Mapping[Any, Any]) -> dict[Any, Any]:
    """What is told otherwise than it is, each with what it is."""
    return {
        name: (found.get(name), expected.get(name))
        for name in {*found, *expected}
        if found.get(name) != expected.get(name)
    }
