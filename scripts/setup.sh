#!/usr/bin/env bash
# Licensed to the Quorate project under one or more contributor license
# agreements; see the NOTICE file for copyright ownership. Licensed under the
# Apache License, Version 2.0 (the "License"); you may not use this file except
# in compliance with the License. A copy is at
# http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

# Installs what building, testing and rehearsing need and this machine lacks, and
# says what. Where it may not install, it prints the command and exits 1.
#
#   scripts/setup.sh [test|bench|fast|conformance|packaging]
#       also what only the tests, the measurements, a build with `--features fast-openpgp`, the
#       real servers that the clients are held to, or the proof of the runtime's packaging need

set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

say() { printf 'setup: %s\n' "$*" >&2; }

main() {
    local manager missing
    manager=$(package_manager)
    missing=$(missing_packages "$manager" "${1:-}")
    if [[ -n $missing ]]; then
        install "$manager" "$missing"
        missing=$(missing_packages "$manager" "${1:-}")
        if [[ -n $missing ]]; then
            say "still missing, or too old, after the installation: $missing"
            exit 1
        fi
    fi
    rust "$manager"
    if [[ ${1:-} == bench ]]; then
        rat
    fi
}

# Apache RAT, which `make bench` compares with, out of Maven's repository; done without where
# there is no Maven.
rat() {
    local version=0.16.1 jar
    jar=${QUORATE_RAT_JAR:-$HOME/.m2/repository/org/apache/rat/apache-rat/$version/apache-rat-$version.jar}
    if [[ -f $jar ]]; then
        return
    fi
    if ! command -v mvn >/dev/null || ! command -v java >/dev/null; then
        say "without Java and Maven the comparison with Apache RAT is left out"
    elif ! mvn --quiet --batch-mode dependency:get -Dtransitive=false -Dartifact="org.apache.rat:apache-rat:$version" >&2; then
        say "Apache RAT could not be fetched: the comparison with it is left out"
    fi
}

package_manager() {
    local manager
    for manager in apt-get dnf brew; do
        if command -v "$manager" >/dev/null; then
            echo "$manager"
            return
        fi
    done
    echo none
}

# The packages that are not there, by the names that the manager knows, on one line.
missing_packages() {
    wanted_packages "$@" | sort -u | paste -s -d ' ' -
}

wanted_packages() {
    local manager=$1 purpose=$2
    #                        program     apt-get           dnf               brew
    program "$manager"       cc          build-essential   gcc               gcc
    program "$manager"       make        make              make              make
    program "$manager"       git         git               git               git
    program "$manager"       svn         subversion        subversion        subversion
    program "$manager"       svnmucc     subversion        subversion        subversion
    program "$manager"       svnadmin    subversion        subversion        subversion
    program "$manager"       gpg         gnupg             gnupg2            gnupg
    program "$manager"       gpg-agent   gnupg             gnupg2            gnupg
    program "$manager"       python3     python3           python3           python3
    program "$manager"       pkg-config  pkg-config        pkgconf-pkg-config pkgconf
    library "$manager"   'gpgme >= 1.18' libgpgme-dev      gpgme-devel       gpgme
    library "$manager"       gpg-error   libgpg-error-dev  libgpg-error-devel libgpg-error
    if [[ $purpose == test ]]; then
        # second opinions, and what the guide has people type by hand
        program "$manager"   gpgv        gpgv              gnupg2            gnupg
        program "$manager"   xz          xz-utils          xz                xz
        program "$manager"   jq          jq                jq                jq
        program "$manager"   perl        perl              perl              perl
    fi
    if [[ $purpose == bench ]]; then
        program "$manager"   rsync       rsync             rsync             rsync
        program "$manager"   /usr/bin/time time            time              gnu-time
    fi
    if [[ $purpose == conformance && $manager == apt-get ]]; then
        program "$manager"   docker-registry docker-registry - -
        program "$manager"   skopeo      skopeo            - -
        program "$manager"   openssl     openssl           - -
        # the server alone, which the script starts itself, on loopback
        program "$manager"   apache2     'apache2-bin libapache2-mod-svn' - -
        # a machine that has a mail server keeps it: Debian would remove it for this one
        if ! PATH=$PATH:/usr/sbin command -v sendmail >/dev/null; then
            program "$manager" exim4     exim4-daemon-light - -
        fi
    fi
    if [[ $purpose == packaging && $manager == apt-get ]]; then
        program "$manager"   podman      'podman crun'     - -
        program "$manager"   mmdebstrap  mmdebstrap        - -
        program "$manager"   systemd-nspawn systemd-container - -
    fi
    if [[ $purpose == bench || $purpose == fast ]]; then
        # for the fast arithmetic of signatures, which is measured too
        library "$manager"   'nettle >= 3.4' nettle-dev    nettle-devel      nettle
        library "$manager"   hogweed     nettle-dev        nettle-devel      nettle
        program "$manager"   clang       'clang libclang-dev' clang-devel    llvm
    fi
}

