"""The line that matters where no cause is known, and the package that failed."""

import pytest

from sesync_cli.diagnosis.culprit import culprit
from sesync_cli.diagnosis.excerpt import telling

TIMES = "\u00d7"  # that pip and uv begin with
PIP_24 = """Collecting {name}
  Using cached {name}-1.0.tar.gz (310 kB)
  Preparing metadata (pyproject.toml) ... error
  error: subprocess-exited-with-error

  {times} Preparing metadata (pyproject.toml) did not run successfully.
  │ exit code: 1
  ╰─> [30 lines of output]
{said}
      [end of output]

  note: This error originates from a subprocess, and is likely not a problem with pip.
error: metadata-generation-failed

{times} Encountered error while generating package metadata.
╰─> See above for output.
"""
PIP_20 = """Processing ./{name}
    ERROR: Command errored out with exit status 1:
     command: /usr/bin/python3 -c 'import sys, setuptools' egg_info
         cwd: /tmp/pip-install-q3f/{name}/
    Complete output (9 lines):
{said}
    ----------------------------------------
ERROR: Command errored out with exit status 1: python setup.py egg_info Check the logs for full command output.
"""
PIP_9 = """Collecting leafy
  Using cached leafy-1.0.tar.gz
Collecting {name}>=2
  Using cached {name}-2.0.tar.gz
    Complete output from command python setup.py egg_info:
{said}

    ----------------------------------------
Command "python setup.py egg_info" failed with error code 1 in /tmp/pip-build-x/{name}/
You are using pip version 9.0.3, however version 21.3.1 is available.
"""
UV = """Resolved 9 packages in 210ms
  {times} Failed to build `{name}==1.0`
  ├─▶ The build backend returned an error
  ╰─▶ Call to `setuptools.build_meta.build_wheel` failed (exit status: 1)

      [{stream}]
{said}

      hint: This usually indicates a problem with the package or the build environment.
"""
WORDS = {
    "an error in the build's own words": ("cffi mode: ANY\nError: the moon is not full", "Error: the moon is not full"),
    "no word of error": (
        "running build_ext\nThis build needs rootify, put it on your path",
        "This build needs rootify,",
    ),
    "a number": (
        'Traceback (most recent call last):\n  File "<string>", line 1, in <module>\nRuntimeError: dry\n'
        'Traceback (most recent call last):\n  File "<string>", line 2, in <module>\nSystemExit: 256',
        "RuntimeError: dry",
    ),
    "a warning before it": (
        "a.py:3: DeprecationWarning: old leaves\n  warnings.warn(old)\nKeyError: 'LEAF'",
        "KeyError: 'LEAF'",
    ),
    "a compiler's error": (
        "gcc -c a.c\na.c:3:5: warning: unused variable\na.c:9:1: error: expected ';'\nerror: command 'gcc' failed",
        "a.c:9:1: error: expected ';'",
    ),
    "CMake's": (
        "CMake Error at CMakeLists.txt:3 (message):\n  the fern is brown\n\n-- Incomplete",
        "the fern is brown",
    ),
}
EMPTY = (
    "metadata-generation-failed",
    "Collecting",
    "Using cached",
    "exit code",
    "errored out",
    "lines of output",
    "arning",
)


@pytest.mark.parametrize("words", WORDS)
@pytest.mark.parametrize(
    "form", [PIP_24, PIP_20, PIP_9, UV.replace("{stream}", "stderr"), UV.replace("{stream}", "stdout")]
)
def test_what_the_build_said_comes_before_what_the_installer_says(form: str, words: str) -> None:
    said, line = WORDS[words]
    text = form.format(name="birch", times=TIMES, said="\n".join(f"      {one}" for one in said.splitlines()))
    lines = telling(text)
    assert any(line in one for one in lines)
    assert not [one for one in lines if any(empty in one for empty in EMPTY)]
    assert culprit(text, ["leafy", "oak"]) == "birch"


NAMED = {
    "ERROR: Failed to build 'birch' when getting requirements to build wheel": "birch",
    "ERROR: ERROR: Failed to build installable wheels for some pyproject.toml based projects (birch, oak)": "birch",
    "ERROR: Could not build wheels for birch, which is required to install pyproject.toml-based projects": "birch",
    "Running setup.py install for birch ... error": "birch",
    "error: Failed to install: birch-1.8.0-cp38-cp38-linux_x86_64.whl (birch==1.8.0)": "birch",
    "  \u00d7 Failed to download and build `birch @ git+https://git.example.org/x/birch`": "birch",
    "Collecting git+https://git.example.org/x/birch@v9\n  Cloning x\n  error: subprocess-exited-with-error": "birch",
    "Processing ./woods/birch\n  error: subprocess-exited-with-error": "birch",
    "Collecting birch\n  Downloading birch-1.0.tar.gz\nCollecting oak\nERROR: x": "oak",
    "it is Monday": "a package",
}


@pytest.mark.parametrize("text", NAMED)
def test_the_package_that_failed(text: str) -> None:
    assert culprit(text) == NAMED[text]
    assert culprit("it is Monday", ["-r", "birch>=1"]) == "birch"
