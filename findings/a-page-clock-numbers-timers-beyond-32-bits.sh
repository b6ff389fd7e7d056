#!/usr/bin/env bash
# A browser test gives a page a clock of its own (`page.clock.install()`), and the page's code is WebAssembly: it begins a repeating
# timer, keeps the number that it was given, and ends the timer by that number.
#
# Most expect: a page under a clock of the test behaves as under the browser's own, so an ended timer is ended.
# Seen (Playwright 1.65.1, Chromium 153): the clock numbers timers from 10^12 on. A number of a timer is a 32-bit integer in WebAssembly
# (HTML has `long` there, and so do web-sys and leptos), so what comes back is another number: the clock knows no such timer, says
# nothing, and the timer goes on. A test then finds timers that outlive their page, in code that ends each of them.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund --save-exact @sparticuz/chromium@153.0.0 playwright-core@1.65.1 wabt@1.0.37 >/dev/null 2>&1
cat >look.mjs <<'JS'
import { createServer } from 'node:http';
import chromium from '@sparticuz/chromium';
import { chromium as driver } from 'playwright-core';
import wabt from 'wabt';

// Begins a timer of a second, and ends it by its number.
const module = (await wabt()).parseWat('timer.wat', `(module
  (import "browser" "begin" (func $begin (result i32)))
  (import "browser" "end" (func $end (param i32)))
  (global $timer (mut i32) (i32.const 0))
  (func (export "begin") (global.set $timer (call $begin)))
  (func (export "end") (call $end (global.get $timer))))`);
const bytes = [...module.toBinary({}).buffer];
const server = createServer((_, answer) => answer.setHeader('content-type', 'text/html').end('<!DOCTYPE html><title>A page</title>'));
await new Promise((listening) => server.listen(0, '127.0.0.1', listening));

/** How often the timer of the page still ticks when the code has ended it. */
async function ticksAfterEnd(clock) {
  const browser = await driver.launch({ executablePath: await chromium.executablePath(), args: [...chromium.args, '--no-sandbox'] });
  const page = await browser.newPage();
  if (clock) await page.clock.install();
  await page.goto(`http://127.0.0.1:${server.address().port}/`);
  await page.evaluate(async (bytes) => {
    window.ticks = 0;
    const browser = { begin: () => setInterval(() => (window.ticks += 1), 1000), end: (n) => clearInterval(n) };
    const { instance } = await WebAssembly.instantiate(new Uint8Array(bytes), { browser });
    instance.exports.begin();
    instance.exports.end();
  }, bytes);
  if (clock) await page.clock.runFor(3500);
  else await page.waitForTimeout(3500);
  const ticks = await page.evaluate(() => window.ticks);
  await browser.close();
  return ticks;
}

const own = await ticksAfterEnd(false);
const tests = await ticksAfterEnd(true);
server.close();
console.log(`Playwright 1.65.1: ticks of an ended timer within 3.5 s: ${own} by the browser's clock, ${tests} by the test's`);
process.exit(own === 0 && tests === 3 ? 0 : 1);
JS
node look.mjs
