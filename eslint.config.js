// The style of what runs in the browser; types are tsconfig.json's.

import js from '@eslint/js';
import globals from 'globals';

export default [
  { ignores: ['explainer/static/', 'node_modules/', '.venv/'] },
  js.configs.recommended,
  {
    languageOptions: { ecmaVersion: 2024, sourceType: 'module', globals: globals.browser },
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    rules: {
      eqeqeq: 'error',
      'no-unused-vars': ['error', { args: 'after-used' }],
      'no-var': 'error',
      'prefer-const': 'error',
    },
  },
  { files: ['**/*.cjs'], languageOptions: { sourceType: 'commonjs', globals: globals.node } },
  { files: ['tests/javascript/*.js'], languageOptions: { globals: globals.node } },
];
