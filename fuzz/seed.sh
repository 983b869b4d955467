#!/usr/bin/env bash
# Licensed to the Quorate project under one or more contributor license
# agreements; see the NOTICE file for copyright ownership. Licensed under the
# Apache License, Version 2.0 (the "License"); you may not use this file except
# in compliance with the License. A copy is at
# http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

# Makes what the fuzz targets begin with, in fuzz/corpus: real signatures, keys, checksum
# files, archives and manifests, by the tools that people make them with; mails; and what the
# Stateful Functions runtime reads.

set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

work=$(mktemp -d /tmp/seed-XXXXXX)
trap 'gpgconf --homedir "$work/gnupg" --kill all; rm -rf "$work"' EXIT
mkdir -m 700 "$work/gnupg"
export GNUPGHOME=$work/gnupg LC_ALL=C.UTF-8
mkdir -p corpus/{signature,keys,checksum,archive,manifest,mail_reader,ballot_reader,from_function,to_function,typed_value,module_file}
corpus=$PWD/corpus here=$PWD
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

# a call, and answers to it in the forms that mail programs give them
head() {
    printf 'From %s Thu Jan  1 10:00:00 2026\nFrom: %s Example <%s@apache.org>\nTo: dev@example.org\n' "$1" "$1" "$1"
    printf 'Date: Thu, 1 Jan 2026 10:00:00 +0000\nMessage-ID: <%s@example.org>\nSubject: %s\n' "$2" "$3"
    [ "$2" = call ] || printf 'In-Reply-To: <call@example.org>\nReferences: <call@example.org>\n'
}
subject='[VOTE] Release Greeter 1.2.0, release candidate #1'
{
    head ann call "$subject"
    printf 'Content-Type: text/plain; charset=utf-8\n\nPlease vote.\n\n[ ] +1 approve\n[ ] -1 do not\n\nIt is open for 72 hours.\n\n'
} >call
{
    head bob plain "Re: $subject"
    printf '\n+1 (binding)\n\n> [ ] +1 approve\n> [ ] -1 do not\n\n-- \nBob\n\n'
} >plain
{
    head cleo base64 "Re: $subject"
    printf 'Content-Type: text/plain; charset=iso-8859-1\nContent-Transfer-Encoding: base64\n\n'
    printf -- '-1, it does not build\n' | base64
    echo
} >base64
{
    head dan multipart "=?utf-8?B?$(printf 'Re: %s' "$subject" | base64 -w 0)?="
    printf 'MIME-Version: 1.0\nContent-Type: multipart/alternative; boundary="b"\n\n--b\nContent-Type: text/plain; format=flowed\n\n'
    printf 'I change my vote \nto +1\n\n--b\nContent-Type: text/html\nContent-Transfer-Encoding: quoted-printable\n\n'
    printf '<div dir=3D"ltr">I change my vote to +1<blockquote>+1</blockquote></div>\n\n--b--\n\n'
} >multipart
{
    head ann outlook "RE: $subject"
    printf '\n+0\n\n________________________________\nFrom: Bob Example\nSent: Thursday\nTo: dev\nSubject: %s\n\n+1\n\n' "$subject"
} >outlook
cp call plain base64 multipart outlook "$corpus/mail_reader"
cat call plain base64 multipart outlook >"$corpus/mail_reader/thread"

number=0
while IFS= read -r text; do
    number=$((number + 1))
    printf '%b\n' "$text" >"$corpus/ballot_reader/$number"
done <<'EOF'
+1 (binding)
[x] +1 approve\n[ ] 0\n[ ] -1 do not
I change my +1 to -1, see below.
I withdraw my vote.
+1 if the typo is fixed, otherwise -1
Hi all,\n\n> +1\n> checked\n\nThanks!
＋1\u200b (non-binding)
We have 3 binding +1 so far.
```\n-1\n```\n+0.5
On Thu, Jan 1, 2026 at 9:00 AM Ann <\nann@example.org> wrote:\n> +1
EOF

# the runtime's protocol, in the encoding of protobuf
python3 - "$corpus" <<'EOF'
import pathlib
import sys

