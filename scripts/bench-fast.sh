#!/usr/bin/env bash
# Licensed to the Quorate project under one or more contributor license
# agreements; see the NOTICE file for copyright ownership. Licensed under the
# Apache License, Version 2.0 (the "License"); you may not use this file except
# in compliance with the License. A copy is at
# http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

# Measures `quorate verify` with nettle in the place of the pure Rust arithmetic, where
# nettle's headers and libclang are there; says so where they are not.

set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

libclang() {
    [[ -n ${LIBCLANG_PATH:-} ]] || ldconfig -p 2>/dev/null | grep -q 'libclang[-.0-9]*\.so' ||
        compgen -G '/usr/lib*/llvm*/lib*/libclang*' >/dev/null || compgen -G '/usr/lib*/libclang*' >/dev/null
}

if ! pkg-config --exists 'nettle >= 3.4' hogweed 2>/dev/null; then
    echo "bench: with nettle: skipped, its headers are not here (scripts/setup.sh bench installs them on Debian)"
elif ! libclang; then
    echo "bench: with nettle: skipped, libclang is not here (scripts/setup.sh bench installs it on Debian)"
else
    # a directory of its own: the other build stays as it is
    exec "${CARGO:-cargo}" bench --locked --no-default-features --features fast-openpgp --target-dir target/fast \
        --bench verify -- signatures large
fi
