import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { moduleUrl } from './module-url.ts';

describe('moduleUrl', () => {
  it('names a module with the extension of the one that asks', () => {
    assert.equal(moduleUrl('worker', 'file:///opt/a/render/parse.ts').href, 'file:///opt/a/render/worker.ts');
    assert.equal(moduleUrl('../base/yaml', 'file:///opt/a/render/parse.js').href, 'file:///opt/a/base/yaml.js');
  });
});
