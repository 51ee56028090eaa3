/** The style of the house, as far as a linter sees it; test/house sees the rest. Messages name the replacement. */
import js from '@eslint/js';
import globals from 'globals';
import tseslint from 'typescript-eslint';

/** Files that are one long table; test/house/named-tables.json lists them for both. */
import tables from './test/house/named-tables.json' with { type: 'json' };

const ambientClock = [
  {
    selector: "CallExpression[callee.object.name='Date'][callee.property.name='now']",
    message: 'Date.now() → take `now: Instant` as an argument; exporter/src/clock.ts alone reads the clock.',
  },
  {
    selector: "NewExpression[callee.name='Date'][arguments.length=0]",
    message: 'new Date() → take `now: Instant` as an argument; exporter/src/clock.ts alone reads the clock.',
  },
];

const inexactText = [
  {
    selector: "CallExpression[callee.name='parseFloat'], CallExpression[callee.property.name='parseFloat']",
    message: 'parseFloat → readAmount of units/money-text, or parseDecimal of units/decimal: they refuse junk.',
  },
];

const ambientOutput = [
  {
    selector: "MemberExpression[object.name='console']",
    message: 'console.* → write to the stream, or to the logger, that main hands in.',
  },
];

const chance = [
  {
    selector: "CallExpression[callee.object.name='Math'][callee.property.name='random']",
    message: 'Math.random → the same input must give the same output; take ids and seeds as arguments.',
  },
];

export default tseslint.config(
  { ignores: ['exporter/dist/**', 'node_modules/**', '.venv/**', 'data/**', 'coverage/**', 'test/fixtures/**'] },
  js.configs.recommended,
  {
    files: ['**/*.{js,cjs,mjs,ts}'],
    languageOptions: { globals: globals.node },
    rules: {
      'max-lines': ['error', { max: 300, skipBlankLines: false, skipComments: false }],
      eqeqeq: ['error', 'always'],
      // Parsers refuse control characters by naming them.
      'no-control-regex': 'off',
      'no-var': 'error',
      'prefer-const': 'error',
    },
  },
  {
    files: ['**/*.ts'],
    extends: [...tseslint.configs.recommendedTypeChecked],
    languageOptions: { parserOptions: { project: './tsconfig.json', tsconfigRootDir: import.meta.dirname } },
    rules: {
      // A port's methods are asynchronous whatever stands behind them.
      '@typescript-eslint/require-await': 'off',
      '@typescript-eslint/restrict-template-expressions': [
        'error',
        { allowNumber: true, allowBoolean: true, allowArray: true },
      ],
      '@typescript-eslint/consistent-type-imports': [
        'error',
        { fixStyle: 'inline-type-imports', disallowTypeAnnotations: false },
      ],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
    },
  },
  {
    files: ['exporter/src/**/*.ts'],
    rules: {
      'max-lines-per-function': ['error', { max: 60, skipBlankLines: false, skipComments: false }],
      'no-restricted-syntax': ['error', ...ambientClock, ...inexactText, ...chance, ...ambientOutput],
    },
  },
  {
    files: ['exporter/src/clock.ts'],
    rules: { 'no-restricted-syntax': ['error', ...inexactText, ...chance, ...ambientOutput] },
  },
  {
    files: ['exporter/src/units/**/*.ts'],
    rules: { 'no-restricted-syntax': ['error', ...ambientClock, ...chance, ...ambientOutput] },
  },
  {
    files: ['exporter/src/{units,facts,contract,ledger,reconciliation,views,store}/**/*.ts'],
    rules: {
      'no-restricted-globals': [
        'error',
        { name: 'process', message: 'process → configuration and streams come in as arguments from main.' },
      ],
    },
  },
  {
    files: ['test/**/*.ts'],
    rules: {
      // Tests read JSON answers and child processes whose shape the expectation itself states.
      '@typescript-eslint/no-explicit-any': 'off',
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-call': 'off',
      '@typescript-eslint/no-unsafe-return': 'off',
      '@typescript-eslint/unbound-method': 'off',
      '@typescript-eslint/restrict-template-expressions': 'off',
      'no-regex-spaces': 'off',
    },
  },
  { files: ['test/**/*.typetest.ts'], rules: { '@typescript-eslint/restrict-plus-operands': 'off' } },
  { files: ['**/*.cjs', '*.js'], rules: { '@typescript-eslint/no-require-imports': 'off' } },
  { files: tables, rules: { 'max-lines': 'off' } },
);
