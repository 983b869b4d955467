#!/usr/bin/env bash
# Licensed to the Quorate project under one or more contributor license
# agreements; see the NOTICE file for copyright ownership. Licensed under the
# Apache License, Version 2.0 (the "License"); you may not use this file except
# in compliance with the License. A copy is at
# http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

# The runtime's numbers on this machine: embedded messages a second, what many addresses cost,
# the memory of a runtime that has nothing to do, and calls to a counter beside Restate.

set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

main() {
    ${CARGO:-cargo} bench --quiet --locked --package statefun-sdk --bench embedded
    ${CARGO:-cargo} bench --quiet --locked --package statefun-sdk --bench addresses
    ${CARGO:-cargo} build --quiet --locked --release --package statefun-server
    idle
    ${CARGO:-cargo} bench --quiet --locked --package statefun-server --bench callers
}

idle() {
    local data
    data=$(mktemp -d)
    printf 'kind: io.statefun.playground.v1/ingress\nspec: {port: 0}\n' >"$data/module.yaml"
    "${CARGO_TARGET_DIR:-target}/release/statefun" run "$data/module.yaml" --data "$data/store" --admin 127.0.0.1:0 2>/dev/null &
    local pid=$!
    sleep 3
    printf 'idle memory  %s MB\n' "$(awk '/^VmRSS:/ { print int($2 / 1024) }' "/proc/$pid/status")"
    kill "$pid"
    wait "$pid" || true
    rm -rf "$data"
}

main
