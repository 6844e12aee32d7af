from setuptools import setup, find_packages

setup(
    name="gcam_figures",
    version="1.2.0",
    python_requires=">=3.6",
    packages=find_packages(),
    install_requires=[
        "requests~=2.20.0",
        "pandas~=1.2.4",
        "lxml~=4.6.3",
    ],
    include_package_data=True,
    zip_safe=False,
)
