"""How much does a street tree cool the pavement below it?"""

from pathlib import Path

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd

data = Path.home() / "cooltrees-data"

trees = pd.read_csv(data / "street_trees.csv")
crown = trees["crown_m"].to_numpy()
surface = trees["summer_surface_c"].to_numpy()
slope, at_zero = np.polyfit(crown, surface, 1)

# what everybody in the group should see goes into the data directory
plt.figure(figsize=(6, 3.5))
plt.plot(crown, surface, "o")
ends = np.array([crown.min(), crown.max()])
plt.plot(ends, at_zero + slope * ends)
plt.xlabel("crown width (m)")
plt.ylabel("surface in summer (°C)")
plt.tight_layout()
plot = data / "crown_and_heat.png"
plt.savefig(plot)

# a table of a few rows is kept beside the code, in git
by_species = trees.groupby("species")[["crown_m", "summer_surface_c"]].mean().round(1)
by_species.sort_values("summer_surface_c").to_csv("by_species.csv")

print(f"{len(trees)} trees: each metre of crown makes the pavement {-slope:.2f} °C cooler.")
print(f"Saved {plot}")
