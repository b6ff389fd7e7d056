// Checks what the documents say: every link and anchor leads somewhere, and every file and every name of the code in `backticks` is there.
//   node scripts/docs.mjs
// Invented names in examples are in EXAMPLES.
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';

// The glossary and the area that recipes add, a migration's and a page's name; generated files; an unused part of the
// router.
const EXAMPLES = /glossary|groups|YYYYMMDD|name-of-the-page|^receipt\.txt$|^hash\.txt$|^learning_application$|^Outlet$/i;

const list = (...patterns) => execFileSync('git', ['ls-files', '-co', '--exclude-standard', ...patterns], { encoding: 'utf8' }).split('\n').filter((file) => file && existsSync(file));
const files = list();
const known = new Set(files);
for (const file of files) for (let at = file.indexOf('/'); at > 0; at = file.indexOf('/', at + 1)) known.add(file.slice(0, at));
const documents = files.filter((file) => file.endsWith('.md') && (file.startsWith('docs/') || !file.includes('/')));
const isText = (file) => /\.(rs|sql|ts|mjs|sh|toml|css|md|json|txt)$|^Makefile$|\.gitignore$/.test(file) && !documents.includes(file) && file !== 'scripts/docs.mjs' && !file.startsWith('.sqlx/');
const code = files.filter(isText).map((file) => readFileSync(file, 'utf8')).join('\n');
const words = new Set(code.match(/[A-Za-z_][A-Za-z0-9_]*/g));
const titles = files.filter((file) => file.endsWith('.spec.ts')).map((file) => readFileSync(file, 'utf8')).join('\n').replace(/\\'/g, "'");

const wrong = [];
const plain = (text) => text.replace(/```[\s\S]*?```/g, (block) => block.replace(/[^\n]/g, ' '));
const slug = (heading) => heading.trim().toLowerCase().replace(/[^\p{L}\p{N}\s_-]/gu, '').replace(/\s/g, '-');
const anchors = (file) => plain(readFileSync(file, 'utf8')).split('\n').filter((line) => /^#+ /.test(line)).map((line) => slug(line.replace(/^#+ /, '')));

/** Whether a file of this name is there: from the root, or anywhere with these last parts. `<area>` stands for any folder, `…` for any text. */
function isFile(path) {
  const name = path.replace(/\/$/, '');
  if (known.has(name)) return true;
  if (/^(target|\.local|node_modules)\b/.test(name)) return true;
  const pattern = name.replace(/[.*+?^${}()|[\]\\]/g, '\\$&').replace(/<[a-z]+>/g, '[^/]+').replace(/…/g, '.*').replace(/\\\*/g, '[^/]*');
  const ends = new RegExp(`(^|/)${pattern}$`);
  return [...known].some((file) => ends.test(file));
}

/** Whether every name in a path of the code, like `Actor::tutor_of`, occurs somewhere in it. */
const isName = (name) => name.split(/::|\./).every((part) => words.has(part));

let looked = 0;
for (const document of documents) {
  const text = plain(readFileSync(document, 'utf8'));
  text.split('\n').forEach((line, n) => {
    const say = (what) => wrong.push(`${document}:${n + 1}: ${what}`);
    for (const [, target] of line.matchAll(/\]\(([^)\s]+)\)/g)) {
      looked += 1;
      if (/^https?:/.test(target)) continue;
      const [path, anchor] = target.split('#');
      const file = path ? normalize(join(dirname(document), path)) : document;
      if (!known.has(file)) say(`the link ${target} leads nowhere`);
      else if (anchor && !anchors(file).includes(anchor)) say(`the link ${target} has no such heading`);
    }
    // `docs/questions.md` is for authors; a test of its own checks its words.
    if (document === 'docs/questions.md') return;
    for (const [, span] of line.matchAll(/`([^`]+)`/g)) {
      if (EXAMPLES.test(span)) continue;
      looked += 1;
      const name = span.replace(/\(.*\)$|!$/, '').replace(/^[&#]/, '').replace(/^(scripts\/\S+) .*/, '$1');
      if (/^[\w.<>…*-]*\/?([\w.<>…*-]+\/)*[\w.<>…*-]+\.(rs|ts|mjs|sh|md|sql|css|toml|txt)$/.test(name) || /^[\w.<>-]+(\/[\w.<>-]+)*\/$/.test(name)) {
        if (!isFile(name)) say(`there is no file ${name}`);
      } else if (/^(app|domain|services|server|frontend|docs|scripts|content|end2end|migrations|style)\//.test(name)) {
        if (!isFile(name)) say(`there is no file ${name}`);
      } else if (/^[A-Za-z_][A-Za-z0-9_]*((::|\.)[A-Za-z_][A-Za-z0-9_]*)*$/.test(name) && !isName(name)) {
        say(`nothing in the code is called ${name}`);
      } else if (/^make [a-z]+$/.test(name) && !new RegExp(`^${name.slice(5)}:`, 'm').test(readFileSync('Makefile', 'utf8'))) {
        say(`there is no ${name}`);
      }
    }
    // Titles of browser tests are in quotes, in the cell that names their file.
    if (document === 'docs/promises.md' || document === 'docs/tried.md') {
      for (const cell of line.split(' | ').filter((cell) => cell.includes('.spec.ts'))) {
        for (const [, title] of cell.replace(/\\"/g, '”').matchAll(/"([^"]+)"/g)) {
          looked += 1;
          if (!titles.includes(title.replace(/”/g, '"'))) say(`no browser test is called "${title}"`);
        }
      }
    }
  });
}
console.log(wrong.length ? wrong.join('\n') : `${documents.length} documents: all ${looked} links, files and names are there`);
process.exit(wrong.length ? 1 : 0);
