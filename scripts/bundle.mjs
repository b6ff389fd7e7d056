// Joins all files that an area needs into one.   node scripts/bundle.mjs SITE/pkg
//
// The build tool makes a file of everything that the same areas share: with eight areas these are ninety files, forty
// of them for one page. Each is compressed separately, which makes them a fifth larger than together, and takes a
// request of its own. Here each area gets one file that contains them in sequence, each after its length; the loading
// script gets the list. Code shared by two areas is in the files of both, and runs once: a page that needs the second
// file skips the parts that are already there.
import { createHash } from 'node:crypto';
import { readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const folder = process.argv[2];
const named = (start, end) => {
  const found = readdirSync(folder).filter((name) => name.startsWith(start) && name.endsWith(end));
  if (found.length !== 1) throw new Error(`${folder} has ${found.length} files ${start}*${end}`);
  return found[0];
};
const script = named('__wasm_split.', '.js');
const manifest = named('__wasm_split_manifest.', '.json');
const text = readFileSync(join(folder, script), 'utf8');

// The build tool's output: `const __chunk_9 = makeLoad(… "./file.wasm" …, []);` for what areas share, and
// `export const __wasm_split_load_room = wrapAsyncCb(makeLoad(… "./file.wasm" …, [__chunk_9, …]));` for each area.
const load = String.raw`makeLoad\(\(\) => \{\s*const src = fetch\(new URL\("\.\/([^"]+)", import\.meta\.url\)\);[^}]*\}\s*, \[([^\]]*)\]\)`;
const shared = new Map([...text.matchAll(new RegExp(`const (__chunk_\\d+) = ${load};`, 'g'))].map(([, name, file]) => [name, file]));
const areas = [...text.matchAll(new RegExp(`export const __wasm_split_load_(\\w+) = wrapAsyncCb\\(${load}\\);`, 'g'))].map(
  ([, area, file, needs]) => ({ area, files: [...needs.split(',').map((name) => name.trim()).filter(Boolean).map((name) => shared.get(name)), file] }),
);
const listed = Object.keys(JSON.parse(readFileSync(join(folder, manifest), 'utf8')));
const used = new Set(areas.flatMap(({ files }) => files));
const there = readdirSync(folder).filter((name) => /^(chunk|split)_.*\.wasm$/.test(name));
if (areas.length !== listed.length || there.some((file) => !used.has(file)) || [...used].some((file) => !there.includes(file))) {
  throw new Error(`${script} is not written as this script expects it: the build tool has changed`);
}

const write = (name, bytes) => writeFileSync(join(folder, name), bytes);

/** Without what names the tools and the processor's features: no browser reads it, and each part has a copy. */
const bare = (bytes) => {
  const kept = [bytes.subarray(0, 8)];
  for (let at = 8; at < bytes.length; ) {
    let [length, shift, from] = [0, 0, at + 1];
    for (;;) {
      const byte = bytes[from++];
      length += (byte & 127) * 2 ** shift;
      shift += 7;
      if (byte < 128) break;
    }
    // A section of the kind 0 is a custom one.
    if (bytes[at] !== 0) kept.push(bytes.subarray(at, from + length));
    at = from + length;
  }
  return Buffer.concat(kept);
};

const numbers = new Map([...used].sort().map((file, n) => [file, n]));
const bundles = areas.map(({ area, files }) => {
  const parts = files.map((file) => ({ number: numbers.get(file), bytes: bare(readFileSync(join(folder, file))) }));
  // Each part after its length, in four bytes: here, and not in the script that every page loads.
  const length = (part) => {
    const bytes = Buffer.alloc(4);
    bytes.writeUInt32LE(part.bytes.length);
    return bytes;
  };
  const bytes = Buffer.concat(parts.flatMap((part) => [length(part), part.bytes]));
  const name = `area_${area}.${createHash('sha256').update(bytes).digest('hex').slice(0, 16)}`;
  return { area, name, bytes, parts: parts.map((part) => part.number) };
});
for (const file of there) rmSync(join(folder, file));
for (const { name, bytes } of bundles) write(`${name}.wasm`, bytes);
// From this the server names the files that a page will need.
write(manifest, JSON.stringify(Object.fromEntries(bundles.map(({ area, name }) => [area, [name]]))));

// `getSharedImports` and `wrapAsyncCb` stay unchanged; the loading code is removed.
const kept = text.slice(0, text.indexOf('function makeLoad(')).replace(/\n\s+/g, '\n');
// In the script below, a failed file is tried again the next time that it is needed.
const loaders = bundles.map(({ area, name, parts }) => `export const __wasm_split_load_${area} = wrapAsyncCb(area("./${name}.wasm", ${JSON.stringify(parts)}));`);
write(
  script,
  `${kept}
const running = {};
function run(number, bytes) {
    return (running[number] ??= WebAssembly.instantiate(bytes, getSharedImports()).catch((error) => {
        delete running[number];
        throw error;
    }));
}
function area(file, parts) {
    let loading;
    const load = async () => {
        const answer = await fetch(new URL(file, import.meta.url));
        if (!answer.ok) throw new Error(answer.status + " " + file);
        const bytes = await answer.arrayBuffer();
        const view = new DataView(bytes);
        let at = 0;
        await Promise.all(parts.map((number) => {
            const length = view.getUint32(at, true);
            const part = new Uint8Array(bytes, at + 4, length);
            at += 4 + length;
            return run(number, part);
        }));
    };
    return () => (loading ??= load().catch((error) => {
        loading = undefined;
        throw error;
    }));
}
${loaders.join('\n')}
`,
);
console.log(`${there.length} files of areas put into ${bundles.length}`);
