import { readFile } from 'node:fs/promises';
import { dirname, join, relative, resolve } from 'node:path';

/** What each part may import besides itself and packages. A part that is missing here may import nothing of ours. */
const allowed: Readonly<Record<string, readonly string[]>> = {
  'src/base': [],
  'src/messages': ['src/base'],
  'src/errors': ['src/base', 'src/messages'],
  'src/resources': ['src/base', 'src/messages', 'src/errors'],
  'src/contract': ['src/base', 'src/messages', 'src/resources'],
  'src/catalog': ['src/base', 'src/messages', 'src/errors', 'src/resources', 'src/contract'],
  'src/git-store': ['src/base', 'src/messages', 'src/errors', 'src/resources'],
  'src/vault': ['src/base', 'src/messages', 'src/errors'],
  'src/secrets': ['src/base', 'src/messages', 'src/errors', 'src/resources', 'src/vault'],
  'src/workload-auth': ['src/base', 'src/messages', 'src/errors', 'src/resources', 'src/vault'],
  'src/git-host': ['src/base', 'src/messages', 'src/errors', 'src/resources'],
  'src/identity': ['src/base', 'src/messages', 'src/errors', 'src/resources', 'src/git-host'],
  'src/kube-objects': ['src/base', 'src/messages', 'src/errors', 'src/resources'],
  'src/kube': ['src/base', 'src/messages', 'src/errors', 'src/resources', 'src/kube-objects'],
  'src/state': ['src/base', 'src/messages', 'src/errors', 'src/resources'],
  'src/render': ['src/base', 'src/messages', 'src/errors', 'src/resources', 'src/catalog', 'src/kube-objects'],
  'src/reconcile': ['src/base', 'src/messages', 'src/errors', 'src/resources', 'src/state'],
  'src/cluster-access': ['src/base', 'src/messages', 'src/errors', 'src/resources', 'src/secrets', 'src/kube'],
  'src/registry': [
    'src/base',
    'src/messages',
    'src/errors',
    'src/resources',
    'src/catalog',
    'src/git-store',
    'src/secrets',
    'src/identity',
    'src/kube-objects',
    'src/kube',
    'src/cluster-access',
    'src/state',
  ],
  'src/controllers': [
    'src/reconcile',
    'src/base',
    'src/messages',
    'src/errors',
    'src/resources',
    'src/catalog',
    'src/git-store',
    'src/secrets',
    'src/kube-objects',
    'src/kube',
    'src/cluster-access',
    'src/render',
    'src/state',
    'src/workload-auth',
  ],
  'src/api': ['src/base', 'src/messages', 'src/errors', 'src/resources', 'src/contract', 'src/registry', 'src/state'],
  'src/server': [
    'src/reconcile',
    'src/base',
    'src/messages',
    'src/errors',
    'src/resources',
    'src/catalog',
    'src/git-store',
    'src/secrets',
    'src/vault',
    'src/workload-auth',
    'src/git-host',
    'src/identity',
    'src/kube-objects',
    'src/kube',
    'src/cluster-access',
    'src/render',
    'src/registry',
    'src/controllers',
    'src/state',
    'src/api',
  ],
  'src/client': ['src/base', 'src/messages', 'src/errors', 'src/contract'],
  'src/cli': [
    'src/base',
    'src/messages',
    'src/errors',
    'src/resources',
    'src/contract',
    'src/client',
    'src/server',
    'src/identity',
    'src/secrets',
    'sandbox',
  ],
  sandbox: ['src/base', 'src/messages', 'src/errors'],
};

/** Folders that may import everything: they test, show or measure the whole. */
const unrestricted = ['test', 'demo', 'bench', 'tools'];

const IMPORT =
  /(?:^|\n)\s*(?:import|export)\s[^'"]*?from\s+'([^']+)'|import\('([^']+)'\)|(?:^|\n)\s*import\s+'([^']+)'/g;

function partOf(path: string): string {
  const [first = '', second = ''] = path.split('/');
  return first === 'src' ? `${first}/${second}` : first;
}

/** The imports of a file that go against the direction of the parts, as messages. */
export async function importDirectionProblems(root: string, file: string): Promise<string[]> {
  const part = partOf(file);
  if (unrestricted.includes(part)) return [];
  const isTest = /\.(test|contract)\.ts$/.test(file);
  const text = await readFile(join(root, file), 'utf8');
  const problems: string[] = [];
  for (const match of text.matchAll(IMPORT)) {
    const specifier = match[1] ?? match[2] ?? match[3] ?? '';
    if (!specifier.startsWith('.')) continue;
    const target = partOf(relative(root, resolve(root, dirname(file), specifier)));
    const permitted = target === part || (allowed[part] ?? []).includes(target);
    // Tests may use the simulator and the test tools as their counterpart.
    const counterpart = isTest && ['sandbox', 'test', 'tools'].includes(target);
    if (!permitted && !counterpart) problems.push(`${file}: ${part} must not import ${target} (${specifier})`);
  }
  return problems;
}
