import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { configMap, deployment } from '../../src/kube/testing/fixture.contract.ts';
import { Administrator } from '../harness/administrator.ts';
import { sandboxSource } from '../harness/sandbox-source.ts';
import { type TargetClusterSource, workerBody } from '../harness/target-cluster.ts';
import { TestBed } from '../harness/test-bed.ts';
import type { TestComponent } from '../harness/test-catalog.ts';
import { waitUntil } from '../harness/wait-until.ts';

const CHINESE = { 'accept-language': 'zh-CN' };

/** Members of replies that hold texts for people. */
const TEXTS = new Set(['message', 'remedy', 'warnings', 'advisories', 'description']);

/** Words of other programs and of the caller, and lists of values. */
const QUOTATION = /“[^”]*”|"[^"]*"|`[^`]*`|\[[^\]]*\]/g;
/** Commands to type. */
const COMMAND = /\b(?:kubectl|nautes|vault|git|helm)(?: [-\w.,:/=<>{}'\\]+)+/g;
/** Two words of lower case in a row. */
const ENGLISH = /(?<![-\w/.])[a-z]{2,} [a-z]{2,}(?![-\w/.])/;

/** The texts for people in a reply, at any depth. */
function textsIn(value: unknown, isText = false): readonly string[] {
  if (typeof value === 'string') return isText ? [value] : [];
  if (typeof value !== 'object' || value === null) return [];
  if (Array.isArray(value)) return value.flatMap((entry) => textsIn(entry, isText));
  return Object.entries(value).flatMap(([key, member]) =>
    key === 'params' || key === 'action' ? [] : textsIn(member, TEXTS.has(key)),
  );
}

function isEnglish(text: string): boolean {
  return ENGLISH.test(text.replace(QUOTATION, '').replace(COMMAND, ''));
}

const settings: TestComponent = {
  name: 'fine',
  category: 'deployment',
  manifest: [configMap('fine', 'settings')],
};
const workload: TestComponent = {
  name: 'workload',
  category: 'progressiveDelivery',
  manifest: [deployment('workload', 'web')],
  advisories: [{ text: { en: 'only for tests', zh: '仅用于测试' } }],
};

describe('a server that is asked in Chinese', () => {
  let source: TargetClusterSource & { readonly sandbox: Awaited<ReturnType<typeof sandboxSource>>['sandbox'] };
  let bed: TestBed;
  const asked = new Set<string>();

  before(async () => {
    source = await sandboxSource(2);
    bed = await TestBed.open(source, { components: [settings, workload] });
  });
  after(async () => {
    await bed?.[Symbol.asyncDispose]();
    await source?.close();
  });

  /** Asks in Chinese and refuses English in the reply. */
  async function ask(method: string, path: string, body?: unknown, more: Readonly<Record<string, string>> = {}) {
    const reply = await bed.client.request(method, path, body, { ...CHINESE, ...more });
    for (const text of textsIn(reply.body)) {
      assert.ok(!isEnglish(text), `${method} ${path}: ${text}`);
      asked.add(text);
    }
    return reply;
  }

  const one = '/api/v1/clusters/one';

  it('recognises English', () => {
    assert.ok(isEnglish('the cluster is not found'));
    assert.ok(!isEnglish('集群 one 不可用：“connection refused by peer”'));
    assert.ok(!isEnglish('请运行 kubectl get pods -n one'));
  });

  it('answers mistakes in Chinese', async () => {
    const body = workerBody(bed.target);
    const mistakes: readonly (readonly [string, string, unknown?, Record<string, string>?])[] = [
      ['GET', one],
      ['GET', `${one}/status`],
      ['GET', `${one}/receipt`],
      ['DELETE', one],
      ['GET', one, undefined, { authorization: 'Bearer wrong' }],
      ['POST', one, '{"usage": abc}'],
      ['POST', one, '{"usage": 1}'],
      ['POST', one, '[]'],
      ['POST', `${one}?body.usage.x=1`, body],
      ['POST', `${one}?body.usage=a&body.usage=b`, body],
      ['POST', `${one}?insecure_skip_check=perhaps`, body],
      ['POST', '/api/v1/clusters/Not_A_Name', body],
      ['POST', one, { ...body, usage: 'thing', api_server: 'http://example.test', kubeconfig: 'x' }],
      ['POST', one, { ...body, api_server: 'https://169.254.169.254' }],
      [
        'POST',
        one,
        { ...body, kubeconfig: bed.target.kubeconfig.replace(/current-context: .*/, 'current-context: z') },
      ],
      ['POST', one, { ...body, kubeconfig: '{' }],
      ['POST', one, { ...body, cluster_type: 'virtual', host_cluster: 'absent' }],
      ['POST', one, body, { 'if-match': '"other"' }],
      ['GET', '/api/v1/clusters?limit=none'],
      ['GET', '/api/v1/clusters?continue=none'],
      ['GET', '/api/v1/clusters?field_selector=a~b'],
    ];
    for (const [method, path, content, headers] of mistakes) {
      const { status } = await ask(method, path, content, headers);
      assert.ok(status >= 400, `${method} ${path}: ${status}`);
    }
  });

  it('plans in Chinese, with findings', async () => {
    await ask('POST', `${one}/plan`, workerBody(bed.target));
    await ask('POST', `${one}/plan`, { ...workerBody(bed.target), usage: 'thing' });
    source.sandbox.clusters[1]?.faults.set([{ kind: 'unreachable' }]);
    const away = source.sandbox.clusters[1];
    const body = { ...workerBody(bed.target), api_server: away?.server, kubeconfig: away?.kubeconfig() };
    const { body: plan } = await ask('POST', `${one}/plan`, body);
    assert.match(JSON.stringify(plan['findings']), /CLUSTER_CONNECTION_REFUSED/);
  });

  it('shows the life of a cluster in Chinese: installing, ready, changed by hand, out of reach, deleted', async () => {
    assert.equal((await ask('POST', one, workerBody(bed.target))).status, 200);
    await bed.client.waitFor(bed.name, (status) => (status?.components.length ?? 0) > 0, 'components');
    await ask('GET', `${one}/status`);
    await bed.ready();
    await ask('GET', '/api/v1/statuses');
    await ask('GET', '/api/v1/catalog');
    const path = '/api/v1/namespaces/fine/configmaps/settings';
    await new Administrator(bed.target).patch(path, { data: { a: 'other' } });
    await waitUntil('the repair is told of', async () => (await bed.messages('DriftRepaired')).length > 0);
    await bed.target.setReachable(false);
    await bed.client.waitForPhase(bed.name, 'Degraded');
    await ask('GET', `${one}/status`);
    await ask('DELETE', `${one}?dry_run=true`);
    await bed.target.setReachable(true);
    await bed.ready();
    const incarnation = (await bed.client.status(bed.name))?.incarnation ?? '';
    await ask('DELETE', one);
    await ask('GET', `${one}/events`, undefined, { accept: 'application/json' });
    await bed.receipt(incarnation);
    const { body } = await ask('GET', `${one}/receipt`);
    assert.equal(body['incarnation'], incarnation);
    await ask('GET', '/api/v1/events', undefined, { accept: 'application/json' });
    assert.ok(asked.size > 40, `${asked.size} texts`);
  });
});
