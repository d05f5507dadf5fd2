import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { reservedImportProblems } from './reserved-imports.ts';

describe('names that are reserved for one part', () => {
  let root = '';
  before(async () => {
    root = await mkdtemp(join(tmpdir(), 'nautes-lint-'));
  });
  after(() => rm(root, { recursive: true, force: true }));

  async function problems(file: string, text: string): Promise<string[]> {
    await mkdir(dirname(join(root, file)), { recursive: true });
    await writeFile(join(root, file), text);
    return reservedImportProblems(root, file);
  }

  it('may not be imported by another part, also under another name or as a type', async () => {
    const opening = "import { probe, openConnection as open } from '../kube/index.ts';\n";
    assert.deepEqual(await problems('src/registry/a.ts', opening), [
      'src/registry/a.ts: only src/cluster-access, src/management may import openConnection of src/kube',
    ]);
    const store = "import {\n  type CredentialWriter,\n  type SecretStore,\n} from '../secrets/index.ts';\n";
    assert.equal((await problems('src/controllers/b.ts', store)).length, 1);
  });

  it('may be imported by that part, by the part that has them, and where parts are composed', async () => {
    const text = "import type { SecretStore } from '../secrets/secret-store.ts';\n";
    for (const part of ['cluster-access', 'secrets', 'server']) {
      assert.deepEqual(await problems(`src/${part}/a.ts`, text), [], part);
    }
  });
});
