"""Writes model.onnx: one convolution of 400 samples every 320, with the contract of a wav2vec 2.0 CTC export."""
import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

LABELS = 29
rng = np.random.default_rng(1)
weight = rng.normal(0, 0.2, (LABELS, 1, 400)).astype(np.float16).astype(np.float32)
nodes = [
    helper.make_node("Unsqueeze", ["input_values", "axis"], ["sound"]),
    helper.make_node("Conv", ["sound", "weight"], ["scores"], strides=[320]),
    helper.make_node("Transpose", ["scores"], ["logits"], perm=[0, 2, 1]),
]
graph = helper.make_graph(
    nodes,
    "ctc-aligner-stand-in",
    [helper.make_tensor_value_info("input_values", TensorProto.FLOAT, ["batch", "samples"])],
    [helper.make_tensor_value_info("logits", TensorProto.FLOAT, ["batch", "frames", LABELS])],
    [numpy_helper.from_array(weight, "weight"), numpy_helper.from_array(np.array([1], np.int64), "axis")],
)
onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8), "model.onnx")
