#!/bin/sh
# Lays compressed twins beside each text of a release build, so that the server sends them as they are: gzip always, brotli
# (a fifth smaller) where it or Node.js, which has it too, is installed. Called by trunk once the build is done.
set -eu
[ "${TRUNK_PROFILE:-}" = release ] || exit 0

pack_with_node='
const { readFileSync, writeFileSync } = require("node:fs");
const { brotliCompressSync, constants: { BROTLI_PARAM_LGWIN, BROTLI_PARAM_QUALITY } } = require("node:zlib");
const [file] = process.argv.slice(-1);
writeFileSync(`${file}.br`, brotliCompressSync(readFileSync(file), { params: { [BROTLI_PARAM_QUALITY]: 11, [BROTLI_PARAM_LGWIN]: 24 } }));
'

find "$TRUNK_STAGING_DIR" -type f \( -name '*.wasm' -o -name '*.js' -o -name '*.css' -o -name '*.svg' -o -name '*.html' \) |
  while read -r file; do
    gzip -9 --no-name --keep --force "$file"
    if command -v brotli >/dev/null; then
      brotli --best --force --output="$file.br" "$file"
    elif command -v node >/dev/null; then
      node -e "$pack_with_node" -- "$file" </dev/null
    fi
  done
