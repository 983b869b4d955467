#!/usr/bin/env bash
# Licensed to the Quorate project under one or more contributor license
# agreements; see the NOTICE file for copyright ownership. Licensed under the
# Apache License, Version 2.0 (the "License"); you may not use this file except
# in compliance with the License. A copy is at
# http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

# Builds a command interpreter of upstream's smoke test, as it is in a checkout of
# apache/flink-statefun, under the target directory; prints where. Nothing of it comes into
# this repository.
#
#   scripts/statefun-upstream.sh CHECKOUT javascript|java|go

set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

checkout=$1 language=$2
ours=runtime/tests/functions/upstream
place=${CARGO_TARGET_DIR:-target}/statefun-upstream
mkdir -p "$place"
place=$(cd "$place" && pwd)
exec 9>"$place/lock"
flock 9

javascript() {
    npm install --silent --no-save --no-audit --no-fund --prefix "$place/javascript" \
        apache-flink-statefun@3.3.0 google-protobuf@3.18.0
}

java() {
    local theirs=$checkout/statefun-e2e-tests/statefun-smoke-e2e-java/src/main platform protoc
    case $(uname -s)-$(uname -m) in
        Linux-x86_64) platform=linux-x86_64 ;;
        Linux-aarch64) platform=linux-aarch_64 ;;
        Darwin-*) platform=osx-universal_binary ;;
        *) echo "statefun-upstream: no protoc is known for $(uname -s) on $(uname -m)" && exit 1 ;;
    esac
    rm -rf "$place/java"
    mkdir -p "$place/java/generated" "$place/java/classes"
    mvn --quiet --batch-mode --file "$ours/pom.xml" -Dprotoc.platform="$platform" \
        dependency:copy-dependencies -DoutputDirectory="$place/java/lib"
    protoc=$(echo "$place"/java/lib/protoc-*.exe)
    chmod +x "$protoc"
    "$protoc" --proto_path="$theirs/protobuf" --java_out="$place/java/generated" commands.proto
    rm "$protoc"
    # all but upstream's own server, which listens at a fixed port
    local interpreter=$theirs/java/org/apache/flink/statefun/e2e/smoke/java
    javac -nowarn -cp "$place/java/lib/*" -d "$place/java/classes" "$ours/Serve.java" \
        "$interpreter"/{CommandInterpreter,CommandInterpreterFn,Constants}.java \
        "$place"/java/generated/org/apache/flink/statefun/e2e/smoke/generated/*.java
}

go() {
    local theirs=$checkout/statefun-e2e-tests/statefun-smoke-e2e-golang/src/main/go
    rm -rf "$place/go"
    mkdir -p "$place/go"
    cp "$theirs"/*.go "$ours"/{listen.go,go.mod,go.sum} "$place/go"
    (cd "$place/go" && command go build -o interpreter .)
}

if [[ ! -f $place/$language.ready || $(<"$place/$language.ready") != "$checkout" ]]; then
    "$language" >&2
    printf '%s\n' "$checkout" >"$place/$language.ready"
fi
printf '%s\n' "$place"
