"""Each form of a list that people have, on the whole command line: what is asked for, and what is said of it."""

import shlex
from pathlib import Path

import pytest

from tests.conftest import Said, tilde
from tests.kernel import ground

DEBIANS = "that is of Debian's own Python"
CONDAS = "conda alone has that"
ELSEWHERE = "that is on another machine"
FROM_CONDA = "in a version that fits: the line says where conda built it, and not which one it is"
PYTHONS = "that comes with Python itself"

# the text of requirements.txt, what an installer is told, and what the person is
LINES = [
    ("certifi @ file:///croot/certifi_1/work", "certifi", f"took certifi {FROM_CONDA}"),
    ("attrs @ file:///home/conda/feedstock_root/build_artifacts/attrs_1/work", "attrs", f"took attrs {FROM_CONDA}"),
    ("cffi @ file:///C:/ci_311/cffi_1/work", "cffi", f"took cffi {FROM_CONDA}"),
    (
        "numpy @ file:///croot/numpy_1/work/dist/numpy-1.26.4-cp311-cp311-linux_x86_64.whl#sha256=00",
        "numpy==1.26.4",
        "took numpy==1.26.4: the line says where conda built it",
    ),
    ("GDAL==3.6\nsix @ file:///tmp/build/80754af9/six_1/work", "six", f"without GDAL: {CONDAS}"),
    ("heat @ file:///Users/ann/heat-1.0-py3-none-any.whl\nsix", "six", ELSEWHERE),
    ("-e /home/nobody-here/heat\nsix", "six", f"line 1: without '/home/nobody-here/heat': {ELSEWHERE}"),
    ("C:\\Users\\ann\\heat.whl\nsix", "six", ELSEWHERE),
    ("six=1.16.0=py38_0", "six==1.16.0", "took conda's versions without its builds: six==1.16.0"),
    ("six=1.16.0", "six==1.16.0", "took six==1.16.0 for six=1.16.0"),
    ("pandas=1.1", "pandas==1.1.*", "took pandas==1.1.* for pandas=1.1"),
    ("pkg-resources==0.0.0\nsix", "six", f"line 1: without pkg-resources: {DEBIANS}"),
    ("six\npkg_resources==0.0.0", "six", f"line 2: without pkg_resources: {DEBIANS}"),
    ("python-apt==2.4.0+ubuntu1\npycairo==1.20\nsix", "six", f"without python-apt and pycairo: {DEBIANS}"),
    ("distro-info===1.1build1\nsix", "six", DEBIANS),
    ("six >=1.10 <2", "six>=1.10,<2", "took six>=1.10,<2 for six >=1.10 <2"),
    ("pandas > 1.0 , != 1.1 <3", "pandas>1.0,!=1.1,<3", "took pandas>1.0,!=1.1,<3"),
    ("six => 1.10", "six>=1.10", "took six>=1.10 for six => 1.10"),
    ("six 1.16.0", "six==1.16.0", "took six==1.16.0 for six 1.16.0"),
    ("six (version 1.16.0)", "six==1.16.0", "took six==1.16.0"),
    ("six==latest", "six", "took six for six==latest"),
    ("'six>=1',", "six>=1", "took six>=1"),
    ("- numpy, pandas", "numpy pandas", "took numpy, pandas"),
    ("numpy pandas", "numpy pandas", "took numpy, pandas for numpy pandas"),
    ("pip install -U six 'attrs>=20'", "six attrs>=20", "took six, attrs>=20"),
    ("!conda install -y -c conda-forge pytorch=1.7 gdal", "torch==1.7.*", "took torch==1.7.*"),
    ("import yaml", "pyyaml", "took pyyaml for import yaml"),
    ("sklearn==0.0", "scikit-learn", "took scikit-learn for sklearn==0.0"),
    ("PIL", "pillow", "took pillow for PIL"),
    ("os\nsix", "six", f"line 1: without os: {PYTHONS}"),
    ("argparse==1.4.0\nsix", "six", PYTHONS),
    ("Packages:\nsix", "six", "line 1: without 'Packages:': that is no package"),
    ("torch==2.0.0+cpu", "torch==2.0.0", "a build after '+' is of another index, which the list does not name"),
    ("dataclasses==0.8", "dataclasses==0.8 ; python_version < '3.7'", "for Python 3.6 alone"),
    (
        "ipykernel==4.8.2\nsix\npyzmq==17",
        "six",
        "lines 1 and 3: without ipykernel==4.8.2 and pyzmq==17: the",
    ),
    ("ipykernel<5\nipython~=6.0", "", "without ipykernel<5 and ipython~=6.0: the kernel has what speaks with"),
    ("ipykernel==5.5.6\ntornado==6.1", "-r requirements.txt", ""),
    ("https://github.com/benjaminp/six", "git+https://github.com/benjaminp/six", "took git+https://github.com"),
    ("git+git@gitlab.com:a/six.git", "git+https://gitlab.com/a/six.git", "took git+https://gitlab.com/a/six.git"),
    ("├── six [required: >=1, installed: 1.16.0]", "six==1.16.0", "took six==1.16.0"),
    ("tensorflow-macos==2.9.2", "tensorflow==2.9.2", "took tensorflow==2.9.2 for tensorflow-macos==2.9.2"),
    (
        "pyobjc-core==9.0\nappnope==0.1\nsix",
        "six",
        "without pyobjc-core and appnope: that is for another operating system",
    ),
    ("sklearn[x]==1 ; python_version < '3'", 'scikit-learn[x] ; python_version < "3"', "took scikit-learn[x]"),
    ("mypkg @ file:///home/nobody-here/work/mypkg\nsix", "six", ELSEWHERE),
    ("pip install six && pip install -r lost.txt attrs > log.txt", "six attrs", "took six, attrs for pip install six"),
    ("numpy==1.0+debug", "numpy==1.0", "took numpy==1.0 for numpy==1.0+debug"),
    (
        "https://example.org/a.whl --hash=sha256:aa\nPIL",
        "https://example.org/a.whl pillow",
        "took pillow",
    ),
    ("six\nos\n-e ${HOME}", "six -e ${HOME}", f"line 2: without os: {PYTHONS}"),
    (
        "git+git://me:birch7fern@example.org/a\n",
        "git+https://me:birch7fern@example.org/a",
        "took git+https://***@example.org/a",
    ),
    ("--pre\nsix", "--pre six", ""),
    ("--trusted-host mirror.example.org\nsix", "--trusted-host mirror.example.org six", ""),
    ("# made by pip freeze\n\nsix==1.16.0 # why\n[notice] A new release of pip is available\n", "six==1.16.0", ""),
]

