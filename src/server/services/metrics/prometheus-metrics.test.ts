import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type GaugeReading, PrometheusMetrics } from './prometheus-metrics.ts';

describe('metrics', () => {
  it('a gauge without values at first gets them, with labels, when there are some', async () => {
    let values: GaugeReading['values'] = [];
    const metrics = new PrometheusMetrics([], () =>
      Promise.resolve([{ name: 'parts', help: 'Parts by kind.', values }]),
    );
    try {
      await metrics.text();
      values = [{ labels: { kind: 'round' }, value: 2 }];
      assert.match((await metrics.text()).text, /^parts\{kind="round"\} 2$/m);
      values = [];
      assert.doesNotMatch((await metrics.text()).text, /^parts\{/m);
    } finally {
      metrics.close();
    }
  });
});
