"""What files are, by their names and by their first bytes."""

import tomllib

import pytest

from sesync_cli.where.contents import SIGNATURES, kind_of, signature
from sesync_cli.where.kinds import FORMATS, Kind, is_data, kind_by_name

NAMES = {
    "heat.py": Kind.SOURCE,
    "Plot.R": Kind.SOURCE,
    "Makefile": Kind.SOURCE,
    "run.sas": Kind.SOURCE,
    "a.ipynb": Kind.NOTEBOOK,
    "trees.csv": Kind.TABLE,
    "trees.CSV.gz": Kind.TABLE,
    "survey.dta": Kind.TABLE,
    "census.sas7bdat": Kind.TABLE,
    "poll.sav": Kind.TABLE,
    "x.parquet": Kind.TABLE,
    "sites.xlsx": Kind.TABLE,
    "LC08.TIF": Kind.RASTER,
    "sst.nc": Kind.RASTER,
    "era5.grib2": Kind.RASTER,
    "cube.zarr": Kind.RASTER,
    "roads.shp": Kind.MAP,
    "roads.prj": Kind.MAP,
    "parcels.gpkg": Kind.MAP,
    "scan.laz": Kind.MAP,
    "city.osm.pbf": Kind.MAP,
    "fit.rds": Kind.SAVED,
    ".RData": Kind.SAVED,
    "forest.joblib": Kind.SAVED,
    "obs.sqlite": Kind.DATABASE,
    "net.safetensors": Kind.MODEL,
    "wrfout_d01_2000-01-24": Kind.MODEL,
    "old.tar.gz": Kind.ARCHIVE,
    "anything.gz": Kind.ARCHIVE,
    "paper.pdf": Kind.DOCUMENT,
    "README": Kind.DOCUMENT,
    "plot.png": Kind.IMAGE,
    "owl.wav": Kind.MEDIA,
    "slurm-12.out": Kind.LOG,
    "heat.py~": Kind.TEMPORARY,
    ".~lock.sites.ods#": Kind.TEMPORARY,
    "id_ed25519": Kind.SECRET,
    ".pgpass": Kind.SECRET,
    ".env.production": Kind.SECRET,
    ".env.example": Kind.SOURCE,
    "credentials.json": Kind.SECRET,
    "notes": Kind.OTHER,
    "v1.2": Kind.OTHER,
}


@pytest.mark.parametrize("name", NAMES)
def test_a_name_says_what_a_file_is(name):
    assert kind_by_name(name) == NAMES[name]


def test_data_is_told_from_code_and_texts():
    assert all(map(is_data, (Kind.TABLE, Kind.RASTER, Kind.MAP, Kind.SAVED, Kind.ARCHIVE, Kind.MODEL)))
    assert not any(map(is_data, (Kind.SOURCE, Kind.NOTEBOOK, Kind.DOCUMENT, Kind.SECRET, Kind.OTHER)))


def test_no_format_is_of_two_kinds():
    tables = tomllib.loads(FORMATS.read_text())
    for key in ("suffixes", "names", "beginnings"):
        words = [word for keys in tables.values() for word in keys.get(key, "").split()]
        assert sorted(words) == sorted(set(words))
        assert not [word for word in words if word != word.lower()]


BEGINNINGS = {
    b"\x89HDF\r\n\x1a\n\0": Kind.RASTER,
    b"CDF\x01\0\0": Kind.RASTER,
    b"GRIB\0\0\0\2": Kind.RASTER,
    b"II+\0\x08\0": Kind.RASTER,
    b"LASF\0\0": Kind.MAP,
    b"\0\0\x27\x0a" + bytes(20): Kind.MAP,
    b"PAR1\x15": Kind.TABLE,
    bytes(12) + b"\xc2\xea\x81\x60\xb3\x14\x11\xcf": Kind.TABLE,
    b"RDX3\nX\n": Kind.SAVED,
    b"SQLite format 3\0": Kind.DATABASE,
    b"--\n-- PostgreSQL database dump\n": Kind.DATABASE,
    b"-----BEGIN OPENSSH PRIVATE KEY-----\n": Kind.SECRET,
    b"glpat-Zq8kW2vN5xT7bR4mAbCd": Kind.SECRET,
    b"#!/usr/bin/env python3\n": Kind.SOURCE,
    b"PK\x03\x04": Kind.ARCHIVE,
    b"a;b;c\n1;2;3\n4;5;6\n7;8;9\n": Kind.TABLE,
    b"Dear group,\nhere is, at last, the text.\nYours, J.\n": Kind.OTHER,
}


@pytest.mark.parametrize("head", BEGINNINGS)
def test_first_bytes_say_what_a_file_without_suffix_is(head):
    assert kind_of("download", head) == BEGINNINGS[head]


def test_where_name_and_bytes_disagree():
    assert kind_of("notes.txt", b"-----BEGIN RSA PRIVATE KEY-----\n") == Kind.SECRET
    assert kind_of("server.pem", b"-----BEGIN CERTIFICATE-----\n") == Kind.OTHER
    assert kind_of("slides.key", b"PK\x03\x04") == Kind.ARCHIVE
    assert kind_of("table.csv", b"\x89HDF\r\n\x1a\n\0") == Kind.RASTER
    assert kind_of("grid.asc", b"ncols 100\nnrows 100\n") == Kind.RASTER
    assert kind_of("backup.sql", b"-- MySQL dump 10.13\n") == Kind.DATABASE
    assert kind_of("query.sql", b"SELECT 1, 2;\nSELECT 3, 4;\nSELECT 5, 6;\n") == Kind.SOURCE
    assert kind_of("parcels.gpkg", b"SQLite format 3\0") == Kind.MAP
    assert kind_of("sites.xlsx", b"PK\x03\x04") == Kind.TABLE
    assert kind_of("fit.rds", b"\x1f\x8b\x08") == Kind.SAVED


def test_every_signature_is_told():
    for table, formats in tomllib.loads(SIGNATURES.read_text()).items():
        for mark in formats.values():
            at, text = (mark["at"], mark["is"]) if isinstance(mark, dict) else (0, mark)
            head = bytes(at) + text.encode().decode("unicode_escape").encode("latin-1")
            assert signature(head) == Kind[table.upper()]
