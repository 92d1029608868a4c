import js from '@eslint/js'
import prettier from 'eslint-config-prettier'
import vue from 'eslint-plugin-vue'
import tseslint from 'typescript-eslint'

/** Rooms that must run everywhere: no I/O, no clock, no randomness of their own (docs/architecture.md). */
const kernels = ['positioning/**/*.ts', 'maps/**/*.ts', 'beacons/frames/**/*.ts']
const testFiles = ['**/*.test.ts', '**/*.bench.ts', '**/testing/**/*.ts']

export default tseslint.config(
  {
    ignores: [
      'dist/**',
      'node_modules/**',
      '.atrium/**',
      '**/*.cjs',
      'miniprogram/preview/testing/fixture/**',
    ],
  },
  js.configs.recommended,
  ...tseslint.configs.strictTypeChecked,
  ...tseslint.configs.stylisticTypeChecked,
  ...vue.configs['flat/recommended'],
  {
    languageOptions: {
      parserOptions: {
        projectService: { allowDefaultProject: ['eslint.config.js'] },
        extraFileExtensions: ['.vue'],
        tsconfigRootDir: import.meta.dirname,
      },
    },
    rules: {
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': 'error',
      '@typescript-eslint/restrict-template-expressions': [
        'error',
        { allowNumber: true, allowBoolean: true },
      ],
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/no-unnecessary-condition': ['error', { allowConstantLoopConditions: true }],
      'max-params': ['error', 4],
      'no-console': 'error',
      eqeqeq: 'error',
    },
  },
  {
    files: ['**/*.vue'],
    languageOptions: { parserOptions: { parser: tseslint.parser } },
    rules: {
      'no-undef': 'off',
      'vue/multi-word-component-names': 'off',
      // An optional property is typed as one; a default of undefined says nothing.
      'vue/require-default-prop': 'off',
    },
  },
  {
    files: kernels,
    ignores: testFiles,
    rules: {
      'no-restricted-globals': [
        'error',
        ...[
          'fetch',
          'process',
          'Buffer',
          'window',
          'document',
          'setTimeout',
          'setInterval',
          'performance',
          'crypto',
          'globalThis',
          'self',
          'navigator',
          'localStorage',
          'sessionStorage',
          'setImmediate',
          'queueMicrotask',
        ].map((name) => ({ name, message: 'A kernel has no I/O and no clock: take it as an argument.' })),
        ...['URL', 'TextEncoder', 'TextDecoder', 'structuredClone'].map((name) => ({
          name,
          message: 'Not there in a mini-program: a kernel uses the language alone (ES2020).',
        })),
      ],
      'no-restricted-properties': [
        'error',
        { object: 'Math', property: 'random', message: 'A kernel takes its random source as an argument.' },
        { object: 'Date', property: 'now', message: 'A kernel takes the time as an argument.' },
      ],
      'no-restricted-syntax': [
        'error',
        {
          selector: "NewExpression[callee.name='Date'][arguments.length=0]",
          message: 'A kernel takes the time as an argument.',
        },
      ],
    },
  },
  { files: ['bin/**/*.ts', '**/*.bench.ts', 'bench/**/*.ts'], rules: { 'no-console': 'off' } },
  {
    // TypeORM declares the options of an EntitySchema as a class and means a plain object.
    files: ['**/*.entity.ts'],
    rules: { '@typescript-eslint/no-unsafe-class-instance-assignment': 'off' },
  },
  {
    // The data of a page are typed by assertion: what the page is, is inferred from them.
    files: ['miniprogram/app/**/*.ts'],
    rules: { '@typescript-eslint/no-unnecessary-type-assertion': 'off' },
  },
  {
    files: testFiles,
    rules: {
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/no-empty-function': 'off',
    },
  },
  { files: ['eslint.config.js', '**/*.mjs'], ...tseslint.configs.disableTypeChecked },
  prettier,
)
