// The table of sizes.   node scripts/weigh.mjs FOLDER     (scripts/weigh.sh names the folder)
//
// A first page needs the application and its scripts; a page of an area also needs that area's file, and some rooms need the calculator's.
import { readFileSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync, constants } from 'node:zlib';

// In kB, brotli 11. `target` is the goal, `most` the enforced limit, a little above the present size: if it is above
// the target, the goal is not reached yet.
const FIRST = { target: 260, most: 260 };
const TYPEFACE = { most: 60 };
const AREAS = {
  home: { most: 40, what: 'the start page, and the list of courses' },
  visitor: { most: 51, what: 'signing in, opening an account, help, colours and text size' },
  account: { most: 51, what: 'the account' },
  check: { most: 86, what: 'a knowledge check, and the end of a course' },
  study: { most: 76, what: 'search in a course, glossary, notes, highlights and bookmarks, a module to print, record, reminders' },
  room: { target: 90, most: 90, what: 'the exam room' },
  calculator: { target: 30, most: 30, what: 'the calculator of the exam room' },
  candidate: { most: 115, what: "a candidate's other pages" },
  papers: { target: 120, most: 80, what: "a setter's first page" },
  setting: { most: 116, what: "a setter's other pages" },
  sections: { most: 116, what: 'the questions of a paper' },
  trial: { target: 120, most: 120, what: 'trying a paper in the room of the candidates' },
  bank: { target: 120, most: 118, what: 'the questions that setters may set, and writing one' },
  running: { most: 170, what: 'running a paper' },
  results: { most: 170, what: 'its results' },
  cohort: { target: 120, most: 110, what: 'cohorts, their students and reminders' },
  organisation: { target: 120, most: 120, what: 'administering an organisation' },
  upload: { target: 120, most: 120, what: 'its uploads of people' },
  zone_keeping: { target: 120, most: 120, what: 'what an area of NMP Zone keeps, and its leads decide' },
  messages: { target: 120, most: 120, what: 'messages of NMP Zone' },
  zone: { target: 120, most: 120, what: 'NMP Zone' },
  support: { target: 60, most: 63, what: 'support' },
};

const folder = process.argv[2];
const files = readdirSync(folder).filter((name) => /\.(js|wasm)$/.test(name));
const weigh = (names) =>
  names.reduce((sum, name) => {
    const bytes = readFileSync(join(folder, name));
    const params = { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length };
    return sum + brotliCompressSync(bytes, { params }).length;
  }, 0) / 1000;

const manifest = JSON.parse(readFileSync(join(folder, readdirSync(folder).find((name) => /^__wasm_split_manifest\..*json$/.test(name))), 'utf8'));
const areas = new Set(Object.values(manifest).flat().map((name) => `${name}.wasm`));
const rows = [['first page, hydrated whole', weigh(files.filter((name) => !areas.has(name))), FIRST]];
for (const [area, names] of Object.entries(manifest)) {
  const budget = AREAS[area] ?? { most: 0, what: `${area}: has no budget in scripts/weigh.mjs` };
  rows.push([`on top of it, ${budget.what}`, weigh(names.map((name) => `${name}.wasm`)), budget]);
}
// As it is sent: it is packed already.
const fonts = join(folder, '../../fonts');
const typeface = readdirSync(fonts).filter((name) => name.endsWith('.woff2'));
rows.push(['the typeface', typeface.reduce((sum, name) => sum + statSync(join(fonts, name)).size, 0) / 1000, TYPEFACE]);

let over = 0;
console.log(`${'What a browser loads, brotli'.padEnd(52)}${'kB'.padStart(8)}${'target'.padStart(8)}${'at most'.padStart(9)}`);
for (const [what, kB, { target, most }] of rows) {
  const said = kB > most ? '  OVER' : target && kB > target ? '  target not reached' : '';
  if (kB > most) over += 1;
  console.log(`${what.padEnd(52)}${kB.toFixed(1).padStart(8)}${String(target ?? '').padStart(8)}${String(most).padStart(9)}${said}`);
}
for (const area of Object.keys(AREAS).filter((area) => !(area in manifest))) {
  over += 1;
  console.log(`${area} has a budget and no file`);
}
if (over > 0) console.log(`${over} over: code that only one area needs is now in the common files, or a page has grown`);
process.exit(over > 0 ? 1 : 0);
