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

"""Builds the Python SDK's source distribution and wheel into greeter-sdk-python/dist.

It needs nothing but Python's standard library, and the same tree gives the same bytes:
entries are sorted, and their times are SOURCE_DATE_EPOCH or the first day of 1980.
"""

import base64
import gzip
import hashlib
import io
import os
import re
import tarfile
import time
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SDK = ROOT / "greeter-sdk-python"
FIRST_DAY_OF_ZIP = 315532800
TIME = max(int(os.environ.get("SOURCE_DATE_EPOCH", FIRST_DAY_OF_ZIP)), FIRST_DAY_OF_ZIP)


def main():
    version = pep_440(setup_value("version"))
    name = setup_value("name")
    wheel_name = name.replace("-", "_")
    modules = {
        path.relative_to(SDK).as_posix(): path.read_bytes()
        for path in sorted((SDK / "greeter").rglob("*.py"))
    }
    legal = {file: (ROOT / file).read_bytes() for file in ("LICENSE", "NOTICE")}
    metadata = core_metadata(name, version)

    dist = SDK / "dist"
    dist.mkdir(exist_ok=True)
    for old in dist.iterdir():
        old.unlink()

    sources = {"PKG-INFO": metadata, **legal, **modules}
    for file in ("README.md", "setup.py"):
        sources[file] = (SDK / file).read_bytes()
    write_sdist(dist / f"{name}-{version}.tar.gz", f"{name}-{version}", sources)
    wheel = dist / f"{wheel_name}-{version}-py3-none-any.whl"
    write_wheel(wheel, f"{wheel_name}-{version}.dist-info", modules, metadata, legal)
    for file in sorted(dist.iterdir()):
        print(file.relative_to(ROOT))


def setup_value(key):
    """The string that setup.py gives for a key."""
    text = (SDK / "setup.py").read_text(encoding="utf-8")
    found = re.search(rf"^    {key}='([^']+)',$", text, re.MULTILINE)
    if found is None:
        raise SystemExit(f"setup.py: found no {key}='...'")
    return found.group(1)


def pep_440(version):
    """Python's way of writing a version: X.Y-SNAPSHOT is X.Y.dev0."""
    python_version = version.replace("-SNAPSHOT", ".dev0")
    if re.fullmatch(r"[0-9]+([.][0-9]+)*([.]dev0)?", python_version) is None:
        raise SystemExit(f"setup.py: {version} is neither a release nor a snapshot")
    return python_version


def core_metadata(name, version):
    readme = (SDK / "README.md").read_text(encoding="utf-8")
    headers = {
        "Metadata-Version": "2.1",
        "Name": name,
        "Version": version,
        "Summary": setup_value("description"),
        "Home-page": setup_value("url"),
        "Author": setup_value("author"),
        "Author-email": setup_value("author_email"),
        "License": setup_value("license"),
        "Requires-Python": setup_value("python_requires"),
        "Description-Content-Type": setup_value("long_description_content_type"),
    }
    return ("".join(f"{key}: {value}\n" for key, value in headers.items()) + "\n" + readme).encode()


def write_sdist(path, top, files):
    plain = io.BytesIO()
    with tarfile.open(fileobj=plain, mode="w", format=tarfile.PAX_FORMAT) as archive:
        for name, content in sorted(files.items()):
            entry = tarfile.TarInfo(f"{top}/{name}")
            entry.size, entry.mtime, entry.mode = len(content), TIME, 0o644
            archive.addfile(entry, io.BytesIO(content))
    with open(path, "wb") as file:
        with gzip.GzipFile(filename="", mode="wb", fileobj=file, mtime=TIME) as packed:
            packed.write(plain.getvalue())


def write_wheel(path, info, modules, metadata, legal):
    tags = "Wheel-Version: 1.0\nGenerator: build-python\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
    files = dict(sorted(modules.items()))
    files[f"{info}/METADATA"] = metadata
    files[f"{info}/WHEEL"] = tags.encode()
    files[f"{info}/top_level.txt"] = b"greeter\n"
    for name, content in legal.items():
        files[f"{info}/{name}"] = content
    files[f"{info}/RECORD"] = record(files, f"{info}/RECORD")
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            entry = zipfile.ZipInfo(name, time.gmtime(TIME)[:6])
            entry.external_attr = 0o100644 << 16
            archive.writestr(entry, content, zipfile.ZIP_DEFLATED)


def record(files, itself):
    """The wheel's list of its files, with the digest and size of each but itself."""
    lines = []
    for name, content in files.items():
        digest = base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()
        lines.append(f"{name},sha256={digest},{len(content)}\n")
    lines.append(f"{itself},,\n")
    return "".join(lines).encode()


if __name__ == "__main__":
    main()
