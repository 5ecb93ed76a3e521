#!/bin/sh
# Finishes a release build, called by trunk: lays the parts of the app beside it, and beside each text a compressed twin, so
# that the server sends them as they are: gzip always, brotli (a fifth smaller) where it or Node.js, which has it too, is
# installed.
set -eu
[ "${TRUNK_PROFILE:-}" = release ] || exit 0
cd "$TRUNK_STAGING_DIR"

# edit FILE SED-ARGUMENT…: `sed -i` is not the same everywhere.
edit() {
  file="$1"
  shift
  sed "$@" "$file" >"$file.new"
  mv "$file.new" "$file"
}

# The hash in the names is of the whole module as it was before it was cut, so that it is right for each part too.
glue="$(echo app-*.js)"
hash="${glue#app-}"
hash="${hash%.js}"
parameters="$(sed -n 's/.*data-wasm-opt-params="\([^"]*\)".*/\1/p' "$TRUNK_SOURCE_DIR/index.html")"
for part in "$APP_PARTS"/split_*.wasm "$APP_PARTS"/chunk_*.wasm; do
  # shellcheck disable=SC2086 # several parameters
  said="$(wasm-opt --output="$(basename "$part" .wasm)-$hash.wasm" -Oz "$part" $parameters 2>&1)" || { echo "$said" && exit 1; }
done
cp "$APP_PARTS/__wasm_split.js" "parts-$hash.js"
edit "parts-$hash.js" -e "s|\./app\.js|./$glue|" -e "s|\.wasm|-$hash.wasm|g"
edit "$glue" "s|from *\"\./__wasm_split\.js\"|from \"./parts-$hash.js\"|"
edit index.html "s|\(<link [^>]*\)$glue\([^>]*>\)|&\1parts-$hash.js\2|"

pack_with_node='
const { readFileSync, writeFileSync } = require("node:fs");
const { brotliCompressSync, constants: { BROTLI_PARAM_LGWIN, BROTLI_PARAM_QUALITY } } = require("node:zlib");
const [file] = process.argv.slice(-1);
writeFileSync(`${file}.br`, brotliCompressSync(readFileSync(file), { params: { [BROTLI_PARAM_QUALITY]: 11, [BROTLI_PARAM_LGWIN]: 24 } }));
'

find . -type f \( -name '*.wasm' -o -name '*.js' -o -name '*.css' -o -name '*.svg' -o -name '*.html' \) |
  while read -r file; do
    gzip -9 --no-name --keep --force "$file"
    if command -v brotli >/dev/null; then
      brotli --best --force --output="$file.br" "$file"
    elif command -v node >/dev/null; then
      node -e "$pack_with_node" -- "$file" </dev/null
    fi
  done
