#!/usr/bin/env bash
# Licensed to the Quorate project under one or more contributor license
# agreements; see the NOTICE file for copyright ownership. Licensed under the
# Apache License, Version 2.0 (the "License"); you may not use this file except
# in compliance with the License. A copy is at
# http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

# Holds the judgement of licence headers against Apache RAT 0.16.1 itself:
#   scripts/compare-rat.sh [CLONE [REF…]]
# CLONE is a clone of some project, REF what to compare in it (HEAD when none is
# named); without CLONE only the made-up files are compared. Needs Java and Maven,
# which gets RAT's jar. QUORATE_SEED=n makes other texts at random.

set -euo pipefail

cd "$(dirname "$0")/.."
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

rat="${QUORATE_RAT_JAR:-}"
if [ -z "$rat" ]; then
  mvn --quiet --batch-mode dependency:copy \
    -Dartifact=org.apache.rat:apache-rat:0.16.1 -DoutputDirectory="$work"
  rat="$work/apache-rat-0.16.1.jar"
fi

trees=()
if [ $# -gt 0 ]; then
  clone=$1
  shift
  for ref in "${@:-HEAD}"; do
    tree="$work/trees/${ref//\//_}"
    mkdir -p "$tree"
    git -C "$clone" archive "$ref" | tar -x -C "$tree"
    trees+=("$tree")
  done
fi

skip=()
if [ ${#trees[@]} -eq 0 ]; then
  skip=(--skip trees_have_the_same_unapproved_files)
fi
export QUORATE_RAT_JAR="$rat"
QUORATE_RAT_TREES=$(IFS=:; echo "${trees[*]-}") \
  cargo test --locked --lib verify::licence::compare_tests -- --ignored --nocapture "${skip[@]}"
