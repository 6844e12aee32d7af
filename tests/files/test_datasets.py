"""Which files are one thing only together, and which folders are."""

import os
from pathlib import Path

import pytest

from sesync_cli.files.datasets import DataSet, data_set_of, data_sets
from sesync_cli.files.kinds import Kind
from sesync_cli.files.stores import store_kind

ENVI = b"ENVI\nsamples = 2\n"
SQLITE = b"SQLite format 3\0"


def folder(at: Path, files: dict[str, bytes]) -> list[str]:
    for name, contents in files.items():
        (at / name).write_bytes(contents)
    return list(files)


@pytest.mark.parametrize(
    "main, parts, beside",
    [
        ("dem.tif", "dem.tfw dem.tif.aux.xml dem.tif.ovr dem.prj dem_RPC.TXT", "dem.txt dem2.tfw"),
        ("DEM.TIF", "dem.tfw DEM.wld", "dem.pdf"),
        ("photo.jpg", "photo.jgw photo.jpg.aux.xml", "photo.csv"),
        ("scan.jp2", "scan.j2w scan.jp2w", "scan.tfw"),
        ("srtm.bil", "srtm.hdr srtm.blw srtm.stx srtm.clr", "srtm.doc"),
        ("big.img", "big.ige big.rrd", "big.jpg"),
        ("heat.sgrd", "heat.sdat heat.prj heat.mgrd", "heat.R"),
        ("cover.rst", "cover.rdc", "cover.md"),
        ("r.grd", "r.gri", "r.csv"),
        ("mosaic.ers", "mosaic", "mosaic.py"),
        ("roads.shp", "roads.shx roads.dbf roads.cpg roads.shp.xml roads.qix", "roads.csv roads.gpkg"),
        ("edges.mif", "edges.mid", "edges.txt"),
        ("parks.gml", "parks.xsd parks.gfs", "parks.json"),
        ("genome.fasta", "genome.fasta.fai genome.dict", "genome.gff"),
        ("reads.bam", "reads.bam.bai", "reads.sam"),
        ("calls.vcf.gz", "calls.vcf.gz.tbi", "calls.vcf"),
        ("cohort.bed", "cohort.bim cohort.fam", "cohort.log"),
        ("sites.csv", "sites.csvt sites.csv-metadata.json", "sites.R"),
        ("income.sas7bdat", "income.sas7bndx", "income.sas"),
        ("scan.mhd", "scan.zraw", "scan.log"),
        ("tl_2019_us_county.shp", "tl_2019_us_county.dbf tl_2019_us_county.shp.iso.xml", "tl_2019_us_state.dbf"),
        ("ndvi.tif", "ndvi.tif.aux.json ndvi.tif.xml ndvi.tif.md5 ndvi.qmd", "ndvi.json"),
        ("MOD13Q1.hdf", "MOD13Q1.hdf.xml MOD13Q1.cmr.xml MOD13Q1.hdf.met", "MOD13Q1.py"),
        ("LC08_B4.TIF", "LC08_B4.TIF.ovr LC08_B4.TIF.msk LC08_B4.TIF.aux.xml", "LC08_B5.TIF LC08_MTL.txt"),
        ("land.tif", "land.tif.vat.dbf land.tif.vat.cpg land.clr land.points", "land.vat"),
        ("parcels.gpkg", "parcels.qml parcels.qmd parcels.gpkg.xml parcels.gpkg.aux.xml", "parcels.R"),
        ("roads.geojson", "roads.qml roads.sld", "roads.html"),
        ("sites.csv", "sites.vrt sites.csvt sites.prj", "sites.do"),
        ("sub-01.vhdr", "sub-01.vmrk sub-01.eeg", "sub-01.txt"),
        ("sub-01.set", "sub-01.fdt", "sub-01.m"),
        ("owl.wav", "owl.TextGrid owl.eaf", "owl.csv"),
        ("talk.mp4", "talk.srt talk.vtt", "talk.txt"),
        ("rock.obj", "rock.mtl", "rock.o"),
        ("net.onnx", "net.onnx.data", "net.pt"),
        ("scan.laz", "scan.lax scan.laz.xml scan.laz.sha256", "scan.e57"),
        ("drop.zip", "drop.zip.md5", "drop.md5"),
        ("photo.nef", "photo.xmp", "photo.txt"),
        ("scene.mrf", "scene.idx scene.ppg scene.mrf.aux.xml", "scene.lst"),
        ("ldd.mpr", "ldd.mp# ldd.grf ldd.csy ldd.mpr.aux.xml", "ldd.map"),
        ("lidar.e57", "lidar.e57.sha512", "lidar.las2"),
    ],
)
def test_what_belongs_together(tmp_path, main, parts, beside):
    folder(tmp_path, dict.fromkeys((main, *parts.split(), *beside.split()), b"x"))
    found = data_sets(str(tmp_path), os.listdir(tmp_path))
    assert {name: set(one.parts) for name, one in found.items()} == {main: set(parts.split())}
    for name in (main, *parts.split()):
        assert data_set_of(tmp_path / name) == found[main]
    for name in beside.split():
        assert data_set_of(tmp_path / name) is None


