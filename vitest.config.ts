import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['{libs,services,deploy}/**/*.test.ts', 'test-e2e/**/*.test.ts'],
    exclude: ['**/node_modules/**'],
    globalSetup: ['libs/testkit/src/servers/global-setup.ts'],
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 30_000,
    hookTimeout: 60_000,
  },
});
