import numpy as np
import unidecode


def clean(df):
    return df.replace({'': np.nan}).rename(columns=unidecode.unidecode)
