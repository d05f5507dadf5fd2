import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { FIRST_LOAD_LIMIT, loadedParts, PAGE_LIMIT } from './budget.ts';

describe('parts of a build of the console', () => {
  it('are the first load with everything it imports, and what each lazy page adds', () => {
    const parts = loadedParts({
      'index.html': {
        file: 'index.js',
        isEntry: true,
        css: ['index.css'],
        imports: ['_react'],
        dynamicImports: ['list'],
      },
      _react: { file: 'react.js' },
      list: { file: 'list.js', css: ['list.css'], imports: ['_react', '_table'], dynamicImports: ['graph'] },
      _table: { file: 'table.js', imports: ['_react'] },
      graph: { file: 'graph.js', imports: ['_react'] },
    });
    assert.deepEqual(parts, [
      { name: 'first load', files: ['index.js', 'index.css', 'react.js'], limit: FIRST_LOAD_LIMIT },
      { name: 'graph', files: ['graph.js'], limit: PAGE_LIMIT },
      { name: 'list', files: ['list.js', 'list.css', 'table.js'], limit: PAGE_LIMIT },
    ]);
  });
});
