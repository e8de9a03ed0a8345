# Runs inside the compiler's root, in /engine: every source here into engine.wasm.
set -euo pipefail
cd /engine

# What NEAR accepts and what costs less: no bulk memory (a byte of it costs as much as an instruction), saturating
# conversions and sign extension. -w: quickjs-ng's warnings are its own.
FLAGS="--target=wasm32-wasi -DNDEBUG -D_GNU_SOURCE -include platform.h -w
  -fno-strict-aliasing -fwrapv -ffunction-sections -fdata-sections
  -mno-bulk-memory -mnontrapping-fptoint -msign-ext -mno-multivalue -mno-reference-types"

# quickjs.c is compiled for size but for its hot functions (patch.ts), the libraries for size altogether.
clang-19 $FLAGS -Os -c quickjs.c -o quickjs.o &
quickjs=$!
for name in libregexp libunicode dtoa memory; do
  clang-19 $FLAGS -Oz -c $name.c -o $name.o
done
wait $quickjs

# --emit-relocs: the builder needs to know every place that holds an address. Linked twice, at other addresses: what differs
# between the heaps of the two by the same distance is a pointer (builder/layout.ts has the same numbers).
link() {
  wasm-ld-19 --no-entry --gc-sections --emit-relocs --allow-undefined --export-table \
    --global-base=$1 --table-base=$2 -z stack-size=65536 \
    --export=memory --export=__stack_pointer --export=__heap_base \
    /usr/lib/wasm32-wasi/crt1-reactor.o quickjs.o libregexp.o libunicode.o dtoa.o memory.o \
    -L/usr/lib/wasm32-wasi -lm -lc /usr/lib/llvm-19/lib/clang/19/lib/wasi/libclang_rt.builtins-wasm32.a \
    -o $3
}
link 262144 9001 engine.wasm
link 262160 9013 engine-moved.wasm
