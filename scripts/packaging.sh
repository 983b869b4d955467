#!/usr/bin/env bash
# Licensed to the Quorate project under one or more contributor license
# agreements; see the NOTICE file for copyright ownership. Licensed under the
# Apache License, Version 2.0 (the "License"); you may not use this file except
# in compliance with the License. A copy is at
# http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

# Proves runtime/packaging: builds the image as its Dockerfile says and runs it, and starts the
# unit under a systemd of its own, in a container. In both: a greeting, a kill, the same state
# afterwards, an orderly end.
#
#   scripts/packaging.sh [image|unit]     both, unless one is named; the unit takes its program
#                                         from the image, or from STATEFUN_PROGRAM
#
# It wants root, podman, mmdebstrap and systemd-nspawn, which `scripts/setup.sh packaging`
# installs; what cannot be done for want of them is said and left out. Base images are pulled
# where a registry is reachable, and otherwise made: Debian's by mmdebstrap, Rust's of Debian's
# and this machine's toolchain.

set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

mkdir -p "${CARGO_TARGET_DIR:-target}/packaging"
place=$(cd "${CARGO_TARGET_DIR:-target}/packaging" && pwd)
image=localhost/statefun:packaging
debian=trixie
work=$(mktemp -d)
functions=
container=
program=
machine=

say() { printf 'packaging: %s\n' "$*" >&2; }

fail() {
    say "$*"
    exit 1
}

main() {
    trap finish EXIT
    if [[ $(id -u) != 0 ]]; then
        say "skipped: only root can build an image and start a systemd here"
        return
    fi
    case ${1:-both} in
        image) image ;;
        unit) unit ;;
        both)
            image
            unit
            ;;
        *)
            say "$1 is neither image nor unit"
            exit 2
            ;;
    esac
}

finish() {
    [[ -z $functions ]] || kill "$functions" 2>/dev/null || true
    [[ -z $program ]] || kill -KILL "$program" 2>/dev/null || true
    [[ -z $container ]] || drop_container || true
    [[ -z $machine ]] || end_machine
    rm -rf "$work"
}

# lacks PURPOSE PROGRAM…: says what is missing for something that is left out.
lacks() {
    local program
    for program in "${@:2}"; do
        if ! command -v "$program" >/dev/null; then
            say "$1: skipped, there is no $program; scripts/setup.sh packaging installs it"
            return 0
        fi
    done
    return 1
}

# -- the image

# A store of images apart from what else podman has on this machine.
engine() {
    podman --root "$place/images" --runroot "$place/run" --cgroup-manager cgroupfs "$@"
}

image() {
    if lacks image podman mmdebstrap; then return; fi
    base "docker.io/library/debian:$debian-slim" made_debian
    base "docker.io/library/rust:$(wanted_rust)-slim-$debian" made_rust
    context
    say "building the image"
    build "$work/context/runtime/packaging/Dockerfile" --tag "$image" >&2
    try_image
    say "the image is built, and does what it is for"
}

wanted_rust() {
    sed -n 's/^FROM rust:\([0-9.]*\)-slim.*/\1/p' runtime/packaging/Dockerfile
}

# What a clone has, and what a developer's builds leave, of which nothing may come in.
context() {
    mkdir "$work/context"
    git ls-files -z --cached --others --exclude-standard | tar --null --files-from=- --create | tar -x -C "$work/context"
    mkdir -p "$work/context/"{.git,target,runtime/target,fuzz/corpus}
    touch "$work/context/"{.git,target,runtime/target,fuzz/corpus}/left-over
    printf 'FROM debian:%s-slim\nCOPY . /context\nRUN test -f /context/Cargo.lock && test -z "$(find /context -name left-over)"\n' \
        "$debian" >"$work/Dockerfile.context"
    local built
    built=$(build "$work/Dockerfile.context") || fail "what builds leave comes into the image's"
    engine image rm "$built" >/dev/null
}

# build DOCKERFILE ARGUMENT…: of the context, without what Docker is told to leave out; gives the image's id.
build() {
    engine build --quiet --layers=false --isolation chroot --pull=never --file "$1" \
        --ignorefile "$work/context/runtime/packaging/Dockerfile.dockerignore" "${@:2}" "$work/context"
}

# base NAME MAKE: has a base image by its name.
base() {
    if engine image exists "$1"; then return; fi
    if timeout 120 podman --root "$place/images" --runroot "$place/run" pull --quiet "$1" >"$work/pull" 2>&1; then return; fi
    say "$1 cannot be pulled; one is made"
    "$2" "$1"
}

made_debian() {
    mmdebstrap --quiet --variant=minbase "$debian" "$work/debian.tar"
    engine import --quiet "$work/debian.tar" "$1" >&2
    rm "$work/debian.tar"
}

