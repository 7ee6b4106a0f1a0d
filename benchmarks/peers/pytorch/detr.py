"""DETR in plain PyTorch: the structure and the parameter names of the reference implementation, and nothing else of it."""
import math

import torch
import torch.nn.functional as F
from torch import nn
from torchvision.models import resnet50
from torchvision.ops import FrozenBatchNorm2d


class SmallResNet(nn.Module):
    """One block of two 3x3 convolutions a stage, a stem of stride 2, batch norm that learns."""

    def __init__(self, width=32, stages=4):
        super().__init__()
        self.conv1 = nn.Conv2d(3, width, 3, 2, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(width)
        self.names = []
        inputs = width
        for stage in range(stages):
            outputs = width << stage
            self.names.append(f"layer{stage + 1}")
            self.add_module(self.names[-1], nn.Sequential(SmallBlock(inputs, outputs, 1 if stage == 0 else 2)))
            inputs = outputs
        self.channels = inputs

    def forward(self, x):
        x = F.relu(self.bn1(self.conv1(x)), inplace=True)
        for name in self.names:
            x = getattr(self, name)(x)
        return x


class SmallBlock(nn.Module):
    def __init__(self, inputs, outputs, stride):
        super().__init__()
        self.conv1 = nn.Conv2d(inputs, outputs, 3, stride, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(outputs)
        self.conv2 = nn.Conv2d(outputs, outputs, 3, 1, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(outputs)
        self.downsample = None
        if stride != 1 or inputs != outputs:
            self.downsample = nn.Sequential(nn.Conv2d(inputs, outputs, 1, stride, bias=False), nn.BatchNorm2d(outputs))

    def forward(self, x):
        shortcut = x if self.downsample is None else self.downsample(x)
        y = F.relu(self.bn1(self.conv1(x)), inplace=True)
        return F.relu(self.bn2(self.conv2(y)) + shortcut, inplace=True)


class ResNet50(nn.Module):
    """torchvision's, norms, stem and first stage frozen."""

    channels = 2048

    def __init__(self):
        super().__init__()
        whole = resnet50(weights=None, norm_layer=FrozenBatchNorm2d)
        for name, child in whole.named_children():
            if name not in ("avgpool", "fc"):
                self.add_module(name, child)
        for name, parameter in self.named_parameters():
            if not name.startswith(("layer2", "layer3", "layer4")):
                parameter.requires_grad_(False)

    def forward(self, x):
        for child in self.children():
            x = child(x)
        return x


class FeedForward(nn.Module):
    def __init__(self, channels, inner, dropout):
        super().__init__()
        self.linear1 = nn.Linear(channels, inner)
        self.linear2 = nn.Linear(inner, channels)
        self.dropout = nn.Dropout(dropout)

    def transform(self, x):
        return self.dropout(self.linear2(self.dropout(F.relu(self.linear1(x)))))


class EncoderLayer(FeedForward):
    def __init__(self, channels, heads, inner, dropout):
        super().__init__(channels, inner, dropout)
        self.self_attn = nn.MultiheadAttention(channels, heads, dropout)
        self.norm1 = nn.LayerNorm(channels)
        self.norm2 = nn.LayerNorm(channels)

    def forward(self, x, position, padding):
        placed = x + position
        x = self.norm1(x + self.dropout(self.self_attn(placed, placed, x, key_padding_mask=padding, need_weights=False)[0]))
        return self.norm2(x + self.transform(x))


class DecoderLayer(FeedForward):
    def __init__(self, channels, heads, inner, dropout):
        super().__init__(channels, inner, dropout)
        self.self_attn = nn.MultiheadAttention(channels, heads, dropout)
        self.multihead_attn = nn.MultiheadAttention(channels, heads, dropout)
        self.norm1 = nn.LayerNorm(channels)
        self.norm2 = nn.LayerNorm(channels)
        self.norm3 = nn.LayerNorm(channels)

    def forward(self, x, query, memory, placed_memory, padding):
        placed = x + query
        x = self.norm1(x + self.dropout(self.self_attn(placed, placed, x, need_weights=False)[0]))
        seen = self.multihead_attn(x + query, placed_memory, memory, key_padding_mask=padding, need_weights=False)[0]
        x = self.norm2(x + self.dropout(seen))
        return self.norm3(x + self.transform(x))


class Transformer(nn.Module):
    def __init__(self, channels, heads, encoder_layers, decoder_layers, inner, dropout):
        super().__init__()
        self.encoder = nn.Module()
        self.encoder.layers = nn.ModuleList(EncoderLayer(channels, heads, inner, dropout) for _ in range(encoder_layers))
        self.decoder = nn.Module()
        self.decoder.layers = nn.ModuleList(DecoderLayer(channels, heads, inner, dropout) for _ in range(decoder_layers))
        self.decoder.norm = nn.LayerNorm(channels)

    def forward(self, source, position, query, padding):
        """[cells, batch, channels] and [queries, batch, channels] to [layers, batch, queries, channels]."""
        memory = source
        for layer in self.encoder.layers:
            memory = layer(memory, position, padding)
        placed_memory = memory + position
        x = torch.zeros_like(query)
        results = []
        for layer in self.decoder.layers:
            x = layer(x, query, memory, placed_memory, padding)
            results.append(self.decoder.norm(x))
        return torch.stack(results).transpose(1, 2)


class BoxHead(nn.Module):
    def __init__(self, channels):
        super().__init__()
        self.layers = nn.ModuleList([nn.Linear(channels, channels), nn.Linear(channels, channels), nn.Linear(channels, 4)])

    def forward(self, x):
        return self.layers[2](F.relu(self.layers[1](F.relu(self.layers[0](x)))))


def sine_positions(mask, channels):
    """The paper's encoding, appendix A.4; mask is true where padded. [batch, cells, channels]."""
    wave = 10000 ** (2 * (torch.arange(channels // 2) // 2).float() / (channels // 2))
    halves = []
    for axis in (1, 2):
        place = (~mask).cumsum(axis, dtype=torch.float32)
        place = place / (place.narrow(axis, mask.shape[axis] - 1, 1) + 1e-6) * (2 * math.pi)
        angle = place[..., None] / wave
        halves.append(torch.stack((angle[..., 0::2].sin(), angle[..., 1::2].cos()), -1).flatten(-2))
    return torch.cat(halves, -1).flatten(1, 2)


class Detr(nn.Module):
    def __init__(self, backbone, classes, queries, channels, heads, encoder_layers, decoder_layers, inner, dropout):
        super().__init__()
        self.classes, self.channels = classes, channels
        self.transformer = Transformer(channels, heads, encoder_layers, decoder_layers, inner, dropout)
        self.class_embed = nn.Linear(channels, classes + 1)
        self.bbox_embed = BoxHead(channels)
        self.query_embed = nn.Embedding(queries, channels)
        self.input_proj = nn.Conv2d(backbone.channels, channels, 1)
        self.backbone = nn.Sequential(nn.Module())
        self.backbone[0].body = backbone

    def forward(self, image, mask):
        """Logits and boxes of every decoder layer."""
        features = self.backbone[0].body(image)
        mask = F.interpolate(mask[None].float(), size=features.shape[-2:])[0].bool()
        source = self.input_proj(features).flatten(2).permute(2, 0, 1)
        position = sine_positions(mask, self.channels).transpose(0, 1)
        query = self.query_embed.weight[:, None].expand(-1, image.shape[0], -1)
        hidden = self.transformer(source, position, query, mask.flatten(1))
        return self.class_embed(hidden), self.bbox_embed(hidden).sigmoid()


def create(name, dropout=None):
    """The models of the benchmarks' TrainingCase, by the same names."""
    if name == "detr_resnet50":
        return Detr(ResNet50(), 91, 100, 256, 8, 6, 6, 2048, 0.1 if dropout is None else dropout)
    if name == "small":
        return Detr(SmallResNet(), 12, 20, 128, 4, 2, 3, 256, 0.0 if dropout is None else dropout)
    raise SystemExit(f"There is no model {name}; there are detr_resnet50 and small.")