def test_contents_decide_where_names_may_mean_several_things(tmp_path):
    files = {"a.tab": b"!Table\n!version 300\n", "a.dat": b"", "a.map": b"", "b.tab": b"id\theight\n", "b.dat": b""}
    files |= {"c.dat": b"", "c.hdr": ENVI, "d.dat": b"", "d.hdr": b"notes", "e": b"", "e.hdr": ENVI, "f.bsq": b""}
    files |= {"f.bsq.hdr": ENVI, "g.bed": b"chr1\t1\t2\n", "g.fam": b"", "h.rst": b"Title\n=====\n", "h.ref": b""}
    found = data_sets(str(tmp_path), folder(tmp_path, files))
    assert {name: (one.parts, one.kind) for name, one in found.items()} == {
        "a.tab": (("a.dat", "a.map"), Kind.MAP),
        "c.dat": (("c.hdr",), Kind.RASTER),
        "e": (("e.hdr",), Kind.RASTER),
        "f.bsq": (("f.bsq.hdr",), Kind.RASTER),
    }


def test_formats_of_one_name_do_not_take_each_others_parts(tmp_path):
    files = {"cover.csv": b"a,b\n", "cover.dat": b"", "cover.hdr": ENVI, "cover.R": b"", "cover.tif": b"II*\0"}
    files |= {"dem.img": b"EHFA_HEADER_TAG", "dem.ige": b"", "dem.dat": b"", "dem.hdr": ENVI, "dem.asc": b"ncols 2"}
    files |= {"heat.bsq": b"", "heat.bsq.hdr": ENVI, "heat.img": b"", "heat.hdr": ENVI}
    files |= {"sites.shp": b"", "sites.dbf": b"", "sites.prj": b"", "sites.csv": b"a,b\n", "sites.R": b""}
    files |= {"lakes.gpkg": SQLITE, "lakes.qml": b"", "lakes.gpkg-wal": b"", "ponds.gpkg": SQLITE, "ponds.qml": b""}
    files |= {"rain.csv.gz": b"\x1f\x8b", "rain.csv.gz.md5": b"", "heat": b"", "heat.py": b""}
    found = data_sets(str(tmp_path), folder(tmp_path, files))
    assert {name: (one.parts, one.kind) for name, one in found.items()} == {
        "cover.dat": (("cover.hdr",), Kind.RASTER),
        "dem.img": (("dem.ige",), Kind.RASTER),
        "dem.dat": (("dem.hdr",), Kind.RASTER),
        "heat.bsq": (("heat.bsq.hdr",), Kind.RASTER),
        "heat.img": (("heat.hdr",), Kind.RASTER),
        "sites.shp": (("sites.dbf", "sites.prj"), Kind.MAP),
        "lakes.gpkg": (("lakes.gpkg-wal", "lakes.qml"), None),
        "ponds.gpkg": (("ponds.qml",), None),
        "rain.csv.gz": (("rain.csv.gz.md5",), None),
    }


def test_what_reads_grib_leaves_its_indices_beside(tmp_path):
    files = {"era5.grib": b"GRIB\0", "era5.grib.923a8.idx": b"", "era5.grib.5b7b6.idx": b"", "era5.grib.idx": b""}
    files |= {"gfs.t00z.f000": b"GRIB\0", "gfs.t00z.f000.idx": b"", "ens.grb2": b"GRIB", "ens.index": b"{}"}
    files |= {"images": b"x", "images.idx": b"x", "train.idx": b"x", "book.idx": b"", "book.tex": b""}
    found = data_sets(str(tmp_path), folder(tmp_path, files))
    assert {name: set(one.parts) for name, one in found.items()} == {
        "era5.grib": {"era5.grib.923a8.idx", "era5.grib.5b7b6.idx", "era5.grib.idx"},
        "gfs.t00z.f000": {"gfs.t00z.f000.idx"},
        "ens.grb2": {"ens.index"},
    }


def test_a_tab_file_may_be_of_a_raster_or_of_a_map(tmp_path):
    files = {"scan.tif": b"II*\0", "scan.tab": b"!table\n", "dem.tif": b"II*\0", "dem.tab": b"id\tx\n"}
    files |= {"trees.tif": b"II*\0", "trees.tab": b"!table\n", "trees.dat": b"", "trees.map": b"", "trees.tfw": b""}
    found = data_sets(str(tmp_path), folder(tmp_path, files))
    assert {name: one.parts for name, one in found.items()} == {
        "scan.tif": ("scan.tab",),
        "trees.tab": ("trees.dat", "trees.map"),
        "trees.tif": ("trees.tfw",),
    }


