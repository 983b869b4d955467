#!/usr/bin/env bash
# Licensed to the Quorate project under one or more contributor license
# agreements; see the NOTICE file for copyright ownership. Licensed under the
# Apache License, Version 2.0 (the "License"); you may not use this file except
# in compliance with the License. A copy is at
# http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

# Drives the stand-ins for PyPI and npm by pip, twine and npm: indexes.sh ADDRESS TOOLS
# TOOLS is a directory with `bin/` of a Python environment.

set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
address=$1 tools=$2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cp -r src/rehearsal/sample "$work/tree"
sed -i "s/1\.2-SNAPSHOT\|1\.2\.0-SNAPSHOT/1.2.0/" "$work/tree/greeter-sdk-python/setup.py" "$work/tree/greeter-sdk-js/package.json"

# -- PyPI
python3 "$work/tree/tools/build-python.py" > "$work/built"
dist=$work/tree/greeter-sdk-python/dist
twine() { # TOKEN FILE…
  local token=$1
  shift
  "$tools/bin/twine" upload --non-interactive --disable-progress-bar --repository-url "$address/pypi/legacy/" --username __token__ --password "$token" "$@" 2>&1
}
"$tools/bin/twine" check --strict "$dist"/* > "$work/checked"
if twine wrong "$dist"/*.whl > "$work/said"; then echo "pypi: a wrong token was taken"; exit 1; fi
grep -q 403 "$work/said"
twine pypi-rehearsal-maintainer "$dist"/* > "$work/said" || { cat "$work/said"; exit 1; }
twine pypi-rehearsal-maintainer "$dist"/* > "$work/said" || { echo "pypi: the same bytes again are refused"; cat "$work/said"; exit 1; }
mkdir "$work/other"
cp "$dist"/*.tar.gz "$work/other"
gzip --decompress --stdout "$work"/other/*.tar.gz | gzip --fast > "$work/again"
mv "$work/again" "$(echo "$work"/other/*.tar.gz)"
if twine pypi-rehearsal-maintainer "$work"/other/*.tar.gz > "$work/said"; then echo "pypi: other bytes were taken"; exit 1; fi
grep -q 400 "$work/said"
"$tools/bin/pip" download --quiet --disable-pip-version-check --no-deps --no-cache-dir --index-url "$address/pypi/simple/" --dest "$work/fetched" apache-greeter==1.2.0
cmp "$work"/fetched/*.whl "$dist"/*.whl
echo "pypi: twine uploads once, the same again, nothing else; pip gets the wheel"

# -- npm
if ! command -v npm > "$work/npm"; then
  echo "npm: skipped, npm is not installed"
  exit 0
fi
python3 "$work/tree/tools/build-javascript.py" > "$work/built"
archive=$(echo "$work"/tree/greeter-sdk-js/dist/*.tgz)
export npm_config_cache=$work/cache npm_config_update_notifier=false npm_config_loglevel=error
login() { echo "${address#http:}/npm/:_authToken=$1" > "$work/npmrc"; }
publish() { npm publish --userconfig "$work/npmrc" --registry "$address/npm/" --access public "$@" 2>&1; }
login wrong
if publish "$archive" > "$work/said"; then echo "npm: a wrong token was taken"; exit 1; fi
grep -q E401 "$work/said" || { cat "$work/said"; exit 1; }
login npm_rehearsal_maintainer
publish "$archive" > "$work/said" || { cat "$work/said"; exit 1; }
[ "$(npm view --registry "$address/npm/" apache-greeter@1.2.0 version)" = 1.2.0 ]
[ "$(npm view --registry "$address/npm/" apache-greeter dist-tags.latest)" = 1.2.0 ]
[ "$(npm whoami --userconfig "$work/npmrc" --registry "$address/npm/")" = ann ]
if publish "$archive" > "$work/said"; then echo "npm: a version was published twice"; exit 1; fi
(cd "$work" && npm pack --registry "$address/npm/" apache-greeter@1.2.0 > "$work/said")
cmp "$work/apache-greeter-1.2.0.tgz" "$archive"
echo "npm: publishes once, shows and serves what was published"
