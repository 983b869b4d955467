#!/usr/bin/env bash
# Licensed to the Quorate project under one or more contributor license
# agreements; see the NOTICE file for copyright ownership. Licensed under the
# Apache License, Version 2.0 (the "License"); you may not use this file except
# in compliance with the License. A copy is at
# http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

# Holds the stand-in for GitHub to two that know nothing of this project: PyGithub, a
# client that many use, and GitHub's own description of its interface, as octokit
# publishes it. Needs python3 with venv, npm, git and cargo; what it fetches stays under
# target/conformance.

set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
tools="$root/target/conformance/github"
mkdir -p "$tools"

if ! "$tools/venv/bin/python" -c 'import github' 2> /dev/null; then
  python3 -m venv "$tools/venv"
  "$tools/venv/bin/pip" install --quiet 'PyGithub>=2.8,<3'
fi
if [ ! -e "$tools/node_modules/@octokit/openapi" ]; then
  npm install --silent --no-audit --no-fund --prefix "$tools" '@octokit/openapi'
fi

state=$(mktemp -d)
trap 'rm -rf "$state"' EXIT
remote="$state/github/repositories/greeter/site.git"
git init --quiet --bare --initial-branch=main "$remote"
git clone --quiet "$remote" "$state/clone" 2> /dev/null
(
  cd "$state/clone"
  export GIT_AUTHOR_NAME=Bob GIT_AUTHOR_EMAIL=bob@example.org GIT_COMMITTER_NAME=Bob GIT_COMMITTER_EMAIL=bob@example.org
  mkdir data
  echo 'a: 1' > data/a.yml
  git add --all && git commit --quiet --message 'first' && git push --quiet origin HEAD:main
  for branch in change other one two three; do
    git checkout --quiet -b "$branch" main
    echo "$branch" > "$branch" && git add --all && git commit --quiet --message "$branch"
    git push --quiet origin "$branch"
  done
)

cargo build --quiet --example stand_ins --manifest-path "$root/Cargo.toml"
coproc SERVER { "${CARGO_TARGET_DIR:-$root/target}/debug/examples/stand_ins" "$state" 0; }
read -r address <&"${SERVER[0]}"
"$tools/venv/bin/python" "$root/tests/conformance/github_client.py" "$address/github" \
  "$tools/node_modules/@octokit/openapi/generated/api.github.com.json"
exec {SERVER[1]}>&-
wait "$SERVER_PID"
