#!/bin/sh
# Licensed to the Quorate project under one or more contributor license
# agreements; see the NOTICE file for copyright ownership. Licensed under the
# Apache License, Version 2.0 (the "License"); you may not use this file except
# in compliance with the License. A copy is at
# http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

# Uploads what Maven would of the sample's tree, by programs that have nothing of ours: the
# product's command in tests. Its arguments are those of Maven that say where to.

set -eu
for argument in "$@"; do
  case $argument in
    -DaltDeploymentRepository=*) address=${argument#*::} ;;
    *settings.xml) settings=$argument ;;
  esac
done
setting() { sed -n "s|.*<$1>\(.*\)</$1>.*|\1|p" "$settings" | head -n 1; }
login="$(setting username):$(setting password)"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

upload() { # FILE PATH
  gpg --batch --quiet --armor --detach-sign --output "$1.asc" "$1"
  md5sum <"$1" | cut -d ' ' -f 1 >"$1.md5"
  sha1sum <"$1" | cut -d ' ' -f 1 >"$1.sha1"
  for ending in '' .asc .md5 .sha1; do
    curl --silent --show-error --fail --user "$login" --upload-file "$1$ending" "$address/$2$ending"
  done
}

find . -name pom.xml | sort | while read -r pom; do
  # the first of each is its parent's
  artifact=$(sed -n 's|.*<artifactId>\(.*\)</artifactId>.*|\1|p' "$pom" | sed -n 2p)
  version=$(sed -n 's|.*<version>\(.*\)</version>.*|\1|p' pom.xml | sed -n 2p)
  at=org/apache/greeter/$artifact/$version/$artifact-$version
  mkdir -p "$work/$artifact"
  cp "$pom" "$work/$artifact/pom"
  upload "$work/$artifact/pom" "$at.pom"
  if ! grep -q '<packaging>pom' "$pom"; then
    for kind in '' -sources -javadoc; do
      echo "the jar$kind of $artifact" >"$work/$artifact/jar$kind"
      upload "$work/$artifact/jar$kind" "$at$kind.jar"
    done
  fi
done
echo BUILD SUCCESS
