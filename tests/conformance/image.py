# Licensed to the Quorate project under one or more contributor license
# agreements; see the NOTICE file for copyright ownership. Licensed under the
# Apache License, Version 2.0 (the "License"); you may not use this file except
# in compliance with the License. A copy is at
# http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

"""Writes the smallest image that a registry takes, as an OCI layout: image.py DIRECTORY."""

import hashlib
import io
import json
import pathlib
import sys
import tarfile

place = pathlib.Path(sys.argv[1])
blobs = place / "blobs" / "sha256"
blobs.mkdir(parents=True)


def blob(media_type, content):
    digest = hashlib.sha256(content).hexdigest()
    (blobs / digest).write_bytes(content)
    return {"mediaType": media_type, "digest": f"sha256:{digest}", "size": len(content)}


layer = io.BytesIO()
with tarfile.open(fileobj=layer, mode="w") as archive:
    entry = tarfile.TarInfo("greeting")
    entry.size = 6
    archive.addfile(entry, io.BytesIO(b"hello\n"))
oci = "application/vnd.oci.image"
diff = hashlib.sha256(layer.getvalue()).hexdigest()
config = {"architecture": "amd64", "os": "linux", "rootfs": {"type": "layers", "diff_ids": [f"sha256:{diff}"]}}
manifest = {
    "schemaVersion": 2,
    "mediaType": f"{oci}.manifest.v1+json",
    "config": blob(f"{oci}.config.v1+json", json.dumps(config).encode()),
    "layers": [blob(f"{oci}.layer.v1.tar", layer.getvalue())],
}
listed = blob(f"{oci}.manifest.v1+json", json.dumps(manifest).encode())
listed["annotations"] = {"org.opencontainers.image.ref.name": "1.2.0"}
(place / "index.json").write_text(json.dumps({"schemaVersion": 2, "manifests": [listed]}))
(place / "oci-layout").write_text(json.dumps({"imageLayoutVersion": "1.0.0"}))
