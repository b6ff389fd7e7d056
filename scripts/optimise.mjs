// Makes each WebAssembly file of the site smaller.   node scripts/optimise.mjs SITE/pkg
//
// The build tool starts wasm-opt for each of two hundred files, and each start compiles it anew: nearly five minutes on
// one core. Here it is compiled once, runs for one file after the other, and writes the same bytes.
import { readFileSync, readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import vm from 'node:vm';

// Small when compressed, and not only uncompressed: code that is inlined, or kept in a local for reuse, is written
// differently in each place, and brotli finds fewer repetitions. A first page is 17 kB smaller than with `-Oz` alone.
const OPTIONS = [
  '-Oz',
  '--one-caller-inline-max-function-size=0',
  '--always-inline-max-function-size=0',
  '--skip-pass=rse',
  '--skip-pass=local-cse',
  // Joining functions that differ in a constant makes the file a fifteenth smaller, and what a browser loads larger: brotli finds the
  // repetition, and not what tells the joined functions apart.
  '--skip-pass=merge-similar-functions',
  '--enable-bulk-memory',
  '--enable-nontrapping-float-to-int',
];

const tool = fileURLToPath(new URL('../node_modules/binaryen/bin/wasm-opt', import.meta.url));
const source = readFileSync(tool, 'utf8').replace(/^#!.*/, '');
const run = vm.runInThisContext(`(function (Module, require, module, __filename, __dirname) {${source}\n})`, { filename: tool });

// The program contains its WebAssembly, which differs in no run.
const { instantiate } = WebAssembly;
let compiled;
WebAssembly.instantiate = async (bytes, imports) => {
  compiled ??= await WebAssembly.compile(bytes);
  return { module: compiled, instance: await instantiate(compiled, imports) };
};

const folder = process.argv[2];
for (const name of readdirSync(folder).filter((name) => name.endsWith('.wasm'))) {
  const file = join(folder, name);
  process.argv = [process.argv[0], tool, ...OPTIONS, file, '-o', file];
  await new Promise((postRun) => run({ postRun }, createRequire(tool), {}, tool, dirname(tool)));
  if (process.exitCode) throw new Error(`wasm-opt cannot process ${file}`);
}