made_rust() {
    mkdir -p "$work/rust/usr/local" "$work/rust/etc/ssl/certs"
    cp -a "$(rustc --print sysroot)/." "$work/rust/usr/local/"
    rm -rf "$work/rust/usr/local/share"
    # whom this machine trusts, for the registry of crates
    cp /etc/ssl/certs/ca-certificates.crt "$work/rust/etc/ssl/certs/"
    printf 'FROM debian:%s-slim\nCOPY . /\n' "$debian" >"$work/Dockerfile.rust"
    engine build --quiet --isolation chroot --pull=never --file "$work/Dockerfile.rust" --tag "$1" "$work/rust" >&2
    rm -rf "$work/rust"
}

try_image() {
    start_functions
    container=$(engine create "$image")
    local root
    root=$(engine mount "$container")
    run_image "$root"
    [[ $(stat --format %u "/proc/$program") == $(user_of "$root") ]] || fail "the image's program runs as somebody else"
    greet Ada "for the first time"
    kill -KILL "$program"
    wait "$unshared" || true
    run_image "$root"
    greet Ada "2 times"
    chroot "$root" statefun state list example/greeter --data /var/lib/statefun/data >&2
    kill -TERM "$program"
    local code=0
    wait "$unshared" || code=$?
    program=
    [[ $code == 0 ]] || fail "after SIGTERM the image's program ended with $code; see $place/image.log"
    grep -q '"message":"the runtime has ended"' <(tail -n 1 "$place/image.log") ||
        fail "the log does not end as it should: $(tail -n 3 "$place/image.log")"
    install -D "$root/usr/local/bin/statefun" "$place/program/statefun"
    drop_container
    stop_functions
}

