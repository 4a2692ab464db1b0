/** Tests stand beside what they test, as x.test.ts; whole-program tests are in tests/. */
export default {
  testMatch: ['<rootDir>/**/*.test.ts'],
  testPathIgnorePatterns: ['/node_modules/', '/dist/'],
  modulePathIgnorePatterns: ['<rootDir>/dist/'],
  transform: {
    '\\.ts$': ['@swc/jest', { jsc: { target: 'es2023', parser: { syntax: 'typescript' } }, module: { type: 'commonjs' } }],
  },
  globalSetup: '<rootDir>/tests/harness/prepare.ts',
  // Each test mostly waits for a program that it runs; one worker fewer than processors, jest's choice, is one on a machine with two
  maxWorkers: '100%',
  // Functional tests have no time limit: how long an emulator takes is for bench/ to tell
  testTimeout: 2 ** 31 - 1,
};
