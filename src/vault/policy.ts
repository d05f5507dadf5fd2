/** One path of a policy. */
export interface PolicyRule {
  /** Why it is needed; printed as a comment. */
  readonly comment: string;
  /** With `+` and `*` as in policies. */
  readonly path: string;
  readonly capabilities: readonly PolicyCapability[];
  /** Name -> allowed values; none: every value. Other parameters are rejected. */
  readonly allowedParameters?: Readonly<Record<string, readonly string[]>>;
  readonly deniedParameters?: Readonly<Record<string, readonly string[]>>;
}

export type PolicyCapability = 'create' | 'read' | 'update' | 'delete' | 'list' | 'sudo' | 'deny';

/** The rules as HCL of a Vault policy. */
export function policyText(rules: readonly PolicyRule[]): string {
  return rules.map(ruleText).join('\n');
}

function ruleText({ comment, path, capabilities, allowedParameters, deniedParameters }: PolicyRule): string {
  return [
    ...comment.split('\n').map((line) => `# ${line}`),
    `path ${JSON.stringify(path)} {`,
    `  capabilities = ${listText(capabilities)}`,
    ...parametersText('allowed_parameters', allowedParameters),
    ...parametersText('denied_parameters', deniedParameters),
    '}',
    '',
  ].join('\n');
}

function parametersText(name: string, parameters: Readonly<Record<string, readonly string[]>> | undefined): string[] {
  if (parameters === undefined) return [];
  const lines = Object.entries(parameters).map(([key, values]) => `    ${JSON.stringify(key)} = ${listText(values)}`);
  return [`  ${name} = {`, ...lines, '  }'];
}

function listText(values: readonly string[]): string {
  return `[${values.map((value) => JSON.stringify(value)).join(', ')}]`;
}
