#!/bin/sh
# Lays a compressed twin beside each text of a release build, so that the server sends it as it is: gzip always, brotli
# where it is installed. Called by trunk once the build is done.
set -eu
[ "${TRUNK_PROFILE:-}" = release ] || exit 0
find "$TRUNK_STAGING_DIR" -type f \( -name '*.wasm' -o -name '*.js' -o -name '*.css' -o -name '*.svg' -o -name '*.html' \) |
  while read -r file; do
    gzip -9 --no-name --keep --force "$file"
    if command -v brotli >/dev/null; then brotli --best --force --output="$file.br" "$file"; fi
  done
