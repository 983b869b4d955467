#!/usr/bin/env bash
# Licensed to the Quorate project under one or more contributor license
# agreements; see the NOTICE file for copyright ownership. Licensed under the
# Apache License, Version 2.0 (the "License"); you may not use this file except
# in compliance with the License. A copy is at
# http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

# Makes what the fuzz targets begin with, in fuzz/corpus: real signatures, keys, checksum
# files, archives and manifests, by the tools that people make them with.

set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

work=$(mktemp -d /tmp/seed-XXXXXX)
trap 'gpgconf --homedir "$work/gnupg" --kill all; rm -rf "$work"' EXIT
mkdir -m 700 "$work/gnupg"
export GNUPGHOME=$work/gnupg LC_ALL=C.UTF-8
mkdir -p corpus/{signature,keys,checksum,archive,manifest}
corpus=$PWD/corpus
cd "$work"

echo 'a file' >x.tgz
for kind in ed25519 rsa2048 nistp256; do
    gpg --batch --quiet --passphrase '' --quick-generate-key "Ann Example <$kind@example.org>" "$kind" sign 1y 2>/dev/null
    gpg --batch --quiet --yes -u "$kind@example.org" --armor --detach-sign --output "$corpus/signature/$kind.asc" x.tgz
    gpg --batch --quiet --yes -u "$kind@example.org" --detach-sign --output "$corpus/signature/$kind.sig" x.tgz
    gpg --batch --quiet --yes -u "$kind@example.org" --clearsign --output "$corpus/signature/$kind.clear" x.tgz
    gpg --armor --export "$kind@example.org" >"$corpus/keys/$kind"
done
{ gpg --list-sigs && gpg --armor --export; } >"$corpus/keys/all"
cat "$corpus"/signature/*.asc >"$corpus/signature/several"

sha512sum x.tgz >"$corpus/checksum/plain"
sha512sum --tag x.tgz >"$corpus/checksum/bsd"
sha512sum --binary x.tgz >"$corpus/checksum/binary"
gpg --print-md SHA512 x.tgz >"$corpus/checksum/print-md"

mkdir -p x/a
echo 'text' >x/LICENSE
head -c 3000 /dev/urandom >x/a/bytes
ln -s a/bytes x/link
# the first byte tells the kind, as fuzz/bodies.rs says
seed() { { printf "\\$1" && cat "$2"; } >"$corpus/archive/$3"; }
tar -czf a.tgz x && seed 000 a.tgz tgz
tar -cJf a.tar.xz x && seed 001 a.tar.xz xz
tar --format=pax -cf a.tar x && seed 005 a.tar tar
python3 -m zipfile -c a.zip x/LICENSE x/a/bytes && seed 002 a.zip zip && seed 003 a.zip jar && seed 004 a.zip whl

digest=$(sha512sum <x.tgz | cut -d ' ' -f 1)
commit=0123456789012345678901234567890123456789
printf '{"format":1,"product":"x","version":"1.0.0","candidate":1,"commit":"%s","files":[{"name":"x.tgz","bytes":7,"sha512":"%s"}]}' \
    "$commit" "$digest" >"$corpus/manifest/one"
