#!/usr/bin/env bash
# Licensed to the Quorate project under one or more contributor license
# agreements; see the NOTICE file for copyright ownership. Licensed under the
# Apache License, Version 2.0 (the "License"); you may not use this file except
# in compliance with the License. A copy is at
# http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

# The published SDKs, under the target directory: prints where they are. Done once.

set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

place=${CARGO_TARGET_DIR:-target}/statefun-sdks
mkdir -p "$place"
place=$(cd "$place" && pwd)
exec 9>"$place/lock"
flock 9

# A newer protobuf than the SDK pins is much faster.
if [[ ! -f $place/python/ready ]]; then
    python3 -m venv "$place/python" >&2
    "$place/python/bin/pip" install --quiet 'aiohttp>=3.9' 'protobuf>=5' >&2
    "$place/python/bin/pip" install --quiet --no-deps apache-flink-statefun==3.3.0 >&2
    touch "$place/python/ready"
fi
if [[ ! -f $place/node_modules/ready ]]; then
    npm install --silent --no-save --no-audit --no-fund --prefix "$place" apache-flink-statefun@3.3.0 >&2
    touch "$place/node_modules/ready"
fi
printf '%s\n' "$place"
