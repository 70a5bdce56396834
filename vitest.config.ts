import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    // Vitest leaves one core idle by default; most tests wait for child processes, so every core may have a worker.
    maxWorkers: '100%',
    projects: [
      {
        test: {
          name: 'unit',
          include: ['test/{unit,contract,golden}/**/*.test.{ts,tsx}'],
          // Against hanging, not for speed: a busy machine is many times slower than an idle one.
          testTimeout: 120_000,
        },
      },
      {
        test: {
          name: 'cli',
          include: ['test/cli/**/*.test.ts'],
          testTimeout: 60_000,
        },
      },
      {
        test: {
          name: 'e2e',
          include: ['test/e2e/**/*.test.ts'],
          testTimeout: 180_000,
          hookTimeout: 180_000,
        },
      },
    ],
  },
})
