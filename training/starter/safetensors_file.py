"""Writes the safetensors format: u64 little-endian header length, JSON header, tensor data."""
import json
import os
import struct
from pathlib import Path

import numpy as np


def write_safetensors(path, arrays: dict):
    """arrays: {name: float16 array}. The file appears whole or not at all."""
    header, offset = {"__metadata__": {"format": "pt"}}, 0
    for name, array in arrays.items():
        assert array.dtype == np.float16
        header[name] = {"dtype": "F16", "shape": list(array.shape), "data_offsets": [offset, offset + array.nbytes]}
        offset += array.nbytes
    header_bytes = json.dumps(header, separators=(",", ":")).encode()
    header_bytes += b" " * (-len(header_bytes) % 8)
    partial = Path(f"{path}.partial")
    with open(partial, "wb") as file:
        file.write(struct.pack("<Q", len(header_bytes)) + header_bytes)
        for array in arrays.values():
            file.write(np.ascontiguousarray(array).tobytes())
    os.replace(partial, path)
