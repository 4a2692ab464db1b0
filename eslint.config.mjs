/** Lint: typescript-eslint with types, and the layering of docs/architecture as import boundaries. */
import eslint from '@eslint/js';
import boundaries from 'eslint-plugin-boundaries';
import { builtinModules } from 'node:module';
import tseslint from 'typescript-eslint';

/** Rooms of the house, the most specific pattern of a file first. */
const ROOMS = {
  cli: ['cli/**'],
  emulator: ['emulator/**'],
  loader: ['loader/**'],
  syscalls: ['syscalls/**'],
  sysemu: ['sysemu/**'],
  engine: ['runtime/engine/**'],
  memory: ['runtime/memory/**'],
  process: ['runtime/process/**'],
  debug: ['runtime/debug/**'],
  host: ['runtime/host/**'],
  target: ['targets/**'],
  ir: ['translate/ir/**'],
  // Interpreter, emitters, optimiser, regions
  compiler: ['translate/**'],
  project: ['bench/**', 'launcher/**', 'scripts/**', 'tests/**', 'examples/**'],
};

/** What a room may import besides itself. */
const IMPORTS = {
  cli: ['emulator', 'loader', 'debug', 'host', 'compiler', 'project'],
  emulator: ['loader', 'syscalls', 'sysemu', 'engine', 'memory', 'process', 'debug', 'host', 'target', 'compiler', 'ir'],
  loader: ['memory', 'process', 'debug', 'host'],
  syscalls: ['memory', 'process', 'debug', 'host'],
  sysemu: ['engine', 'memory', 'target', 'ir'],
  engine: ['target', 'compiler', 'ir'],
  memory: ['host'],
  process: ['memory', 'host'],
  debug: ['host'],
  host: [],
  target: ['ir'],
  ir: [],
  compiler: ['ir'],
  project: Object.keys(ROOMS),
};

/** The one file of the compiler that the run-time system may import: what a guest memory looks like to translated code. */
const GUEST_ACCESS = { category: 'guest-access', pattern: 'translate/guest-access.ts' };
const GUEST_ACCESS_USERS = ['memory', 'syscalls', 'sysemu', 'engine'];

/** Must run in a browser too. */
const PORTABLE = ['translate/**/*.ts', 'targets/**/*.ts', 'sysemu/**/*.ts', 'runtime/engine/**/*.ts'];
const TESTS = ['**/*.test.ts', 'tests/**', '**/*-fixture.ts'];
const NODE_MODULES = builtinModules.flatMap((name) => [name, `node:${name}`]);
const FFI = { group: ['koffi', 'koffi/*', '@koromix/*'], message: 'Only runtime/host touches foreign functions.' };
const NODE_GLOBALS = ['process', 'Buffer', 'require', '__dirname', '__filename', 'global', 'setImmediate'];

export default tseslint.config(
  { ignores: ['dist/', 'node_modules/', 'coverage/'] },
  eslint.configs.recommended,
  {
    files: ['**/*.ts'],
    extends: [...tseslint.configs.recommendedTypeChecked],
    languageOptions: { parserOptions: { projectService: true } },
    rules: {
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/ban-ts-comment': 'error',
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_' }],
      // Field numbers and bit patterns go into messages all the time
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true, allowNullish: true }],
      // `!` marks an index that is known to be in range, whether or not the compiler checks it
      '@typescript-eslint/no-unnecessary-type-assertion': 'off',
      // Blocks hold opcodes as plain numbers in typed arrays
      '@typescript-eslint/no-unsafe-enum-comparison': 'off',
      // Decoders and emitters are full of `for (;;)` and one-line ors
      'no-constant-condition': ['error', { checkLoops: false }],
      'no-restricted-imports': ['error', { patterns: [FFI] }],
    },
  },
  {
    files: ['**/*.ts'],
    ignores: TESTS,
    plugins: { boundaries },
    settings: {
      'import/resolver': { node: { extensions: ['.ts', '.d.ts', '.json', '.mjs'] } },
      'boundaries/include': Object.values(ROOMS).flat(),
      'boundaries/files': [GUEST_ACCESS],
      'boundaries/elements': Object.entries(ROOMS).map(([type, pattern]) => ({ type, pattern, partialMatch: false })),
    },
    rules: {
      'boundaries/dependencies': [
        'error',
        {
          default: 'disallow',
          policies: [
            ...Object.entries(IMPORTS).map(([type, allowed]) => ({
              from: { element: { type } },
              allow: { to: { element: { types: { anyOf: [type, ...allowed] } } } },
            })),
            {
              from: { element: { types: { anyOf: GUEST_ACCESS_USERS } } },
              allow: { to: { file: { categories: GUEST_ACCESS.category } } },
            },
          ],
        },
      ],
    },
  },
  {
    files: PORTABLE,
    ignores: TESTS,
    rules: {
      'no-restricted-imports': [
        'error',
        { paths: NODE_MODULES.map((name) => ({ name, message: 'This room must also run in a browser.' })), patterns: [FFI] },
      ],
      'no-restricted-globals': ['error', ...NODE_GLOBALS.map((name) => ({ name, message: 'This room must also run in a browser.' }))],
    },
  },
  {
    files: ['runtime/host/**/*.ts'],
    rules: { 'no-restricted-imports': 'off' },
  },
  {
    files: ['runtime/!(host)/**/*.ts', 'cli/**/*.ts', 'emulator/**/*.ts', 'loader/**/*.ts', 'syscalls/**/*.ts'],
    rules: {
      'no-restricted-properties': ['error', { object: 'process', property: 'dlopen', message: 'Only runtime/host opens native modules.' }],
    },
  },
  {
    files: ['**/*.mjs', '**/*.cjs'],
    languageOptions: {
      globals: {
        require: 'readonly',
        module: 'writable',
        exports: 'readonly',
        __dirname: 'readonly',
        process: 'readonly',
        console: 'readonly',
        URL: 'readonly',
        Buffer: 'readonly',
      },
    },
  },
);
