import { defineConfig } from 'vitest/config';

const common = {
  globalSetup: ['libs/testkit/src/servers/global-setup.ts'],
  exclude: ['**/node_modules/**'],
  pool: 'forks' as const,
  // What is awaited comes when it comes; a test of a promised time says that time itself.
  expect: { poll: { timeout: 15_000 } },
};

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          ...common,
          name: 'units and services',
          include: ['{libs,services,deploy,helm}/**/*.test.ts', 'test-e2e/lint/**/*.test.ts'],
          maxWorkers: 2,
          testTimeout: 30_000,
          hookTimeout: 60_000,
          sequence: { groupOrder: 0 },
        },
      },
      {
        test: {
          ...common,
          name: 'fleet',
          include: ['test-e2e/**/*.test.ts'],
          exclude: ['**/node_modules/**', 'test-e2e/lint/**'],
          // Each file starts a whole installation: one at a time.
          fileParallelism: false,
          testTimeout: 120_000,
          hookTimeout: 240_000,
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
});
