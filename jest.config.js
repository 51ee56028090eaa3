/** One jest for the whole repository, with the clock in UTC. */
process.env.TZ = 'UTC';

/** @type {import('jest').Config} */
module.exports = {
  testEnvironment: 'node',
  roots: ['<rootDir>/test'],
  testMatch: ['**/*.test.ts'],
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      { jsc: { target: 'es2022', parser: { syntax: 'typescript' } }, module: { type: 'commonjs' } },
    ],
  },
  modulePathIgnorePatterns: ['<rootDir>/exporter/dist'],
  testTimeout: 60_000,
  maxWorkers: 2,
  // The embedded engine keeps one data folder a process: a worker over this limit, which each is, is not used again.
  workerIdleMemoryLimit: '1MB',
};
