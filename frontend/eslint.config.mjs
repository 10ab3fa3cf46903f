import eslint from '@eslint/js';
import angular from 'angular-eslint';
import boundaries from 'eslint-plugin-boundaries';
import tseslint from 'typescript-eslint';

const FEATURES = 'runs|run-detail|new-run|checkpoints|elites|live-view|game|system|shell';

export default tseslint.config(
  {ignores: ['dist/', 'node_modules/', '.angular/']},
  {
    files: ['src/**/*.ts'],
    extends: [
      eslint.configs.recommended,
      ...tseslint.configs.strictTypeChecked,
      ...tseslint.configs.stylisticTypeChecked,
      ...angular.configs.tsRecommended,
    ],
    languageOptions: {parserOptions: {projectService: true, tsconfigRootDir: import.meta.dirname}},
    processor: angular.processInlineTemplates,
    rules: {
      '@angular-eslint/prefer-on-push-component-change-detection': 'error',
      '@angular-eslint/prefer-signals': 'error',
      '@angular-eslint/prefer-inject': 'error',
      '@angular-eslint/prefer-standalone': 'error',
      '@angular-eslint/component-selector': ['error', {type: 'element', prefix: 'app', style: 'kebab-case'}],
      '@typescript-eslint/explicit-module-boundary-types': 'error',
      '@typescript-eslint/consistent-type-imports': 'off', // Angular needs values of what it injects.
      '@typescript-eslint/no-extraneous-class': ['error', {allowWithDecorator: true}],
      '@typescript-eslint/prefer-nullish-coalescing': ['error', {ignorePrimitives: {string: true}}], // "" means none.
    },
  },
  {
    files: ['src/**/*.html'],
    extends: [...angular.configs.templateRecommended, ...angular.configs.templateAccessibility],
  },
  {
    // Who may know whom: docs in architecture.md. Features do not know each other; widgets know no data but its types;
    // only widgets draw with Chart.js, only run-data talks Socket.IO.
    files: ['src/**/*.ts'],
    plugins: {boundaries},
    settings: {
      'import/resolver': {typescript: {alwaysTryTypes: true, project: './tsconfig.app.json'}},
      'boundaries/dependency-nodes': ['import', 'dynamic-import', 'export'],
      'boundaries/elements': [
        {type: 'data', pattern: 'src/app/run-data', partialMatch: false},
        {type: 'widget', pattern: 'src/app/widgets', partialMatch: false},
        {type: 'feature', pattern: `src/app/(${FEATURES})`, partialMatch: false, capture: ['name']},
      ],
      'boundaries/files': [{category: 'root', pattern: ['src/main.ts', 'src/app/app*.ts']}],
    },
    rules: {
      'boundaries/no-unknown-files': 'error',
      'boundaries/dependencies': [
        'error',
        {
          default: 'disallow',
          checkAllOrigins: true,
          policies: [
            {allow: {to: {module: {origin: 'external'}}}},
            {from: {file: {categories: 'root'}}, allow: {to: {element: {types: {anyOf: ['feature', 'data']}}}}},
            {from: {file: {categories: 'root'}}, allow: {to: {file: {categories: 'root'}}}},
            {from: {element: {type: 'feature'}}, allow: {to: {element: {types: {anyOf: ['data', 'widget']}}}}},
            {from: {element: {type: 'widget'}}, allow: {to: {element: {type: 'data'}}, dependency: {kind: 'type'}}},
            {from: {element: {type: '!widget'}}, disallow: {to: {module: {origin: 'external', source: 'chart.js'}}}},
            {
              from: {element: {type: '!data'}},
              disallow: {to: {module: {origin: 'external', source: 'socket.io-client'}}},
            },
          ],
        },
      ],
    },
  },
  {
    files: ['src/app/app*.ts', 'src/main.ts'],
    rules: {'no-restricted-imports': ['error', {paths: ['chart.js', 'socket.io-client']}]},
  },
);
