import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { dirname, join, relative, resolve } from 'node:path';
import { describe, it } from 'node:test';
import { operations } from './operations.ts';
import { clusterPath, fillPath, paths } from './paths.ts';

const root = join(import.meta.dirname, '../..');
const STATIC_IMPORT = /(?:^|\n)(?:import|export)\s+(?:\{[^}]*\}|\*(?: as \w+)?|\w+)\s+from\s+'([^']+)'/g;
const IMPORT = /(?:^|\n)(?:import|export)\s+(?:\{[^}]*\}|\*(?: as \w+)?|\w+)\s+from\s+'([^']+)'|import\('([^']+)'\)/g;

/** Every module that the file loads at run time, with its importer. */
async function reached(
  file: string,
  imports = IMPORT,
  found = new Map<string, string>(),
): Promise<ReadonlyMap<string, string>> {
  for (const match of (await readFile(file, 'utf8')).matchAll(imports)) {
    const specifier = match[1] ?? match[2] ?? '';
    const target = specifier.startsWith('.') ? resolve(dirname(file), specifier) : specifier;
    if (found.has(target)) continue;
    found.set(target, relative(root, file));
    if (specifier.startsWith('.')) await reached(target, imports, found);
  }
  return found;
}

describe('the contract', () => {
  it('runs in a browser: it imports no module of Node and no package but typebox', async () => {
    const files = (await readdir(import.meta.dirname, { recursive: true })).filter((name) =>
      /(?<!\.test)\.ts$/.test(name),
    );
    assert.ok(files.includes('operations.ts'));
    for (const name of files) {
      const modules = await reached(join(import.meta.dirname, name));
      const foreign = [...modules].filter(([module]) => !module.startsWith('/') && !/^typebox(\/|$)/.test(module));
      assert.deepEqual(foreign, [], name);
    }
  });

  it('reads a valid reply without the schema library, which takes longer to load than all of the command line', async () => {
    const modules = await reached(join(import.meta.dirname, 'read-view.ts'), STATIC_IMPORT);
    assert.deepEqual(
      [...modules.keys()].filter((module) => !module.startsWith('/')),
      [],
    );
  });

  it('has one operation for each path and method, and no path without an operation', () => {
    const served = Object.values(operations).map(({ method, path }) => `${method} ${path}`);
    assert.equal(new Set(served).size, served.length);
    assert.deepEqual(new Set(Object.values(operations).map(({ path }) => path)), new Set(Object.values(paths)));
  });
});

describe('paths', () => {
  it('are filled in with percent-encoded segments', () => {
    assert.equal(clusterPath(paths.clusterStatus, 'a/b c'), '/api/v1/clusters/a%2Fb%20c/status');
    assert.equal(fillPath('/x/{one}/{two}', { one: '$&', two: '..' }), '/x/%24%26/..');
  });
});
