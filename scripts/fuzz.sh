#!/usr/bin/env bash
# Licensed to the Quorate project under one or more contributor license
# agreements; see the NOTICE file for copyright ownership. Licensed under the
# Apache License, Version 2.0 (the "License"); you may not use this file except
# in compliance with the License. A copy is at
# http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

# Runs the fuzz targets under libFuzzer, guided by coverage, with the stable toolchain:
#
#   scripts/fuzz.sh [SECONDS] [TARGET…]     60 seconds each, all of fuzz/fuzz_targets
#
# What it finds is in fuzz/artifacts/TARGET; one such file as the only argument of the
# program repeats it. The exit code is 1 where it found something.

set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

seconds=${1:-60}
shift || true
targets=("$@")
if [[ ${#targets[@]} == 0 ]]; then
    for file in fuzz/fuzz_targets/*.rs; do
        targets+=("$(basename "$file" .rs)")
    done
fi

# where cargo builds
built=${CARGO_TARGET_DIR:-fuzz/target}
host=$(rustc --version --verbose | sed -n 's/^host: //p')

# The features of the targets: each is of one of the two products.
features() {
    local target
    for target in "${targets[@]}"; do
        if grep -q runtime_bodies "fuzz/fuzz_targets/$target.rs"; then echo runtime; else echo release; fi
    done | sort -u | paste -s -d , -
}

# As cargo-fuzz builds, but without the sanitizers of memory, which want nightly: the crate
# has no unsafe code. With a target named, build scripts are not instrumented.
build() {
    local flags=(
        --cfg fuzzing
        -Cpasses=sancov-module
        -Cllvm-args=-sanitizer-coverage-level=4
        -Cllvm-args=-sanitizer-coverage-inline-8bit-counters
        -Cllvm-args=-sanitizer-coverage-pc-table
        -Cllvm-args=-sanitizer-coverage-trace-compares
        -Ccodegen-units=1
        -Cdebug-assertions
    )
    RUSTFLAGS="${flags[*]}" cargo build --release --manifest-path fuzz/Cargo.toml --target "$host" \
        --no-default-features --features "$(features)" "${targets[@]/#/--bin=}"
}

run() {
    local target=$1
    mkdir -p "fuzz/corpus/$target" "fuzz/artifacts/$target"
    "$built/$host/release/$target" -max_total_time="$seconds" -timeout=10 -print_final_stats=1 \
        -artifact_prefix="fuzz/artifacts/$target/" "fuzz/corpus/$target" 2>"fuzz/artifacts/$target.log"
}

fuzz/seed.sh
build
found=0
for target in "${targets[@]}"; do
    if run "$target"; then
        said=held
    else
        said="FOUND SOMETHING, see fuzz/artifacts/$target.log" found=1
    fi
    covered=$(grep -o 'cov: [0-9]*' "fuzz/artifacts/$target.log" | tail -n 1 || true)
    speed=$(sed -n 's/^stat::average_exec_per_sec: *//p' "fuzz/artifacts/$target.log")
    runs=$(sed -n 's/^stat::number_of_executed_units: *//p' "fuzz/artifacts/$target.log")
    printf '%-13s %9s runs  %7s a second  %-12s %s\n' "$target" "${runs:-?}" "${speed:-?}" "${covered:-cov: ?}" "$said"
done
exit "$found"
