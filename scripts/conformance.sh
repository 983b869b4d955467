#!/usr/bin/env bash
# Licensed to the Quorate project under one or more contributor license
# agreements; see the NOTICE file for copyright ownership. Licensed under the
# Apache License, Version 2.0 (the "License"); you may not use this file except
# in compliance with the License. A copy is at
# http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

# Holds the rehearsal's stand-ins to independent clients, and the program's own clients to
# real servers: what is missing on this machine is fetched into target/conformance, and what
# cannot be had is named.

set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
tools=$PWD/target/conformance
mkdir -p "$tools"
work=$(mktemp -d)
# a server that root starts gives its rights up, and has to get here
chmod o+x "$work"
servers=()
finish() {
  local server
  for server in "${servers[@]}"; do kill "$server" 2> "$work/kill" || true; done
  rm -rf "$work"
}
trap finish EXIT

if ! "$tools/bin/python" -c 'import aiosmtpd, atlassian, devpi, devpi_server, jira, twine' 2> "$work/modules"; then
  python3 -m venv "$tools"
  "$tools/bin/pip" install --quiet --disable-pip-version-check jira atlassian-python-api twine devpi-server devpi-client aiosmtpd
fi
if [ ! -x "$tools/node_modules/.bin/verdaccio" ] && command -v npm > "$work/npm"; then
  # a dependency's newer release cannot be loaded by it
  echo '{"name": "conformance", "version": "1.0.0", "private": true, "overrides": {"node-fetch": "2.7.0"}}' > "$tools/package.json"
  (cd "$tools" && npm install --no-audit --no-fund --loglevel=error verdaccio) || echo "verdaccio: skipped, it cannot be installed"
fi

# -- the stand-ins, by independent clients
cargo build --quiet --locked --example stand_ins
cp -r tests/conformance/state "$work/state"
mkdir -p "$work/state/nexus"
printf org.apache.greeter > "$work/state/nexus/profile"
mkfifo "$work/input"
target/debug/examples/stand_ins "$work/state" 0 < "$work/input" > "$work/address" &
servers+=($!)
exec 3> "$work/input"
for _ in $(seq 100); do
  [ -s "$work/address" ] && break
  sleep 0.1
done
address=$(cat "$work/address")
"$tools/bin/python" tests/conformance/jira_client.py "$address"
"$tools/bin/python" tests/conformance/confluence_client.py "$address"
if command -v mvn > "$work/mvn"; then
  tests/conformance/nexus.sh "$address"
else
  echo "nexus-staging-maven-plugin: skipped, Maven is not here"
fi
tests/conformance/indexes.sh "$address" "$tools"
tests/conformance/github.sh