def test_a_database_is_one_whatever_it_is_called(tmp_path):
    files = {
        "obs": SQLITE,
        "obs-wal": b"",
        "obs-shm": b"",
        "a.db": b"",
        "a.db-journal": b"",
        "x.txt": b"",
        "x.txt-wal": b"",
    }
    found = data_sets(str(tmp_path), folder(tmp_path, files | {"y.duckdb": b"", "y.duckdb.wal": b""}))
    assert {name: set(one.parts) for name, one in found.items()} == {
        "obs": {"obs-wal", "obs-shm"},
        "a.db": {"a.db-journal"},
        "y.duckdb": {"y.duckdb.wal"},
    }
    assert all(one.followed for one in found.values())


def test_a_part_may_belong_to_two_sets(tmp_path):
    names = folder(tmp_path, dict.fromkeys(("dem.tif", "dem.shp", "dem.dbf", "dem.cpg", "dem.prj", "dem.tfw"), b""))
    found = data_sets(str(tmp_path), names)
    assert {name: one.parts for name, one in found.items()} == {
        "dem.shp": ("dem.cpg", "dem.dbf", "dem.prj"),
        "dem.tif": ("dem.prj", "dem.tfw"),
    }


def test_links_and_folders_are_no_parts(tmp_path):
    folder(tmp_path, {"dem.tif": b"", "elsewhere": b""})
    (tmp_path / "dem.tfw").symlink_to("elsewhere")
    (tmp_path / "dem.ovr").mkdir()
    assert data_set_of(tmp_path / "dem.tif") is None


def test_all_of_a_set_gets_another_name():
    one = DataSet("dem.tif", ("DEM.TFW", "dem.tif.aux.xml", "dem_RPC.TXT"))
    assert [one.renamed(part, "v2.height.tif") for part in one.parts] == [
        "v2.height.TFW",
        "v2.height.tif.aux.xml",
        "v2.height_RPC.TXT",
    ]
    plain = DataSet("cover", ("cover.hdr",))
    assert plain.renamed("cover.hdr", "land") == "land.hdr"


@pytest.mark.parametrize(
    "name, inside, kind",
    [
        ("x.zarr", (), Kind.RASTER),
        ("x.ZARR/", (), Kind.RASTER),
        ("temperature", (".zgroup", "t"), Kind.RASTER),
        ("v3", ("zarr.json", "c"), Kind.RASTER),
        ("x.gdb", (), Kind.MAP),
        ("city", ("gdb", "a00000001.gdbtable", "timestamps"), Kind.MAP),
        ("grid", ("hdr.adf", "w001001.adf"), Kind.RASTER),
        ("S2A", ("manifest.safe", "GRANULE"), Kind.RASTER),
        ("trips", ("_SUCCESS", "part-00000-1b.snappy.parquet"), Kind.TABLE),
        ("trips", ("part.0.parquet", "part.1.parquet"), Kind.TABLE),
        ("delta", ("_delta_log", "x.parquet"), Kind.TABLE),
        ("points", ("ept.json", "ept-data"), Kind.MAP),
        ("x", ("trees.csv", "heat.py"), None),
        ("zarr", (), None),
    ],
)
def test_some_folders_are_one_thing(name, inside, kind):
    assert store_kind(name, inside) == kind


@pytest.mark.parametrize(
    "inside, kind",
    [
        (("year=2020/month=1/a.parquet", "year=2021/month=2/b.parquet", "_SUCCESS"), Kind.TABLE),
        (("State=MD/data.csv", "State=VA/data.csv"), Kind.TABLE),
        (("lr=0.1/model.pt", "lr=0.1/heat.py", "lr=0.2/model.pt"), None),
        (("lr=0.1/heat.py",), None),
        (("year=2020/scene.tif", "year=2021/scene.tif"), None),
        (("year=2020/a.parquet", "heat.py"), None),
        (("year=2020",), None),
        (("info/arc.dir", "info/arc0000.dat", "dem/hdr.adf", "dem/w001001.adf", "log"), Kind.RASTER),
        (("INFO/ARC.DIR", "dem/hdr.adf"), Kind.RASTER),
        (("info/arc.dir", "dem/hdr.adf", "slope.py"), None),
        (("info/readme.txt", "dem.tif"), None),
        (("PERMANENT/DEFAULT_WIND", "PERMANENT/PROJ_INFO", "jsmith/WIND"), Kind.RASTER),
        (("PERMANENT/notes.txt",), None),
    ],
)
def test_what_is_further_inside_may_make_a_folder_one_thing(tmp_path, inside, kind):
    for name in inside:
        (tmp_path / "x" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "x" / name).touch()
    assert store_kind(str(tmp_path / "x"), os.listdir(tmp_path / "x")) == kind