program() {
    command -v "$2" >/dev/null || name_for "$1" "${@:3}"
}

library() {
    pkg-config --exists "$2" 2>/dev/null || name_for "$1" "${@:3}"
}

name_for() {
    case $1 in
        dnf) echo "$3" ;;
        brew) echo "$4" ;;
        *) echo "$2" ;;
    esac
}

install() {
    local manager=$1 packages=$2
    say "missing: $packages"
    case $manager in
        apt-get)
            as_root "apt-get update -q && apt-get install -q -y --no-install-recommends $packages"
            ;;
        dnf) as_root "dnf install -y $packages" ;;
        brew) sh -c "brew install $packages" >&2 ;;
        *)
            say "found none of apt-get, dnf and brew; the names above are Debian's"
            exit 1
            ;;
    esac
    hash -r
}

# Runs the command, or says that root has to run it.
as_root() {
    if [[ $(id -u) != 0 ]]; then
        say "installing wants root; run this, then try again:"
        printf "    sudo sh -c '%s'\n" "$1" >&2
        exit 1
    fi
    DEBIAN_FRONTEND=noninteractive sh -c "$1" >&2
}

rust() {
    local manager=$1 wanted
    wanted=$(sed -n 's/^rust-version = "\(.*\)"$/\1/p' Cargo.toml)
    if has_rust "$wanted"; then
        say "everything is there"
        return
    fi
    if at_least "$(packaged_rust "$manager")" "$wanted"; then
        case $manager in
            apt-get) install "$manager" "cargo rustc rustfmt rust-clippy" ;;
            dnf) install "$manager" "cargo rust rustfmt clippy" ;;
            brew) install "$manager" rust ;;
        esac
        if has_rust "$wanted"; then
            return
        fi
    fi
    say "Rust $wanted or later is needed, with rustfmt and clippy; here is $(rust_version cargo)."
    if command -v rustup >/dev/null; then
        say "run this, then try again:"
        printf '    rustup update stable && rustup default stable && rustup component add rustfmt clippy\n' >&2
    else
        say "run this (rustup.rs, into your home directory), then try again:"
        printf '    curl --proto =https --tlsv1.2 -sSf https://sh.rustup.rs | sh -s -- --profile minimal -c rustfmt -c clippy\n' >&2
    fi
    exit 1
}

has_rust() {
    at_least "$(rust_version cargo)" "$1" && at_least "$(rust_version rustc)" "$1" &&
        command -v cargo-fmt >/dev/null && command -v cargo-clippy >/dev/null
}

# "1.95.0", or "none"
rust_version() {
    local version
    read -r _ version _ < <("$1" --version 2>/dev/null || echo "$1 none") || true
    echo "${version:-none}"
}

# The version of Rust that the manager would install; empty where it has none.
packaged_rust() {
    case $1 in
        apt-get) apt-cache policy rustc 2>/dev/null | sed -n 's/^ *Candidate: \([0-9.]*\).*/\1/p' ;;
        dnf) dnf --quiet info rust 2>/dev/null | sed -n 's/^Version *: *//p' | tail -n 1 ;;
        brew) brew info --json=v2 rust 2>/dev/null | sed -n 's/.*"stable": *"\([0-9.]*\)".*/\1/p' | head -n 1 ;;
    esac
}

# Whether version $1 is there and not older than $2.
at_least() {
    [[ $1 == [0-9]* ]] || return 1
    [[ $(printf '%s\n%s\n' "$2" "$1" | sort -t . -k 1,1n -k 2,2n -k 3,3n | head -n 1) == "$2" || $1 == "$2" ]]
}

main "$@"
