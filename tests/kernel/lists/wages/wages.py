# Wages and pollution: the tables of the paper.
#
# /// script
# requires-python = "==3.11.*"
# dependencies = ["polars==1.9.0", "numpy==1.26.4", "pandas==2.2.3", "statsmodels~=0.14.2", "pyarrow>=17,<18"]
#
# [tool.uv]
# exclude-newer = "2024-12-01T00:00:00Z"
# ///
import polars as pl
import statsmodels.formula.api as smf

data = pl.read_parquet("wages.parquet").to_pandas()
print(smf.ols("wage ~ exposure + C(county)", data).fit().summary())
