"""Makes the small files of this folder from data/golden/nemo-clustering. usage: select.py SHARED_FOLDER (numpy needed)"""
import json, os, sys
import numpy as np

source, target = sys.argv[1], os.path.dirname(os.path.abspath(__file__))
SESSIONS = {
    "nme-synthetic": ["n1", "n2", "n6", "n12", "short-oracle2", "short-no-enhanced", "disconnected", "majority", "long-oracle"],
    "nme-recordings": ["sample.general.ge2e"],
}
KEEP = ("input", "embeddings", "timestamps", "mapping", "labels", "meta", "affinity", "affinity_sum", "eigenvalues")


def copy(name, keep):
    data = json.load(open(f"{source}/{name}.json"))
    data["cases"] = [case for index, case in enumerate(data["cases"]) if keep(index, case)]
    json.dump(data, open(f"{target}/{name}.json", "w"), separators=(",", ":"))


for name, sessions in SESSIONS.items():
    arrays = np.load(f"{source}/{name}.npz")
    kept = {key: arrays[key] for key in arrays.files if key.rsplit("/", 1)[0] in sessions and key.rsplit("/", 1)[1] in KEEP}
    np.savez_compressed(f"{target}/{name}.npz", **kept)
copy("merge-regions", lambda index, case: True)
copy("p-values", lambda index, case: case["input"]["volume"] == 30)
copy("random-draws", lambda index, case: index < 2)
copy("turns", lambda index, case: index < 7)
copy("subsegments", lambda index, case: index in (0, 8))
copy("vad", lambda index, case: case["input"]["name"] in ("exact thresholds", "ends in speech", "walk2"))
copy("vad-smoothing", lambda index, case: case["input"]["name"] == "walk0")
copy("words", lambda index, case: case["input"]["name"] in ("start+0.0", "mid+0.12", "end-0.05", "pointer lags", "before first", "hour", "options", "no time", "vad fix"))
copy("tpe", lambda index, case: index % 8 == 3)
smoothed = {case["output"]["values"] for case in json.load(open(f"{target}/vad-smoothing.json"))["cases"]}
tracks = np.load(f"{source}/vad-tracks.npz")
names = {f"track/{case['input']['name']}" for case in json.load(open(f"{target}/vad.json"))["cases"]} | {"track/walk0"}
np.savez_compressed(f"{target}/vad-tracks.npz", **{key: tracks[key] for key in tracks.files if key in names or key in smoothed})