# whole lists that programs print
PRINTED = [
    ("Package    Version\n---------- -------\nattrs      22.1.0\nsix        1.16.0\n", "attrs==22.1.0 six==1.16.0", ""),
    (
        "Package Version Editable project location\n------- ------- -------------------------\n"
        "heat    0.1     /home/nobody-here/heat\nsix     1.16.0\n",
        "six==1.16.0",
        f"line 3: without '/home/nobody-here/heat': {ELSEWHERE}",
    ),
    ("DEPRECATION: columns | legacy\nattrs (22.1.0)\nsix (1.16.0)\n", "attrs==22.1.0 six==1.16.0", ""),
    ("attrs 22.1.0 Classes Without Boilerplate\nsix   1.16.0 Python 2 and 3\n", "attrs==22.1.0 six==1.16.0", ""),
    ('[{"name": "attrs", "version": "22.1.0"}, {"name": "six", "version": "1.16.0"}]', "attrs==22.1.0 six==1.16.0", ""),
]
# every line of these is a package to one who only half understands it
SLIPS = ["foo~=1", "numpy==1.x", "six==1.0.", "six; nothing", "numpy 1.19 ; sys_platform == linux", "foo[bar baz]"]
SLIPS += ["pandas 1 is best", "x y z https://me:birch7fern@example.org/", "six-1.0-py38 numpy"]
CONDA = [
    (
        "# packages in environment at /opt/conda:\n#\n# Name Version Build Channel\n"
        "_libgcc_mutex 0.1 main\nsix 1.16.0 py38_0 conda-forge\nheat 0.1 pypi_0 pypi\nlibgdal 3.0 h1\n",
        "six==1.16.0 heat==0.1",
        f"lines 4 and 7: without _libgcc_mutex and libgdal: {CONDAS}",
    ),
    (
        "# platform: linux-64\npytorch=1.7.1=py3.8_0\nr-base=4.0=h1\npip=20.2=py38_0\nheat=0.1=pypi_0\n",
        "torch==1.7.1.* pip heat==0.1",
        f"line 3: without r-base: {CONDAS}",
    ),
    (
        "@EXPLICIT\nhttps://conda.example.org/conda-forge/linux-64/six-1.16.0-pyh6c4a22f_0.tar.bz2\n"
        "https://conda.example.org/pkgs/main/linux-64/zlib-1.2.11-h7b6447c_3.conda\n",
        "six==1.16.0",
        f"line 3: without zlib: {CONDAS}",
    ),
]


def told(result) -> tuple[list[str], str]:
    """What the installer would be told of packages, and what the person was."""
    [line] = [line for line in result.out.splitlines() if "ipykernel" in shlex.split(line, comments=True)[3:]]
    words = shlex.split(line)[shlex.split(line).index("install") + 1 :]
    asked = words[2:] if words[0] == "--python" else words  # uv's
    return [Said(word) for word in asked if word != "ipykernel"], Said(" ".join(result.err.split()))


