#!/usr/bin/env python3
# Licensed to the Apache Software Foundation (ASF) under one or more
# contributor license agreements.  See the NOTICE file distributed with
# this work for additional information regarding copyright ownership.
# The ASF licenses this file to You under the Apache License, Version 2.0
# (the "License"); you may not use this file except in compliance with
# the License.  You may obtain a copy of the License at
#
#    http://www.apache.org/licenses/LICENSE-2.0
#
# Unless required by applicable law or agreed to in writing, software
# distributed under the License is distributed on an "AS IS" BASIS,
# WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express or implied.
# See the License for the specific language governing permissions and
# limitations under the License.

"""Packs the JavaScript SDK into greeter-sdk-js/dist, as `npm pack` would.

It needs nothing but Python's standard library, and the same tree gives the same bytes.
"""

import gzip
import io
import json
import tarfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SDK = ROOT / "greeter-sdk-js"
# npm gives every entry this time
TIME = 499162500


def main():
    manifest = json.loads((SDK / "package.json").read_text(encoding="utf-8"))
    files = {f"package/{name}": (ROOT / name).read_bytes() for name in ("LICENSE", "NOTICE")}
    for name in ("package.json", "README.md", "index.js"):
        files[f"package/{name}"] = (SDK / name).read_bytes()

    dist = SDK / "dist"
    dist.mkdir(exist_ok=True)
    path = dist / f"{manifest['name']}-{manifest['version']}.tgz"
    path.write_bytes(packed(files))
    print(path.relative_to(ROOT))


def packed(files):
    plain = io.BytesIO()
    with tarfile.open(fileobj=plain, mode="w", format=tarfile.USTAR_FORMAT) as archive:
        for name, content in sorted(files.items()):
            entry = tarfile.TarInfo(name)
            entry.size, entry.mtime, entry.mode = len(content), TIME, 0o644
            archive.addfile(entry, io.BytesIO(content))
    result = io.BytesIO()
    with gzip.GzipFile(filename="", mode="wb", fileobj=result, mtime=0) as file:
        file.write(plain.getvalue())
    return result.getvalue()


if __name__ == "__main__":
    main()
