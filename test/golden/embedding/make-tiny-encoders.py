"""Makes tiny-pooling.onnx, tiny-masked.onnx and pooling.json: encoders of a few kilobytes with the form of the published
ones, and what numpy computes from them. Run with onnx, onnxruntime and numpy; seeded."""
import json, pathlib
import numpy as np, onnx, onnxruntime
from onnx import TensorProto as T, helper as h, numpy_helper as n

here = pathlib.Path(__file__).parent
rng = np.random.default_rng(7)
FEATURES, DIMENSION = 6, 4
kernel = rng.normal(size=(FEATURES, 80, 3)).astype(np.float32) * 0.1
weight = rng.normal(size=(DIMENSION, 2 * FEATURES)).astype(np.float32)
bias = rng.normal(size=DIMENSION).astype(np.float32)
shift = rng.normal(size=DIMENSION).astype(np.float32)
TRUNK = [
    h.make_node('Transpose', ['feats'], ['transposed'], perm=[0, 2, 1]),
    h.make_node('Conv', ['transposed', 'kernel'], ['convolved'], strides=[8], pads=[1, 1]),
    h.make_node('Relu', ['convolved'], ['trunk']),
]
LINEAR = [
    h.make_node('Gemm', ['statistics', 'weight', 'bias'], ['linear'], transB=1),
    h.make_node('Sub', ['linear', 'shift'], ['embs']),
]
weights = [n.from_array(a, name) for name, a in dict(kernel=kernel, weight=weight, bias=bias, shift=shift).items()]
value = lambda name, shape: h.make_tensor_value_info(name, T.FLOAT, shape)

pooling = [
    h.make_node('ReduceMean', ['trunk'], ['mean'], axes=[-1], keepdims=0),
    h.make_node('Unsqueeze', ['mean', 'last'], ['means']),
    h.make_node('Sub', ['trunk', 'means'], ['difference']),
    h.make_node('Mul', ['difference', 'difference'], ['squares']),
    h.make_node('ReduceMean', ['squares'], ['variance'], axes=[-1], keepdims=0),
    h.make_node('Sqrt', ['variance'], ['deviation']),
    h.make_node('Concat', ['mean', 'deviation'], ['statistics'], axis=1),
]
last = n.from_array(np.array([-1], np.int64), 'last')
graph = h.make_graph(TRUNK + pooling + LINEAR, 'tiny', [value('feats', ['B', 'T', 80])], [value('embs', ['B', DIMENSION])], weights + [last])
model = h.make_model(graph, opset_imports=[h.make_opsetid('', 17)], ir_version=8)
onnx.save(model, here / 'tiny-pooling.onnx')

# The masked graph resizes its weights to the frames of the trunk and has no epsilon, like the published one.
masked = [
    h.make_node('Unsqueeze', ['weights', 'one'], ['rows']),
    h.make_node('Shape', ['trunk'], ['shape'], start=2),
    h.make_node('Shape', ['rows'], ['rowShape'], start=0, end=2),
    h.make_node('Concat', ['rowShape', 'shape'], ['size'], axis=0),
    h.make_node('Resize', ['rows', '', '', 'size'], ['w'], mode='nearest', coordinate_transformation_mode='asymmetric', nearest_mode='floor'),
    h.make_node('ReduceSum', ['w', 'last'], ['v1'], keepdims=1),
    h.make_node('Mul', ['trunk', 'w'], ['weighted']),
    h.make_node('ReduceSum', ['weighted', 'last'], ['sum'], keepdims=1),
    h.make_node('Div', ['sum', 'v1'], ['mean']),
    h.make_node('Mul', ['w', 'w'], ['w2']),
    h.make_node('ReduceSum', ['w2', 'last'], ['v2'], keepdims=1),
    h.make_node('Div', ['v2', 'v1'], ['ratio']),
    h.make_node('Sub', ['v1', 'ratio'], ['freedom']),
    h.make_node('Sub', ['trunk', 'mean'], ['difference']),
    h.make_node('Mul', ['difference', 'difference'], ['squares']),
    h.make_node('Mul', ['squares', 'w'], ['weightedSquares']),
    h.make_node('ReduceSum', ['weightedSquares', 'last'], ['spread'], keepdims=1),
    h.make_node('Div', ['spread', 'freedom'], ['variance']),
    h.make_node('Sqrt', ['variance'], ['deviation']),
    h.make_node('Concat', ['mean', 'deviation'], ['both'], axis=1),
    h.make_node('Squeeze', ['both', 'two'], ['statistics']),
]
one, two = (n.from_array(np.array([k], np.int64), name) for k, name in ((1, 'one'), (2, 'two')))
graph = h.make_graph(TRUNK + masked + LINEAR, 'tiny', [value('feats', ['B', 'T', 80]), value('weights', ['B', 'F'])], [value('embs', ['B', DIMENSION])], weights + [last, one, two])
onnx.save(h.make_model(graph, opset_imports=[h.make_opsetid('', 17)], ir_version=8), here / 'tiny-masked.onnx')

# Expected statistics for two masks on made-up frames, by definition, in double precision.
frames = rng.normal(size=(3, 9)).astype(np.float32)
cases = []
for w in (np.array([0, 1, 1, 0, 1, 1, 1, 0, 0.0]), np.array([0, 0, 0, 1, 0, 0, 0, 0, 0.0]), np.ones(9)):
    v1, v2 = w.sum() + 1e-8, (w * w).sum()
    mean = (frames * w).sum(1) / v1
    deviation = np.sqrt((w * (frames - mean[:, None]) ** 2).sum(1) / (v1 - v2 / v1 + 1e-8))
    cases.append(dict(weights=w.tolist(), statistics=np.r_[mean, deviation].tolist()))
(here / 'pooling.json').write_text(json.dumps(dict(frames=frames.tolist(), cases=cases)))