@pytest.mark.parametrize(("text", "words", "said"), [*LINES, *PRINTED])
def test_a_list_is_read_as_it_is_meant(sesync, folder: Path, text, words, said):
    (folder / "requirements.txt").write_text(text)
    result = sesync("kernel", "create", "-n", "--python", ground.python("3.8"))
    assert result.code == 0, result.err
    asked, heard = told(result)
    asked = [word.removeprefix(f"{tilde(folder)}/") for word in asked]
    assert " ".join(asked) == words
    assert said in heard and (said or not heard)


@pytest.mark.parametrize(("text", "words", "said"), CONDA)
def test_a_list_of_condas_is_read_and_agreed_to(sesync, folder: Path, text, words, said):
    (folder / "conda.txt").write_text(text)
    result = sesync("kernel", "create", "heat", "--from", "conda.txt", "--python", ground.python("3.8"))
    assert result.code == 2 and "conda.txt is conda's: pip can have " in Said(" ".join(result.err.split()))
    result = sesync("kernel", "create", "heat", "--from", "conda.txt", "-n", "--python", ground.python("3.8"))
    asked, heard = told(result)
    assert " ".join(asked) == words
    assert said in heard
    assert f"conda create --name heat --file {folder}/conda.txt, then 'sesync kernel adopt heat'" in heard


@pytest.mark.parametrize(
    ("text", "message", "hint"),
    [
        ("six\nsome numbers\n", "line 2 is not a package: some numbers", "What is no package stands behind '#'."),
        ("six==\n", "line 1 is not a package: six==", "The version is missing."),
        ("numpy=1.11|1.12\n", "line 1 is not a package: numpy=1.11|1.12", "pip has no 'or' between versions"),
        ("a b\nc d\nsix\ne f\n", "line 1 is not a package: a b (nor lines 2 and 4)", "A line says a package as"),
        ("six\n./lost.whl\n", "line 2 is not a package: ./lost.whl", "There is no file or folder"),
    ],
)
def test_what_nobody_can_read_is_told_with_its_line(sesync, folder: Path, text, message, hint):
    (folder / "requirements.txt").write_text(text)
    result = sesync("kernel", "create", "-n")
    said = Said(" ".join(result.err.split()))
    assert result.code == 3 and f"{folder}/requirements.txt, {message}" in said and hint in said


@pytest.mark.parametrize("line", SLIPS)
def test_a_line_that_is_nearly_a_package_is_told(sesync, folder: Path, line):
    (folder / "requirements.txt").write_text(f"six\n{line}\n")
    result = sesync("kernel", "create", "-n")
    assert result.code == 3 and "requirements.txt, line 2 is not a package: " in Said(" ".join(result.err.split()))
    assert "birch7fern" not in result.err


@pytest.mark.parametrize("line", ["foo (" + "1" * 20_000, "!" * 20_000, "a" + " " * 20_000 + "b"])
def test_a_line_without_an_end_is_told_at_once(sesync, folder: Path, line):
    (folder / "requirements.txt").write_text(line)
    result = sesync("kernel", "create", "-n")
    assert result.code == 3 and "line 1 is too long for a package" in Said(" ".join(result.err.split()))


def test_a_list_may_limit_and_ask_for_the_same_file(sesync, folder: Path):
    (folder / "requirements.txt").write_text("-c base.txt\n-r base.txt\n-r ../heat/requirements.txt\nsklearn\n")
    (folder / "base.txt").write_text("six==1.16.0\n-e .\n")
    (folder / "setup.py").write_text("from setuptools import setup\nsetup()\n")
    asked, heard = told(sesync("kernel", "create", "--from", "requirements.txt", "-n"))
    assert asked[:4] == ["six==1.16.0", "-e", str(folder), "scikit-learn"]
    assert asked[4:] == shlex.split("-c <(printf '%s\\n' six==1.16.0)")
    assert "base.txt, line 2: without -e" in heard and "what limits versions names a package" in heard


def test_a_list_that_installers_read_is_given_as_it_is(sesync, folder: Path):
    (folder / "requirements.txt").write_text(
        "six==1.16.0\n-r more.txt\n-c limits.txt\n--index-url https://example.org/x\n"
    )
    (folder / "more.txt").write_text("attrs\n")
    (folder / "limits.txt").write_text("attrs<23\n")
    asked, heard = told(sesync("kernel", "create", "-n", "--python", ground.python("3.8")))
    index = ["--index-url", "https://example.org/x"]
    assert (asked, heard) == ([*index, "-r", f"{folder}/requirements.txt"], "")
    (folder / "more.txt").write_text("sklearn\n")
    asked, heard = told(sesync("kernel", "create", "-n", "--python", ground.python("3.8")))
    limits = shlex.split("-c <(printf '%s\\n' 'attrs<23')")
    assert asked == [*index, "six==1.16.0", "scikit-learn", *limits]
    assert heard == "Warning: more.txt, line 1: took scikit-learn for sklearn"
