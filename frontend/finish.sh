#!/bin/sh
# Finishes a release build, called by trunk: lays the parts of the app beside it, and beside each text a compressed twin, so
# that the server sends them as they are: gzip always (as small as gzip gets, by zopfli), brotli (a fifth smaller) where it or
# Node.js, which has it too, is installed.
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

# The app and its parts fit together only as they are: all have one hash of all of them in their names, instead of trunk's,
# which is of what the compiler wrote and knows nothing of the cut.
trunks="$(echo app-*.js)"
trunks="${trunks#app-}"
trunks="${trunks%.js}"
hash="$(
  cat "app-$trunks.js" "app-${trunks}_bg.wasm" "$APP_PARTS"/* "$TRUNK_SOURCE_DIR/finish.sh" "$TRUNK_SOURCE_DIR/order.mjs" |
    git hash-object --stdin | cut -c 1-16
)"
mv "app-$trunks.js" "app-$hash.js"
mv "app-${trunks}_bg.wasm" "app-${hash}_bg.wasm"

parameters="$(sed -n 's/.*data-wasm-opt-params="\([^"]*\)".*/\1/p' "$TRUNK_SOURCE_DIR/index.html")"
for part in "$APP_PARTS"/split_*.wasm "$APP_PARTS"/chunk_*.wasm; do
  # shellcheck disable=SC2086 # several parameters
  said="$(wasm-opt --output="$(basename "$part" .wasm)-$hash.wasm" -Oz "$part" $parameters 2>&1)" || { echo "$said" && exit 1; }
done
cp "$APP_PARTS/__wasm_split.js" "parts-$hash.js"
edit "parts-$hash.js" -e "s|\./app\.js|./app-$hash.js|" -e "s|\.wasm|-$hash.wasm|g"
edit "app-$hash.js" "s|from *\"\./__wasm_split\.js\"|from \"./parts-$hash.js\"|"

grep -q "from \"\./parts-$hash" "app-$hash.js" || { echo "the app's glue does not name its parts where it did" && exit 1; }

# in_order MODULE: puts functions that are alike next to each other, where Node.js and a wasm-opt that can are installed.
in_order() {
  cp "$1" "$1.named"
  # shellcheck disable=SC2086 # several parameters
  if node "$TRUNK_SOURCE_DIR/order.mjs" "$1.named"; then
    wasm-opt --output="$1" --reorder-functions-by-name "$1.named" $parameters 2>/dev/null || true
  fi
  rm "$1.named"
}
if command -v node >/dev/null; then
  for module in ./*.wasm; do in_order "$module"; done
fi

# What the app and its glue call each other by ends in hashes, of which five kilobytes remain in each once it is compressed.
# Numbers of the same length do as well: both files are of this build.
number_names='
const { readFileSync, writeFileSync } = require("node:fs");
const [numbered, count] = [new Map(), new Map()];
const number = (name, words) => {
  const next = count.get(words) ?? 0;
  if (!numbered.has(name)) {
    count.set(words, next + 1);
    numbered.set(name, words + String(next).padStart(16, "0"));
  }
  return numbered.get(name);
};
for (const file of process.argv.slice(-2)) {
  const bytes = readFileSync(file, "latin1");
  writeFileSync(file, bytes.replace(/((?:__wbg|__wbindgen|wasm_bindgen)_\w*?_h?)[0-9a-f]{16}\b/g, number), "latin1");
}
'
if command -v node >/dev/null; then node -e "$number_names" -- "app-$hash.js" "app-${hash}_bg.wasm" </dev/null; fi
# What the glue says to people is not for the browser.
edit "app-$hash.js" -e '/^ *\/\*\*.*\*\/ *$/d' -e '/^ *\/\*\*/,/\*\//d' -e 's/^  *//'

# modules_of PART: all that it consists of. Above each module that parts share, wasm-split says which they are.
modules_of() {
  echo "split_$1"
  grep -A 1 "^/\*.*[ ,]$1[ ,]" "$APP_PARTS/__wasm_split.js" | grep -o 'chunk_[0-9]*'
}

# The loader has the modules of the page that is opened fetched along with the app.
parts=""
for part in "$APP_PARTS"/split_*.wasm; do
  part="$(basename "$part" .wasm)"
  part="${part#split_}"
  parts="$parts data-$part=\"$(modules_of "$part" | sed "s|.*|/&-$hash.wasm|" | tr '\n' ' ')\""
done
edit index.html -e "s|$trunks|$hash|g" -e "s|<link [^>]*app-$hash\.js[^>]*>|&<link href=/parts-$hash.js rel=modulepreload>|" \
  -e "s|<script data-glue|<script$parts data-glue|"

pack_with_node='
const { readFileSync, writeFileSync } = require("node:fs");
const { brotliCompressSync, constants: { BROTLI_PARAM_LGWIN, BROTLI_PARAM_QUALITY } } = require("node:zlib");
const [file] = process.argv.slice(-1);
writeFileSync(`${file}.br`, brotliCompressSync(readFileSync(file), { params: { [BROTLI_PARAM_QUALITY]: 11, [BROTLI_PARAM_LGWIN]: 24 } }));
'

find . -type f \( -name '*.wasm' -o -name '*.js' -o -name '*.css' -o -name '*.svg' -o -name '*.html' \) |
  while read -r file; do
    zopfli "$file" || gzip -9 --no-name --keep --force "$file"
    if command -v brotli >/dev/null; then
      brotli --best --force --output="$file.br" "$file"
    elif command -v node >/dev/null; then
      node -e "$pack_with_node" -- "$file" </dev/null
    fi
  done
