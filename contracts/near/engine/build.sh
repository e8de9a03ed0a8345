#!/bin/bash
# Builds the engine from source, to the byte: engine.br and engine.sha256.
#
#   contracts/near/engine/build.sh [WORK_FOLDER]
#
# As root on Debian, with debootstrap, cargo and Node 24. About two minutes and 1 GB the first time.
set -euo pipefail
HERE=$(cd "$(dirname "$0")" && pwd)
WORK=${1:-${TMPDIR:-/tmp}/near-engine}
ROOT=$WORK/trixie
QUICKJS=$WORK/quickjs-ng
mkdir -p "$WORK"

# The compiler: Debian trixie's clang 19, in a folder of its own.
PACKAGES="clang-19 lld-19 wasi-libc libclang-rt-19-dev-wasm32"
if [ ! -x "$ROOT/usr/bin/clang-19" ]; then
  [ -x "$ROOT/usr/bin/apt-get" ] || debootstrap --variant=minbase trixie "$ROOT"
  chroot "$ROOT" apt-get update
  chroot "$ROOT" env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends $PACKAGES
fi

# quickjs-ng 0.16.2, as the crate rquickjs-sys 0.14.0 ships it; cargo checks its digest.
if [ ! -d "$QUICKJS" ]; then
  mkdir -p "$WORK/crate"
  cp "$HERE/quickjs-crate.toml" "$WORK/crate/Cargo.toml"
  touch "$WORK/crate/lib.rs"
  (cd "$WORK/crate" && cargo vendor --quiet >/dev/null)
  cp -a "$WORK/crate/vendor/rquickjs-sys/quickjs" "$QUICKJS"
fi

# The sources, in the root where the compiler sees them. A path would end up in no byte of the engine; it is fixed anyway.
BUILD=$ROOT/engine
rm -rf "$BUILD"
mkdir "$BUILD"
cp "$HERE"/src/*.[ch] "$HERE/compile.sh" "$QUICKJS"/*.h "$QUICKJS"/{libregexp,libunicode,dtoa}.c "$BUILD"
node "$HERE/patch.ts" "$QUICKJS" "$BUILD/quickjs.c"
node "$HERE/generate-host.ts" "$BUILD/host.c"
chroot "$ROOT" bash /engine/compile.sh

node "$HERE/store.ts" "$BUILD/engine.wasm" "$BUILD/engine-moved.wasm"
