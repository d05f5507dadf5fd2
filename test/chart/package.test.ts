import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { type PackedChart, packChart } from '../../tools/chart/package.ts';
import { CHART, helm, helmMissing } from './helm.ts';

describe('the packed chart', { skip: helmMissing }, () => {
  let directory: string;
  let packed: PackedChart;

  before(async () => {
    directory = await mkdtemp(join(tmpdir(), 'nautes-package-'));
    packed = await packChart(directory);
  });
  after(() => rm(directory, { recursive: true }));

  it('renders what the folder renders, with definitions, alerts and dashboard', async () => {
    const values = { monitoring: { rules: { enabled: true }, serviceMonitor: { enabled: true } } };
    const render = async (chart: string) => (await helm(['template', 'nautes', chart], { values })).stdout;
    const text = await render(packed.archive);
    assert.equal(text, await render(CHART));
    for (const kind of ['CustomResourceDefinition', 'PrometheusRule', 'ServiceMonitor', 'Deployment']) {
      assert.match(text, new RegExp(`^kind: ${kind}$`, 'm'));
    }
    assert.match(text, /"title": "Clusters ready"/);
  });

  it('has its checksum beside it', async () => {
    const checksum = createHash('sha256')
      .update(await readFile(packed.archive))
      .digest('hex');
    assert.ok((await readFile(packed.checksumFile, 'utf8')).startsWith(`${checksum}  nautes-`));
  });
});