# Runs the image's program in its root, as its user, in its directory, with its environment, entry
# point and arguments, as the first process of its own; an engine for containers does no more, and
# starts none where it may not set limits or groups of processes. It is $program then.
run_image() {
    local words _
    mapfile -d '' -t words < <(engine image inspect "$image" | python3 -c '
import json, sys
config = json.load(sys.stdin)[0]["Config"]
words = ["--userspec=" + config["User"], sys.argv[1], "env", "-i", "-C", config["WorkingDir"]]
words += config["Env"] + sys.argv[2:] + config["Entrypoint"] + config["Cmd"]
print(*words, sep="\0", end="\0")' "$1" STATEFUN_HOST=127.0.0.1 "STATEFUN_ADMIN=127.0.0.1:$admin")
    mkdir -p "$1/etc/statefun" "$1/run/functions"
    unshare --mount --pid --fork --kill-child bash -c '
        mount -t proc proc "$1/proc"
        mount --rbind /dev "$1/dev"
        mount --bind -o ro "$2/etc" "$1/etc/statefun"
        mount --bind "$2/functions" "$1/run/functions"
        shift 2
        exec chroot "$@"' image "$1" "$work" "${words[@]}" >"$place/image.log" 2>&1 </dev/null &
    unshared=$!
    await "http://127.0.0.1:$admin/readyz"
    program=$(cat "/proc/$unshared/task/$unshared/children")
    program=${program%% *}
}

user_of() {
    chroot "$1" id -u "$(engine image inspect --format '{{.Config.User}}' "$image")"
}

drop_container() {
    engine unmount "$container" >/dev/null
    engine rm --volumes "$container" >/dev/null
    container=
}

# -- the unit

unit() {
    if lacks unit mmdebstrap systemd-nspawn; then return; fi
    local binary=${STATEFUN_PROGRAM:-$place/program/statefun} root=$place/systemd
    if [[ ! -x $binary ]]; then
        say "unit: skipped, there is no $binary; make the image first, or name one with STATEFUN_PROGRAM"
        return
    fi
    if [[ ! -f $root.made ]]; then
        say "making a Debian with systemd"
        rm -rf "$root"
        mmdebstrap --quiet --variant=minbase --include=systemd,systemd-sysv "$debian" "$root"
        touch "$root.made"
    fi
    install -D "$binary" "$root/usr/local/bin/statefun"
    install -D --mode 644 runtime/packaging/statefun.service "$root/etc/systemd/system/statefun.service"
    start_functions
    rm -rf "$root/etc/statefun" "$root/var/lib/private/statefun" "$root/var/lib/statefun" "$root/etc/systemd/system/statefun.service.d"
    cp -r "$work/etc" "$root/etc/statefun"
    mkdir -p "$root/etc/systemd/system/statefun.service.d"
    printf '[Service]\nEnvironment=STATEFUN_ADMIN=127.0.0.1:%s\n' "$admin" >"$root/etc/systemd/system/statefun.service.d/port.conf"
    chroot "$root" systemd-analyze verify --man=no statefun.service
    say "$(chroot "$root" systemd-analyze security --no-pager --offline=true --threshold=20 statefun.service | tail -n 1)"
    boot "$root"
    try_unit "$root"
    say "the unit is started, begins again, and ends as it should"
}

# boot ROOT: starts a systemd with the functions' socket in it.
boot() {
    local log=$place/systemd.log _
    SYSTEMD_NSPAWN_UNIFIED_HIERARCHY=1 systemd-nspawn --quiet --register=no --keep-unit --console=read-only \
        --bind "$work/functions:/run/functions" --directory "$1" --boot \
        >"$log" 2>&1 </dev/null &
    machine=$!
    for _ in {1..300}; do
        if [[ $(inside systemctl is-system-running 2>/dev/null) == @(running|degraded) ]]; then return; fi
        kill -0 "$machine" 2>/dev/null || break
        sleep 0.2
    done
    tail -n 20 "$log" >&2
    fail "no systemd can be started in a container here; its log is $log"
}

# Runs a command beside the container's systemd.
inside() {
    local leader
    leader=$(cat "/proc/$machine/task/$machine/children" 2>/dev/null) || return
    nsenter --target "${leader%% *}" --mount --uts --ipc --pid --cgroup --root --wd=/ "$@"
}

end_machine() {
    inside systemctl poweroff 2>/dev/null || kill "$machine" 2>/dev/null || true
    wait "$machine" || true
    machine=
}

try_unit() {
    inside systemctl start statefun
    await "http://127.0.0.1:$admin/readyz"
    greet Ada "for the first time"
    [[ $(inside stat --format %U /proc/"$(of_unit MainPID)") != root ]] || fail "the unit's program runs as root"
    say "its state: $(inside stat --format '%n %U %a' /var/lib/private/statefun /var/lib/private/statefun/data | paste -s -d ' ')"
    inside systemctl kill --signal KILL statefun
    await_unit NRestarts 1
    await "http://127.0.0.1:$admin/readyz"
    greet Ada "2 times"
    local began=$SECONDS
    inside systemctl stop statefun
    say "stopped in $((SECONDS - began)) s"
    [[ $(of_unit Result) == success && $(of_unit ExecMainStatus) == 0 ]] ||
        fail "after systemctl stop: $(of_unit Result), exit code $(of_unit ExecMainStatus)"
    echo 'kind: nothing' >"$1/etc/statefun/module.yaml"
    inside systemctl start statefun || true
    await_unit ActiveState failed
    [[ $(of_unit ExecMainStatus) == 2 && $(of_unit NRestarts) == 0 ]] ||
        fail "with a wrong module: exit code $(of_unit ExecMainStatus), $(of_unit NRestarts) restarts"
    end_machine
    stop_functions
}

of_unit() {
    inside systemctl show --property "$1" --value statefun
}

await_unit() {
    local _
    for _ in {1..300}; do
        if [[ $(of_unit "$1") == "$2" ]]; then return; fi
        sleep 0.1
    done
    inside journalctl --no-pager --lines 20 --unit statefun >&2
    fail "the unit's $1 is $(of_unit "$1"); expected $2"
}

# -- the greeter, whose functions are this machine's

# Starts them at a socket, and writes a module with free ports, which are in $ingress and $egress;
# one more is in $admin.
start_functions() {
    local sdks
    sdks=$(scripts/statefun-sdks.sh python)
    mkdir -p "$work/functions" "$work/etc"
    chmod 755 "$work" "$work/functions" "$work/etc"
    "$sdks/python/bin/python" runtime/examples/greeter/functions.py "$work/functions/greeter.sock" >"$place/functions.log" 2>&1 &
    functions=$!
    until [[ -S $work/functions/greeter.sock ]]; do
        kill -0 "$functions" 2>/dev/null || fail "the functions do not begin; see $place/functions.log"
        sleep 0.1
    done
    chmod 666 "$work/functions/greeter.sock"
    read -r ingress egress admin < <(free_ports)
    sed -e "s|http://localhost:8300|http+unix:///run/functions/greeter.sock|" \
        -e "s/port: 8090/port: $ingress/" -e "s/port: 8091/port: $egress/" \
        runtime/examples/greeter/module.yaml >"$work/etc/module.yaml"
}

stop_functions() {
    kill "$functions"
    wait "$functions" 2>/dev/null || true
    functions=
    rm -rf "$work/functions" "$work/etc"
}

free_ports() {
    python3 -c 'import socket
held = [socket.create_server(("127.0.0.1", 0)) for _ in range(3)]
print(*(each.getsockname()[1] for each in held))'
}

# await URL: until it answers.
await() {
    local _
    for _ in {1..300}; do
        if curl --silent --fail --output "$work/answer" "$1"; then return; fi
        sleep 0.1
    done
    fail "$1 does not answer"
}

# greet NAME TIMES: sends a name; the greeting says how often it came by now.
greet() {
    local answer='' _
    curl --silent --show-error --fail --request PUT "http://127.0.0.1:$ingress/example/greeter/$1" --data "$1"
    for _ in {1..100}; do
        answer=$(curl --silent --show-error --fail "http://127.0.0.1:$egress/greetings")
        [[ -z $answer ]] || break
        sleep 0.05
    done
    say "greeting: $answer"
    [[ $answer == *"$2"* ]] || fail "expected a greeting of $1 with \"$2\""
}

main "$@"
