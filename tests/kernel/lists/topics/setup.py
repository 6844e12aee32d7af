import os

from setuptools import find_packages, setup

here = os.path.abspath(os.path.dirname(__file__))

with open(os.path.join(here, "README.md"), encoding="utf-8") as readme:
    long_description = readme.read()

with open("requirements.txt") as reqs:
    install_requires = [
        str(line)
        for line in reqs.read().split("\n")
        if line and not line.startswith(("--", "git+ssh"))
    ]

setup(
    name="topics",
    version="1.0.0",
    long_description=long_description,
    packages=find_packages(exclude=["tests"]),
    python_requires=">=3.8,<3.13",
    install_requires=install_requires,
)
