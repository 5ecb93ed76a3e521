// Names the functions of a WebAssembly module so that in the order of their names those that are alike follow each other;
// `wasm-opt --reorder-functions-by-name` then puts them so. gzip looks back for 32 kB only: in this order it gets a twentieth smaller.
// Called by finish.sh: `node order.mjs MODULE`.
import { readFileSync, writeFileSync } from "node:fs";

// How much two functions have in common is counted in pieces of so many bytes. Of long ones every fourth is looked at, and none that
// is in so many functions that it tells nothing.
const PIECE = 8;
const LONG = 64;
const COMMON = 300;
// What gzip sees for sure of what came before.
const IN_SIGHT = 24_000;

const [path] = process.argv.slice(-1);
const bytes = readFileSync(path);
let at = 8;

function number() {
  let value = 0;
  for (let factor = 1; ; factor *= 128) {
    const byte = bytes[at++];
    value += (byte & 127) * factor;
    if (byte < 128) return value;
  }
}

function name() {
  const length = number();
  at += length;
}

function limits() {
  const flags = bytes[at++];
  number();
  if (flags & 1) number();
}

// The kinds of import, by their numbers: functions, tables, memories, globals.
const imports = [number, () => (at++, limits()), limits, () => (at += 2)];
let imported = 0;
const functions = [];
while (at < bytes.length) {
  const section = bytes[at++];
  const size = number();
  const end = at + size;
  if (section === 2) {
    for (let left = number(); left > 0; left--) {
      name(); // of the module that it is from
      name();
      const kind = bytes[at++];
      if (kind === 0) imported++;
      imports[kind]();
    }
  } else if (section === 10) {
    for (let left = number(); left > 0; left--) {
      const length = number();
      functions.push(bytes.subarray(at, at + length));
      at += length;
    }
  }
  at = end;
}

// Who has each piece.
const holders = new Map();
functions.forEach((body, index) => {
  const own = new Set();
  for (let start = 0; start + PIECE <= body.length; start++) {
    if (body.length < LONG || body[start] % 4 === 0) own.add(body.latin1Slice(start, start + PIECE));
  }
  for (const piece of own) {
    if (!holders.has(piece)) holders.set(piece, { all: [], inSight: 0 });
    holders.get(piece).all.push(index);
  }
});
const pieces = functions.map(() => []);
for (const piece of holders.values()) {
  if (piece.all.length > 1 && piece.all.length < COMMON) for (const index of piece.all) pieces[index].push(piece);
}

// Next comes the one of which most is in sight, for its length.
const seen = functions.map(() => 0);
const weights = functions.map((body) => 1 / (body.length ** 0.8 + 8));
const left = new Set(functions.keys());
const order = [];
let sight = 0;
let leaving = 0;
while (left.size > 0) {
  let next;
  let most = -1;
  for (const index of left) {
    const rank = seen[index] * weights[index];
    if (rank > most) [next, most] = [index, rank];
  }
  left.delete(next);
  order.push(next);
  for (const piece of pieces[next]) if (piece.inSight++ === 0) for (const index of piece.all) seen[index]++;
  sight += functions[next].length;
  while (sight > IN_SIGHT) {
    const gone = order[leaving++];
    sight -= functions[gone].length;
    for (const piece of pieces[gone]) if (--piece.inSight === 0) for (const index of piece.all) seen[index]--;
  }
}

// A section of names, in place of those that there may be: wasm-opt has dropped them.
function leb(value) {
  const written = [];
  for (; value > 127; value = Math.floor(value / 128)) written.push((value & 127) | 128);
  return [...written, value];
}
const sized = (content) => [...leb(content.length), ...content];
const places = order.map((index, place) => [index, String(place).padStart(6, "0")]).sort(([a], [b]) => a - b);
const names = places.flatMap(([index, place]) => [...leb(imported + index), ...sized(Buffer.from(place))]);
const section = [...sized(Buffer.from("name")), 1, ...sized([...leb(places.length), ...names])];
writeFileSync(path, Buffer.concat([bytes, Buffer.from([0, ...sized(section)])]));