# -- the program's own clients, against real servers
free() { python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'; }
await() { # ADDRESS
  local _
  for _ in $(seq 300); do
    if curl --silent --fail --output "$work/answer" "$1"; then return 0; fi
    sleep 0.1
  done
  echo "$1 does not answer"
  return 1
}
port=$(free)
"$tools/bin/devpi-init" --serverdir "$work/devpi" --no-root-pypi > "$work/devpi.log" 2>&1
"$tools/bin/devpi-server" --serverdir "$work/devpi" --host 127.0.0.1 --port "$port" >> "$work/devpi.log" 2>&1 &
servers+=($!)
await "http://127.0.0.1:$port/+api"
devpi() { "$tools/bin/devpi" "$@" --clientdir "$work/devpi-client" >> "$work/devpi.log" 2>&1; }
devpi use "http://127.0.0.1:$port"
devpi login root --password=''
devpi user -c ann password=secret
devpi login ann --password=secret
devpi index -c release volatile=False bases=
export QUORATE_TEST_DEVPI="http://127.0.0.1:$port/ann/release"
if [ -x "$tools/node_modules/.bin/verdaccio" ]; then
  port=$(free)
  cat > "$work/verdaccio.yaml" << YAML
storage: $work/verdaccio
auth:
  htpasswd:
    file: $work/htpasswd
packages:
  "**":
    access: \$all
    publish: \$authenticated
log: {type: file, path: $work/verdaccio.log, level: warn}
YAML
  (cd "$work" && exec "$tools/node_modules/.bin/verdaccio" --config "$work/verdaccio.yaml" --listen "127.0.0.1:$port") > "$work/verdaccio.out" 2>&1 &
  servers+=($!)
  await "http://127.0.0.1:$port/-/ping"
  user='{"name": "ann", "password": "secret-1234"}'
  QUORATE_TEST_VERDACCIO_TOKEN=$(curl --silent --fail --request PUT --header "Content-Type: application/json" --data "$user" "http://127.0.0.1:$port/-/user/org.couchdb.user:ann" | sed -n 's/.*"token": *"\([^"]*\)".*/\1/p')
  export QUORATE_TEST_VERDACCIO_TOKEN QUORATE_TEST_VERDACCIO="http://127.0.0.1:$port"
fi
if command -v docker-registry > "$work/registry" && command -v skopeo > "$work/skopeo"; then
  port=$(free)
  printf 'version: 0.1\nstorage: {filesystem: {rootdirectory: %s}}\nhttp: {addr: "127.0.0.1:%s"}\n' "$work/images" "$port" > "$work/registry.yaml"
  docker-registry serve "$work/registry.yaml" > "$work/registry.out" 2>&1 &
  servers+=($!)
  await "http://127.0.0.1:$port/v2/"
  python3 tests/conformance/image.py "$work/image"
  skopeo --insecure-policy copy --quiet --dest-tls-verify=false "oci:$work/image:1.2.0" "docker://127.0.0.1:$port/apache/greeter:1.2.0"
  QUORATE_TEST_IMAGE_DIGEST=$(skopeo inspect --tls-verify=false --format '{{.Digest}}' "docker://127.0.0.1:$port/apache/greeter:1.2.0")
  export QUORATE_TEST_IMAGE_DIGEST QUORATE_TEST_IMAGES="http://127.0.0.1:$port"
else
  echo "the image registry: skipped, docker-registry or skopeo is not here"
fi
certificate() { # NAME, of one that nobody else trusts
  openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost -addext basicConstraints=critical,CA:FALSE \
    -addext "subjectAltName=DNS:localhost,IP:127.0.0.1" -keyout "$work/$1.key" -out "$work/$1.pem" 2> "$work/openssl"
}
certificate mail
certificate svn
QUORATE_TEST_SMTP_PORT=$(free)
mkdir "$work/mails"
"$tools/bin/python" tests/conformance/smtp_server.py "$QUORATE_TEST_SMTP_PORT" "$work/mail.pem" "$work/mail.key" "$work/mails" > "$work/smtp.out" 2>&1 &
servers+=($!)
for _ in $(seq 100); do
  grep --quiet ready "$work/smtp.out" && break
  sleep 0.1
done
export QUORATE_TEST_SMTP_PORT QUORATE_TEST_SMTP_CA="$work/mail.pem" QUORATE_TEST_SMTP_MAILS="$work/mails"
if command -v apache2 > "$work/apache2" && [ -e /usr/lib/apache2/modules/mod_dav_svn.so ]; then
  port=$(free)
  tests/conformance/svn_server.sh "$work/svn" "$port" "$work/svn.pem" "$work/svn.key" > "$work/svn.pid"
  servers+=("$(cat "$work/svn.pid")")
  export SSL_CERT_FILE="$work/svn.pem" CURL_CA_BUNDLE="$work/svn.pem"
  await "https://localhost:$port/dist/"
  export QUORATE_TEST_SVN="https://localhost:$port/dist" QUORATE_TEST_SVN_CONFIG="$work/svn/config"
else
  echo "mod_dav_svn: skipped, apache2 or its module is not here"
fi
cargo test --quiet --locked --lib real_servers -- --nocapture --test-threads 1
unset SSL_CERT_FILE CURL_CA_BUNDLE

# -- a rehearsal with every real server, one that is killed at random points, and one with none
cargo build --quiet --locked
rehearse() { PATH=$tools/bin:$tools/node_modules/.bin:$PATH:/usr/sbin target/debug/quorate rehearse "$@" 2> "$work/rehearsal"; }
expected=(devpi-server)
unused() { printf 'the rehearsal: without %s, which is not here\n' "$1"; }
if [ -x "$tools/node_modules/.bin/verdaccio" ]; then expected+=(verdaccio); else unused verdaccio; fi
if command -v docker-registry > "$work/which" && command -v skopeo > "$work/which"; then expected+=(docker-registry); else unused docker-registry; fi
if PATH=$PATH:/usr/sbin command -v apache2 > "$work/which" && [ -e /usr/lib/apache2/modules/mod_dav_svn.so ]; then expected+=(mod_dav_svn); else unused mod_dav_svn; fi
if PATH=$PATH:/usr/sbin command -v exim4 > "$work/which"; then expected+=(exim4); else unused exim4; fi
# its end, where every server that is here was used
report() { # FILE
  local server
  sed -n '/^  steps /,$p' "$1"
  for server in "${expected[@]}"; do
    grep --quiet "$server" <(sed -n '/^  real servers /,/^  stand-ins /p' "$1") || { echo "the rehearsal did not use $server"; return 1; }
  done
}
rehearse > "$work/report" || { cat "$work/rehearsal"; exit 1; }
report "$work/report"
# Each time it goes on in the same world with the same servers, until nothing kills it any more.
killed=0
while true; do
  code=0
  (rehearse --keep "$work/world" --interrupt "$work/points" --interrupt-chance 7,60 > "$work/report") 2> "$work/kills" || code=$?
  [ "$code" = 137 ] || break
  killed=$((killed + 1))
done
[ "$code" = 0 ] || { cat "$work/rehearsal"; exit 1; }
report "$work/report" > "$work/end" || { cat "$work/end"; exit 1; }
twice=$(grep --no-filename '^Message-ID:' "$work/world/mail/mails/"* | sort | uniq --repeated)
[ -z "$twice" ] || { printf 'sent twice:\n%s\n' "$twice"; exit 1; }
echo "killed $killed times with the same servers: every mail came once, and it came to its end"
rehearse --stand-ins > "$work/report" || { cat "$work/rehearsal"; exit 1; }
sed -n '/^  steps /,$p' "$work/report"
