import { copyFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run } from '../../src/base/programs/process.ts';
import { stringifyYaml } from '../../src/base/yaml.ts';
import { promtoolBinary } from '../../tools/prometheus/binary.ts';
import { type Sample, seriesOf } from './exposition.ts';
import { type AlertRule, RULES_FILE } from './rules.ts';

/** What Prometheus adds to every series of the server. */
export const TARGET = { namespace: 'nautes', job: 'nautes-metrics', instance: '10.0.0.1:9090' };

const MINUTES = 120;

export interface RuleCase {
  readonly name: string;
  readonly samples: readonly Sample[];
  /** Alerts that fire at the end, and no others do. */
  readonly firing: readonly Firing[];
}

export interface Firing {
  readonly rule: AlertRule;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

/**
 * Lets Prometheus evaluate all rules over two hours in which the samples stay as they are.
 * @returns what promtool says; its exit code is not 0 when another alert fires, or one does not
 */
export async function evaluateRules(rules: readonly AlertRule[], { name, samples, firing }: RuleCase) {
  const directory = await mkdtemp(join(tmpdir(), 'nautes-rules-'));
  try {
    await copyFile(RULES_FILE, join(directory, 'alerts.yaml'));
    const test = {
      name,
      interval: '1m',
      input_series: samples.map((sample) => ({
        series: seriesOf(sample, TARGET),
        values: `${Number.isFinite(sample.value) ? sample.value : 0}x${MINUTES}`,
      })),
      alert_rule_test: rules.map(({ alert }) => ({
        eval_time: `${MINUTES}m`,
        alertname: alert,
        exp_alerts: firing
          .filter(({ rule }) => rule.alert === alert)
          .map(({ labels, annotations }) => ({ exp_labels: labels, exp_annotations: annotations })),
      })),
    };
    const whole = { rule_files: ['alerts.yaml'], evaluation_interval: '1m', tests: [test] };
    const file = join(directory, 'test.yaml');
    await writeFile(file, stringifyYaml(whole));
    const program = await promtoolBinary();
    if (program === undefined) throw new Error('promtool is not built');
    const { code, stdout, stderr } = await run(program, ['test', 'rules', file]);
    return { code, output: `${stdout.toString()}${stderr}` };
  } finally {
    await rm(directory, { recursive: true });
  }
}
