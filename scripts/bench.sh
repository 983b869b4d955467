#!/usr/bin/env bash
# Licensed to the Quorate project under one or more contributor license
# agreements; see the NOTICE file for copyright ownership. Licensed under the
# Apache License, Version 2.0 (the "License"); you may not use this file except
# in compliance with the License. A copy is at
# http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

# Measures, with the release build: how long a whole rehearsal of the sample product
# takes. The times of each run go to standard output; the median is the last line.
#
#   scripts/bench.sh [RUNS]

set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

runs=${1:-3}
program=target/release/quorate
if [[ ! -x $program ]]; then
    echo "bench: $program is not built; run make bench" >&2
    exit 1
fi

times=()
for ((run = 1; run <= runs; run++)); do
    begin=$(date +%s%N)
    "$program" rehearse --json >/dev/null
    end=$(date +%s%N)
    times+=($(((end - begin) / 1000000)))
    echo "rehearse, run $run: ${times[-1]} ms"
done
printf '%s\n' "${times[@]}" | sort -n | sed -n "$(((runs + 1) / 2))s/.*/rehearse, median of $runs: & ms/p"
