import { defineConfig } from '@playwright/test';

// Started by scripts/e2e.sh, which serves a freshly seeded site and says where.
export default defineConfig({
  testDir: '.',
  outputDir: './test-results',
  fullyParallel: true,
  workers: 2,
  // A test that passes only when it is tried again shows a fault, so nothing is tried again.
  retries: 0,
  forbidOnly: !!process.env.CI,
  // Far from what anything takes: a slow machine is no fault. What has a time to keep says so itself.
  timeout: 300_000,
  expect: { timeout: 30_000 },
  reporter: [['list']],
  use: {
    baseURL: process.env.BASE_URL,
    // A click on what never comes fails with its own line, not with the whole test's time.
    actionTimeout: 30_000,
    trace: 'retain-on-failure',
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
