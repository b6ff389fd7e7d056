import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, cpSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from '@playwright/test';

/** A free port, below the range for outgoing connections. */
async function freePort(): Promise<number> {
  for (;;) {
    const port = 20_000 + Math.floor(Math.random() * 12_000);
    const server = createServer();
    const free = await new Promise<boolean>((resolve) => {
      server.once('error', () => resolve(false));
      server.listen(port, '127.0.0.1', () => resolve(true));
    });
    if (free) {
      await new Promise((closed) => server.close(closed));
      return port;
    }
  }
}

/** The database of the tests, for a server: as the role that owns nothing. The tests themselves prepare their data as its owner. */
const DATABASE = process.env.SERVES_WITH!;

/** A second server on the tests' own database, which can be stopped, and return as another build. */
export class OwnServer {
  private process?: ChildProcess;

  private constructor(
    private readonly port: number,
    private readonly database: string,
    private readonly settings: Record<string, string>,
  ) {}

  static async start(database = DATABASE, settings: Record<string, string> = {}): Promise<OwnServer> {
    const server = new OwnServer(await freePort(), database, settings);
    await server.up();
    return server;
  }

  get url() {
    return `http://127.0.0.1:${this.port}`;
  }

  /** Starts it, or starts it again at the same address, with the site in this folder. */
  async up(site = process.env.SITE_ROOT!) {
    // Mail contains the address of the server that other tests use: this one sends none.
    const env = { ...process.env, LISTEN: `127.0.0.1:${this.port}`, PUBLIC_URL: this.url, SITE_ROOT: site, DATABASE_URL: this.database, JOBS: 'off', ...this.settings };
    this.process = spawn(process.env.SERVER!, ['serve'], { env, stdio: 'ignore' });
    const ready = () => fetch(`${this.url}/readyz`).then((answer) => answer.ok, () => false);
    while (!(await ready())) {
      if (this.process.exitCode !== null) throw new Error('the server did not start');
      await new Promise((later) => setTimeout(later, 50));
    }
  }

  /** Ends it at once, like a failing machine. */
  async down() {
    const over = this.process && this.process.exitCode === null ? once(this.process, 'exit') : undefined;
    this.process?.kill('SIGKILL');
    await over;
  }

  /** A separate browser on it. */
  async page(browser: Browser): Promise<Page> {
    return (await browser.newContext({ baseURL: this.url })).newPage();
  }
}

/** The name of a connection for pages. Session look-ups use others. */
const FOR_PAGES = 'application_name\0learning pages\0';

/** A server's connection to the database, which can be cut for page data while session look-ups still work. */
export class DatabaseWay {
  private cut = false;
  private readonly forPages = new Set<Socket>();

  private constructor(
    private readonly server: Server,
    readonly url: string,
  ) {}

  static async lay(): Promise<DatabaseWay> {
    const to = new URL(DATABASE);
    const server = createServer();
    const url = new URL(to);
    url.port = `${await freePort()}`;
    const way = new DatabaseWay(server, url.toString());
    server.on('connection', (from) => {
      const there = connect(Number(to.port), to.hostname);
      from.on('data', (sent) => {
        if (sent.includes(FOR_PAGES)) {
          if (way.cut) return from.destroy();
          way.forPages.add(from);
        }
        there.write(sent);
      });
      there.on('data', (sent) => from.write(sent));
      for (const [one, other] of [[from, there], [there, from]]) {
        one.on('error', () => other.destroy());
        one.on('close', () => other.destroy());
      }
      from.on('close', () => way.forPages.delete(from));
    });
    await new Promise<void>((laid) => server.listen(Number(url.port), '127.0.0.1', laid));
    return way;
  }

  break() {
    this.cut = true;
    for (const socket of this.forPages) socket.destroy();
  }

  mend() {
    this.cut = false;
  }

  close() {
    this.server.close();
  }
}

/** The site of a later build: one file differs by a byte, so all of them are in another folder; the previous build's folder stays. */
export function laterBuild(): { site: string; folder: string; remove: () => void } {
  const site = mkdtempSync(join(tmpdir(), 'later-build-'));
  cpSync(process.env.SITE_ROOT!, site, { recursive: true });
  const pkg = join(site, 'pkg');
  const before = readFileSync(join(pkg, 'current'), 'utf8').trim();
  const folder = [...before].reverse().join('') === before ? `${before.slice(1)}0` : [...before].reverse().join('');
  cpSync(join(pkg, before), join(pkg, folder), { recursive: true });
  const main = readdirSync(join(pkg, folder)).find((name) => /^learning\..*\.js$/.test(name))!;
  appendFileSync(join(pkg, folder, main), '\n');
  for (const packed of ['.br', '.gz']) rmSync(join(pkg, folder, main + packed), { force: true });
  writeFileSync(join(pkg, 'current'), folder);
  const worker = join(site, 'worker.js');
  writeFileSync(worker, readFileSync(worker, 'utf8').replaceAll(before, folder));
  return { site, folder, remove: () => rmSync(site, { recursive: true }) };
}
