#!/usr/bin/env bash
# Licensed to the Quorate project under one or more contributor license
# agreements; see the NOTICE file for copyright ownership. Licensed under the
# Apache License, Version 2.0 (the "License"); you may not use this file except
# in compliance with the License. A copy is at
# http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

# The published SDKs, under the target directory: prints where they are. Each is done once.
#
#   scripts/statefun-sdks.sh [LANGUAGE…]     python and javascript, unless others are named
#
# Of java and go, which have a compiler, the tests' functions are built too; restate is what the
# bench compares with: its server, and its SDK for JavaScript; prometheus reads metrics in the tests.

set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

place=${CARGO_TARGET_DIR:-target}/statefun-sdks
mkdir -p "$place"
place=$(cd "$place" && pwd)
exec 9>"$place/lock"
flock 9

# newer READY FILE…: whether one of the files changed since READY was made.
newer() {
    local ready=$1 file
    [[ -f $ready ]] || return 0
    for file in "${@:2}"; do
        [[ ! $file -nt $ready ]] || return 0
    done
    return 1
}

# A newer protobuf than the SDK pins is much faster.
python() {
    [[ ! -f $place/python/ready ]] || return 0
    python3 -m venv "$place/python"
    "$place/python/bin/pip" install --quiet 'aiohttp>=3.9' 'protobuf>=5'
    "$place/python/bin/pip" install --quiet --no-deps apache-flink-statefun==3.3.0
    touch "$place/python/ready"
}

javascript() {
    [[ ! -f $place/node_modules/ready ]] || return 0
    npm install --silent --no-save --no-audit --no-fund --prefix "$place" apache-flink-statefun@3.3.0
    touch "$place/node_modules/ready"
}

java() {
    local from=runtime/tests/functions/java
    newer "$place/java/ready" $from/* || return 0
    mkdir -p "$place/java/classes"
    mvn --quiet --batch-mode --file $from/pom.xml dependency:copy-dependencies -DoutputDirectory="$place/java/lib"
    javac -nowarn -cp "$place/java/lib/*" -d "$place/java/classes" $from/Functions.java
    touch "$place/java/ready"
}

go() {
    local from=runtime/tests/functions/go
    newer "$place/go/ready" $from/* || return 0
    mkdir -p "$place/go"
    (cd $from && command go build -o "$place/go/functions" .)
    touch "$place/go/ready"
}

restate() {
    [[ ! -f $place/restate/ready ]] || return 0
    npm install --silent --no-save --no-audit --no-fund --prefix "$place/restate" \
        @restatedev/restate-server@1.7.12 @restatedev/restate-sdk@1.17.2
    touch "$place/restate/ready"
}

prometheus() {
    [[ ! -f $place/prometheus/ready ]] || return 0
    python3 -m venv "$place/prometheus"
    "$place/prometheus/bin/pip" install --quiet prometheus-client==0.26.0
    touch "$place/prometheus/ready"
}

[[ $# != 0 ]] || set -- python javascript
for language in "$@"; do
    case $language in
        python | javascript | java | go | restate | prometheus) "$language" >&2 ;;
        *)
            printf 'statefun-sdks: %s is none of python, javascript, java, go, restate and prometheus\n' "$language" >&2
            exit 2
            ;;
    esac
done
printf '%s\n' "$place"
