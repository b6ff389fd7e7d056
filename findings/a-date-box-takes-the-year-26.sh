#!/usr/bin/env bash
# Somebody types the 22nd of December 2026 the way people write it, 22 12 26, into a date box of Chromium.
#
# Most expect: the year becomes 2026, as in a spreadsheet, or the box says that the year is not complete.
# Seen (Chromium 153.0.8010.0 of npm's @sparticuz/chromium, driven by playwright-core 1.65.1, British dates): the box holds the
# year 26, and is valid: `0026-12-22`, and `0026-12-22T10:00` in a box for date and time. An examination that opens at such a
# moment is open at once. A form has to set `min` and `max`, and the server has to refuse such years itself.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund --save-exact @sparticuz/chromium@153.0.0 playwright-core@1.65.1 >/dev/null 2>&1
cat >look.mjs <<'SCRIPT'
import chromium from '@sparticuz/chromium';
import { chromium as driver } from 'playwright-core';

const browser = await driver.launch({
  executablePath: await chromium.executablePath(),
  args: [...chromium.args, '--no-sandbox', '--lang=en-GB'],
  headless: true,
});
const page = await browser.newPage({ locale: 'en-GB' });
await page.setContent('<form><input type="date" required><input type="datetime-local" required></form>');
const keys = async (...all) => {
  for (const text of all) {
    await page.keyboard.type(text);
    await page.keyboard.press('Tab');
  }
};
await page.focus('[type=date]');
await keys('221226');
await page.focus('[type=datetime-local]');
await keys('221226', '1000');
const seen = await page.$$eval('input', (boxes) => boxes.map((box) => `${box.value} ${box.validity.valid}`));
console.log(`Chromium ${browser.version()}: ${seen.join(', ')}`);
await browser.close();
if (seen.join() !== '0026-12-22 true,0026-12-22T10:00 true') process.exit(1);
SCRIPT
LANGUAGE=en_GB LANG=en_GB.UTF-8 node look.mjs
echo "As stated: a year of two digits is the year 26, and valid."
