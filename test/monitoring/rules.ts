import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseYaml } from '../../src/base/yaml.ts';

export const RULES_FILE = join(import.meta.dirname, '../../deploy/monitoring/alerts.yaml');

export interface AlertRule {
  readonly alert: string;
  readonly expr: string;
  readonly for: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

/** The alerts of `deploy/monitoring`. */
export async function alertRules(): Promise<readonly AlertRule[]> {
  const { groups } = parseYaml(await readFile(RULES_FILE, 'utf8')) as { groups: { rules: AlertRule[] }[] };
  return groups.flatMap(({ rules }) => rules);
}
