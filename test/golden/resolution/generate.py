"""Runs pyannote.audio 4.0.4's own clustering classes with given numbers of speakers on recorded embeddings.

    pip install numpy==2.4.6 scipy==1.17.1 scikit-learn einops
    pip download --no-deps pyannote.audio==4.0.4 && unzip -d WHEEL pyannote_audio-*.whl
    python generate.py WHEEL SHARED/data/pyannote-ge2e > speaker-bounds.json

Only the file `pipelines/clustering.py` is executed; what it imports for other purposes (torch, pipelines, audio) is
replaced by empty modules.
"""

import contextlib
import glob
import io
import json
import os
import sys
import types

import numpy as np
from sklearn.cluster import KMeans

wheel, folder = sys.argv[1:]


class Anything:
    def __init__(self, *args, **kwargs):
        pass


def stub(name, *members):
    module = sys.modules.setdefault(name, types.ModuleType(name))
    for member in members:
        setattr(module, member, Anything)


for package in ["pyannote", "pyannote.audio", "pyannote.audio.core", "pyannote.audio.pipelines", "pyannote.audio.utils"]:
    stub(package)
stub("pyannote.audio.core.io", "AudioFile")
stub("pyannote.audio.core.plda", "PLDA")
stub("pyannote.audio.pipelines.utils", "oracle_segmentation")
stub("pyannote.audio.utils.permutation", "permutate")
stub("pyannote.audio.utils.vbx", "cluster_vbx")
stub("pyannote.core", "SlidingWindow", "SlidingWindowFeature")
stub("pyannote.pipeline", "Pipeline")
stub("pyannote.pipeline.parameter", "Categorical", "Integer", "Uniform")
scope = {"__name__": "clustering"}
exec(open(os.path.join(wheel, "pyannote/audio/pipelines/clustering.py")).read(), scope)

clustering = scope["AgglomerativeClustering"](metric="cosine")
clustering.method = "centroid"
clustering.threshold = 0.75

BOUNDS = [{"numSpeakers": n} for n in (1, 2, 3, 4, 5, 7, 12)] + [
    {"minSpeakers": 2},
    {"minSpeakers": 4},
    {"maxSpeakers": 1},
    {"maxSpeakers": 2},
    {"minSpeakers": 2, "maxSpeakers": 3},
]


def agglomerative(train, bounds, min_size):
    clustering.min_cluster_size = min_size
    num, low, high = clustering.set_num_clusters(
        len(train), bounds.get("numSpeakers"), bounds.get("minSpeakers"), bounds.get("maxSpeakers")
    )
    if high < 2:
        return np.zeros(len(train), int)
    with contextlib.redirect_stdout(io.StringIO()):
        return clustering.cluster(train.copy(), low, high, num)


cases = []
for path in sorted(glob.glob(os.path.join(folder, "*.npz"))):
    z = np.load(path)
    if "dendrogram" not in z.files:
        continue
    train = z["embeddings"][z["train_chunk"], z["train_speaker"]]
    units = train / np.linalg.norm(train, axis=1, keepdims=True)
    for min_size in (12, 3):
        for bounds in BOUNDS:
            labels = agglomerative(train, bounds, min_size)
            cases.append(
                {
                    "recording": os.path.basename(path)[:-4],
                    "minClusterSize": min_size,
                    "bounds": bounds,
                    "labels": "".join(chr(97 + k) for k in labels),
                }
            )
    for k in (2, 3, 5):
        if k <= len(units):
            model = KMeans(n_clusters=k, n_init=3, random_state=42).fit(units)
            cases.append({"recording": os.path.basename(path)[:-4], "kMeans": k, "inertia": round(float(model.inertia_), 6)})

print('{"cases":[\n' + ",\n".join(json.dumps(case, separators=(",", ":")) for case in cases) + "\n]}")
