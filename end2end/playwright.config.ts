import { defineConfig } from '@playwright/test';

// Started by scripts/e2e.sh, which serves a freshly seeded site and says where.
export default defineConfig({
  testDir: '.',
  outputDir: './test-results',
  fullyParallel: true,
  workers: 2,
  // A test that passes only on a retry reveals a fault, so there are no retries.
  retries: 0,
  forbidOnly: !!process.env.CI,
  // Far more than any step takes: a slow machine is not a fault. Tests with a time limit state it themselves.
  timeout: 300_000,
  expect: { timeout: 30_000 },
  reporter: [['list']],
  use: {
    baseURL: process.env.BASE_URL,
    // A click on a missing element fails at its own line, not at the whole test's time limit.
    actionTimeout: 30_000,
    // TRACE=yes keeps what each page was before and after each action. It takes a quarter of the time, so it is for looking for a fault.
    trace: process.env.TRACE ? { mode: 'retain-on-failure', screenshots: false } : 'off',
    viewport: { width: 1280, height: 900 },
    launchOptions: {
      executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium-headless-shell',
      args: [
        ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
        '--disable-quic',
        '--no-first-run',
      ],
    },
  },
});
