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
    // Without the film, for which the browser packs a picture of each moment. Before and after each action the trace has the page.
    trace: { mode: 'retain-on-failure', screenshots: false },
    viewport: { width: 1280, height: 900 },
    launchOptions: {
      executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
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
