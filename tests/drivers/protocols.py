"""The Protocol Buffers compiler and runtime as an independent reader of ours."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import Any

import grpc_tools
from google.protobuf import descriptor_pb2, descriptor_pool, message_factory
from grpc_tools import protoc


def message_class(text: str, name: str) -> Any:
    """The class of a message, by its full name, of the text of a ``.proto`` file."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "it.proto").write_text(text)
        known = os.path.join(os.path.dirname(grpc_tools.__file__), "_proto")
        out = Path(folder, "out")
        words = [
            "",
            f"-I{folder}",
            f"-I{known}",
            f"--descriptor_set_out={out}",
            "--include_imports",
            f"{folder}/it.proto",
        ]
        assert protoc.main(words) == 0, text
        files = descriptor_pb2.FileDescriptorSet.FromString(out.read_bytes())
    pool = descriptor_pool.DescriptorPool()
    for file in files.file:
        pool.Add(file)
    return message_factory.GetMessageClass(pool.FindMessageTypeByName(name))
