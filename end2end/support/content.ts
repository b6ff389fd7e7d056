import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

type Table = Record<string, string>;

/** The course as written in `content/`, so that the journeys follow the content and not a copy of it. */
export interface Question {
  id: string;
  kind: 'single' | 'multiple' | 'true-false' | 'number';
  explanation: string;
  /** The page that it is about. */
  page: string;
  /** Why each choice is right or wrong. */
  why: Table;
  /** The right choices or text, in the order of the page. */
  right: string[];
  /** A wrong answer that can be marked. */
  wrong: string[];
  /** Values of all choices, in the order of the page; none if the answer is typed. */
  choices: string[];
}

export interface Module {
  slug: string;
  title: string;
  passMark: number;
  pages: { slug: string; title: string; text: string }[];
  /** How many of the questions a try asks. */
  asked: number;
  /** The pool. */
  questions: Question[];
}

const root = join(__dirname, '../../content/nmp');

/** Reads `name = value` lines; strings in TOML's double quotes escape as JSON's do. */
function values(lines: string[]): Table {
  const table: Table = {};
  for (const line of lines) {
    const found = /^(\w+) = (.*)$/.exec(line);
    if (found) table[found[1]] = found[2].startsWith('"') ? JSON.parse(found[2]) : found[2];
  }
  return table;
}

function frontMatter(file: string): Table {
  return values(readFileSync(file, 'utf8').split('\n+++\n')[0].split('\n'));
}

function questions(file: string): Question[] {
  return readFileSync(file, 'utf8').split('[[question]]').slice(1).map((part) => {
    const [head, ...options] = part.split('[[question.option]]').map((table) => values(table.split('\n')));
    const kind = head.kind as Question['kind'];
    const why = Object.fromEntries(options.map((option) => [option.id, option.why]));
    const base = { id: head.id, kind, explanation: head.explanation, page: head.page, why };
    if (kind === 'number') {
      return { ...base, right: [head.answer], wrong: [`${Number(head.answer) + 1}`], choices: [] };
    }
    if (kind === 'true-false') {
      return { ...base, right: [head.answer], wrong: [`${head.answer !== 'true'}`], choices: ['true', 'false'] };
    }
    const pick = (right: boolean) => options.filter((option) => (option.right === 'true') === right).map((option) => option.id);
    return { ...base, right: pick(true), wrong: pick(false).slice(0, 1), choices: options.map((option) => option.id) };
  });
}

function module(slug: string): Module {
  const folder = join(root, slug);
  const head = frontMatter(join(folder, 'module.md'));
  const pages = readdirSync(folder).filter((name) => /^\d+-.*\.md$/.test(name)).sort().map((name) => ({
    slug: name.replace(/^\d+-|\.md$/g, ''),
    title: frontMatter(join(folder, name)).title,
    text: readFileSync(join(folder, name), 'utf8'),
  }));
  const check = join(folder, 'check.toml');
  const asked = Number(values(readFileSync(check, 'utf8').split('[[question]]')[0].split('\n')).asked);
  return { slug, title: head.title, passMark: Number(head.pass_mark), pages, asked, questions: questions(check) };
}

const course = readFileSync(join(root, 'course.md'), 'utf8');
export const courseTitle = values(course.split('\n')).title;

/** In the order of the course. */
export const modules: Module[] = [.../^modules = \[([^\]]*)\]/m.exec(course)![1].matchAll(/"([^"]+)"/g)].map(([, slug]) => module(slug));

/** The address of the first page, in the order of the course, whose source contains this. */
export function pageWith(mark: RegExp): string {
  for (const { slug, pages } of modules) {
    const page = pages.find(({ text }) => mark.test(text));
    if (page) return `/learn/nmp/${slug}/${page.slug}`;
  }
  throw new Error(`no page has ${mark}`);
}
