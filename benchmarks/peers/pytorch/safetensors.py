"""Reads .safetensors of float32: a length, a header in JSON, numbers."""
import json
import struct

import numpy
import torch


def read(path):
    data = open(path, "rb").read()
    (length,) = struct.unpack_from("<Q", data)
    tensors = {}
    for name, entry in json.loads(data[8:8 + length]).items():
        if name != "__metadata__":
            start, end = entry["data_offsets"]
            numbers = numpy.frombuffer(data, "<f4", (end - start) // 4, 8 + length + start)
            tensors[name] = torch.from_numpy(numbers.copy()).reshape(entry["shape"])
    return tensors
