"""What files are, by their names and by their first bytes."""

import codecs
import tomllib
from pathlib import Path
from typing import Any

import pytest

from sesync_cli.files.kinds import FORMATS, Kind, is_data, kind_by_name
from sesync_cli.files.secret_scan import is_secret
from sesync_cli.files.signatures import SIGNATURES, kind_of, signature

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
    for table, formats in tomllib.loads(SIGNATURES.read_text(encoding="utf-8")).items():
        for mark in formats.values():
            assert signature(beginning(mark if isinstance(mark, dict) else {"is": mark})) == Kind[table.upper()], mark


def beginning(mark: dict[str, Any]) -> bytes:
    """How a file begins that has this mark."""
    if "member" in mark:
        name = mark["member"].replace("*", "x").encode()
        return b"PK\x03\x04" + bytes(22) + len(name).to_bytes(2, "little") + bytes(2) + name
    if "root" in mark:
        return b"<?xml version='1.0'?>\n<!-- <a> -->\n<x:" + mark["root"].upper().encode() + b" id='1'>"
    if "json" in mark:
        return mark["json"].replace(":", " : ").replace("{", "{\n ").encode()
    begin = mark["is"].encode().decode("unicode_escape").encode("latin-1")
    return bytes(mark.get("at", 0)) + begin + (b"" if mark.get("text", True) else b"\0")


PASSWORD = "Zq8kW2vN5xT7bR4m"
KEY = f"-----BEGIN OPENSSH PRIVATE KEY-----\n{PASSWORD}{PASSWORD}\n-----END OPENSSH PRIVATE KEY-----\n"
SAID = f"password = '{PASSWORD}'\n"
SECRET_FILES = {
    "private.asc": KEY.replace("OPENSSH PRIVATE KEY", "PGP PRIVATE KEY BLOCK").replace("\n", "\n\n", 1),
    **dict.fromkeys(("key.asc", "key.txt", "key.part", "key.bak", "key.out", "key.json", "key"), KEY),
    "putty.txt": "PuTTY-User-Key-File-3: ssh-ed25519\nEncryption: aes256-cbc\n",
    "ssh2.dat": "---- BEGIN SSH2 ENCRYPTED PRIVATE KEY ----\nComment: x\n",
    "secring.gpg": b"\x95\x01\xd8\x04\0\0",
    ".gnupg/private-keys-v1.d/0A1B.key": b"(21:protected-private-key(3:rsa(1:n257:\0\xc5",
    "copy/0A1B.key": "Created: 20240101T000000\nKey: (private-key (ecc (curve Ed25519)\n",
    ".vnc/passwd": b"\x17\x52\x6b\x06\x23\x4e\x58\x07",
    "der.key": b"0\x82\x04\xa4\x02\x01\0\x02\x82\x01\x01\0",
    "little.py": codecs.BOM_UTF16_LE + SAID.encode("utf-16-le"),
    "big.py": codecs.BOM_UTF16_BE + SAID.encode("utf-16-be"),
    "mark.py": codecs.BOM_UTF8 + SAID.encode(),
    "key-mark.txt": codecs.BOM_UTF8 + KEY.encode(),
    **dict.fromkeys(("id_rsa~", "id_rsa.bak", "id_rsa.old", "id_rsa.orig", "id_rsa.tmp", "id_rsa.bak~"), "x"),
    ".netrc~": f"machine x login jo password {PASSWORD}\n",
    **dict.fromkeys((".env~", ".env", ".env.bak", ".Renviron", ".env.local"), f"DEBUG=1\nSMTP={PASSWORD}\n"),
    ".env.production": "API_KEY=swordfish\n",
    **dict.fromkeys(("db.py~", "db.py.bak", "db.py.bak.old", "db.tmp"), SAID),
    ".db.py.swp": b"b0VIM 9.0\0\0\0" + bytes(4000) + b"import os\0" + SAID[:-1].encode() + b"\0",
    "nohup.out": SAID,
    **dict.fromkeys((".bash_history", ".zsh_history"), f": 1700000000:0;mysql -u root -p{PASSWORD} db\n"),
    ".psql_history": f"CREATE USER jo WITH PASSWORD '{PASSWORD}';\n",
    ".python_history": SAID,
    ".Rhistory": f'pw <- "{PASSWORD}"\n',
    ".docker/config.json": '{"auths": {"https://index.docker.io/v1/": {"auth": "am86UzNjcjN0UHcx"}}}\n',
    "settings.xml": "<settings>\n<password>S3cr3tPw1</password>\n</settings>\n",
    "sitemanager.xml": '<Pass encoding="base64">c3dvcmRmaXNo</Pass>\n',
    "db.yml": "user: jo\npassword: Sommerregen\n",
    "db.yaml": 'user: jo\npassword: "Sommer regen 7!"\n',
    "db.ini.bak": "[db]\npassword = Sommerregen\n",
    "wpa_supplicant.conf": 'network={\n  psk="Sommerregen im Juli"\n}\n',
    "key.json": '{"kty": "OKP",\n "d": "nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A"}\n',
    "cells.ipynb": '{"source": ["password = \\"Sommerregen\\"\\n"]}',
    "far.vrt": f"<SourceFilename>/vsicurl/https://jo:{PASSWORD}@example.org/a.tif</SourceFilename>\n",
    ".urs_cookies": "x",
}
FINE_FILES = {
    "public.asc": KEY.replace("OPENSSH PRIVATE KEY", "PGP PUBLIC KEY BLOCK"),
    "grid.asc": "ncols 100\nnrows 100\n",
    "words.csv": f"id,said\n1,password = '{PASSWORD}'\n",
    "cert.key": "-----BEGIN CERTIFICATE-----\nMIIB\n",
    "cert.der.key": b"0\x82\x03\x1d0\x82\x02\x05\xa0\x03\x02\x01\x02",
    "little.py": codecs.BOM_UTF16_LE + "password = getpass()\n".encode("utf-16-le"),
    "heat.py~": "password = getpass()\n",
    ".bash_history": "mysql -u root -p db\nls\ncurl -u $USER:$PW https://x\n",
    "passwd": "jo:x:1000:1000::/home/jo:/bin/bash\n",
    **dict.fromkeys(
        (".env", ".env.local", ".env~"), "# mine\nDEBUG=1\nNODE_ENV=production\nURL=http://localhost:8000\n"
    ),
    ".Renviron": "R_LIBS_USER=~/R/x86_64-pc-linux-gnu-library/4.2\nR_MAX_VSIZE=16\nGITHUB_PAT=\n",
    "open.yml": "password: string\npassword: !vault x\npassword: /run/secrets/pw\npassword: ${PW}\n",
    "words.md": "password: Sommerregen\n",
    "code.py": "password = Sommerregen\npassword: Sommerregen\n",
    "near.vrt": '<SourceFilename relativeToVRT="1">a.tif</SourceFilename>\n',
}


@pytest.mark.parametrize("name", [*SECRET_FILES, *(f"fine/{name}" for name in FINE_FILES)])
def test_a_secret_is_one_whatever_its_name_says(tmp_path: Path, name: str):
    said = FINE_FILES[name[5:]] if name.startswith("fine/") else SECRET_FILES[name]
    head = said if isinstance(said, bytes) else said.encode()
    path = tmp_path / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(head)
    assert is_secret(str(path), len(head)) == (not name.startswith("fine/"))
    assert (kind_of(str(path), head) == Kind.SECRET) == (not name.startswith("fine/"))
