#!/usr/bin/env bash
# Licensed to the Quorate project under one or more contributor license
# agreements; see the NOTICE file for copyright ownership. Licensed under the
# Apache License, Version 2.0 (the "License"); you may not use this file except
# in compliance with the License. A copy is at
# http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

# The Python greeter on the runtime: sets up what it needs under the target directory, starts
# both, sends names with curl, kills the runtime without warning, and sends on. The functions
# listen at a socket of their own and the runtime at ports that the system gives it, so that
# nobody else's server can answer in their place.

set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

place=${CARGO_TARGET_DIR:-target}/greeter
# a socket's path may not be long
sockets=$(mktemp -d)
pids=()

say() { printf 'greeter: %s\n' "$*" >&2; }

main() {
    trap stop EXIT
    mkdir -p "$place"
    say "setting up the SDK where it is not there yet"
    sdks=$(scripts/statefun-sdks.sh)
    say "building the runtime"
    ${CARGO:-cargo} build --quiet --locked --package statefun-server
    rm -rf "$place"/{data,*.log}
    sed -e 's/port: .*/port: 0/' -e "s|http://localhost:8300|http+unix://$sockets/functions.sock|" \
        runtime/examples/greeter/module.yaml >"$place/module.yaml"
    start functions "$sdks/python/bin/python" runtime/examples/greeter/functions.py "$sockets/functions.sock"
    run_statefun
    greet Ada
    greet Grace
    greet Ada
    say "killing the runtime, without warning"
    kill -KILL "${pids[1]}"
    wait "${pids[1]}" 2>/dev/null || true
    unset 'pids[1]'
    run_statefun
    greet Ada
}

# Starts the runtime; says in $ingress and $egress where it listens.
run_statefun() {
    rm -f "$place"/{data/admin-address,runtime.log}
    start runtime "${CARGO_TARGET_DIR:-target}/debug/statefun" run "$place/module.yaml" --data "$place/data" --admin 127.0.0.1:0
    for _ in {1..400}; do
        if [[ -s $place/data/admin-address ]]; then
            await "http://$(<"$place/data/admin-address")/readyz"
            ingress=$(where ingress) egress=$(where egress)
            return
        fi
        sleep 0.05
    done
    say "the runtime does not begin; see the logs in $place"
    exit 1
}

# where ingress|egress: its address, as the runtime's log has it.
where() {
    sed -n "s/.*the playground's $1 \(.* \)*at \([0-9.:]*\) listens.*/\2/p" "$place/runtime.log"
}

# greet NAME: sends a name and prints the greeting.
greet() {
    local answer=
    curl --silent --show-error --fail --request PUT "http://$ingress/example/greeter/$1" --data "$1"
    for _ in {1..100}; do
        answer=$(curl --silent --show-error --fail "http://$egress/greetings")
        [[ -z $answer ]] || break
        sleep 0.05
    done
    if [[ -z $answer ]]; then
        say "no greeting came for $1; see the logs in $place"
        exit 1
    fi
    printf '%s\n' "$answer"
}

# start NAME COMMAND…: in the background, its log in NAME.log
start() {
    local name=$1
    shift
    "$@" >>"$place/$name.log" 2>&1 &
    pids+=("$!")
}

await() {
    for _ in {1..200}; do
        if curl --silent --fail --output /dev/null "$1"; then
            return
        fi
        sleep 0.05
    done
    say "nothing answered at $1; see the logs in $place"
    exit 1
}

stop() {
    local pid
    for pid in "${pids[@]}"; do
        kill "$pid" 2>/dev/null || true
        wait "$pid" 2>/dev/null || true
    done
    rm -rf "$sockets"
}

main