corpus = pathlib.Path(sys.argv[1])


def number(value):
    low = bytes([value & 0x7f | (0x80 if value > 0x7f else 0)])
    return low + number(value >> 7) if value > 0x7f else low


def field(tag, within):
    """A field with a number, or with a text, bytes or a message."""
    if isinstance(within, int):
        return number(tag << 3) + number(within)
    within = within.encode() if isinstance(within, str) else within
    return number(tag << 3 | 2) + number(len(within)) + within


def typed(typename, value):
    return field(1, typename) + field(2, 1) + field(3, value)


address = field(1, 'example') + field(2, 'greeter') + field(3, 'Ada')
ada = typed('io.statefun.types/string', field(1, 'Ada'))
expiring = field(1, 'seen') + field(2, field(1, 1) + field(2, 2000)) + field(3, 'io.statefun.types/long')
message = field(1, address) + field(2, ada)
later = field(1, 100) + field(2, address) + field(3, ada) + field(11, 'token')
egress = field(1, 'io.statefun.playground') + field(2, 'egress') + field(3, ada)
kafka = field(1, 'Ada') + field(2, 'Hello') + field(3, 'first')
seeds = {
    'from_function/nothing': b'',
    'from_function/incomplete': field(101, field(1, expiring)),
    'from_function/state': field(100, field(1, field(1, 1) + field(2, 'seen') + field(3, ada)) + field(1, field(2, 'seen'))),
    'from_function/messages': field(100, field(2, message) + field(2, message) + field(4, egress)),
    'from_function/later': field(100, field(3, later) + field(3, field(10, 1) + field(11, 'token'))),
    'to_function/message': field(100, field(1, address) + field(3, field(1, address) + field(2, ada))),
    'to_function/state': field(100, field(1, address) + field(2, field(1, 'seen') + field(2, ada)) + field(2, field(1, 'x'))),
    'typed_value/string': ada,
    'typed_value/metadata': ada + field(4, 'trace'),
    'typed_value/long': typed('io.statefun.types/long', b'\x09\x07' + bytes(7)),
    'typed_value/double': typed('io.statefun.types/double', b'\x09' + bytes(6) + b'\xf8\x3f'),
    'typed_value/record': typed('io.statefun.playground/EgressRecord', '{"topic": "first", "payload": "Hello"}'),
    'typed_value/kafka': typed('type.googleapis.com/io.statefun.sdk.egress.KafkaProducerRecord', kafka),
    'typed_value/kinesis': typed('type.googleapis.com/io.statefun.sdk.egress.KinesisEgressRecord', kafka),
}
for name, seed in seeds.items():
    (corpus / name).write_bytes(seed)
EOF
cp "$here"/../runtime/examples/greeter/module.yaml "$corpus/module_file/greeter"
cat >"$corpus/module_file/brokers" <<'EOF'
kind: io.statefun.kafka.v1/ingress
spec:
  id: example/names
  address: broker:9092
  consumerGroupId: group
  startupPosition: {type: specific-offsets, offsets: [{names/0: 15}]}
  topics: [{topic: names, valueType: io.statefun.types/string, targets: [example/greeter]}]
  properties: [{a: b}]
---
kind: io.statefun.kinesis.v1/egress
spec: {id: example/out, awsRegion: {type: specific, id: eu-1}, awsCredentials: {type: basic, accessKeyId: a, secretAccessKey: b}}
---
kind: io.statefun.endpoints.v2/http
spec:
  functions: example/*
  urlPathTemplate: https://f/{function.name}
  transport: {type: io.statefun.transports.v1/okhttp, timeouts: {call: 1m, read: 5s}}
EOF
cat >"$corpus/module_file/legacy" <<'EOF'
version: "3.0"
module:
  meta: {type: remote}
  spec:
    endpoints: [{endpoint: {meta: {kind: http}, spec: {functions: a/*, urlPathTemplate: 'http://f/'}}}]
    egresses: [{egress: {meta: {type: io.statefun.kafka/egress, id: a/b}, spec: {address: 'b:9'}}}]
EOF
