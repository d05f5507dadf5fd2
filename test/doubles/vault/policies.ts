/** The language of policies as far as ours use it: paths, capabilities, allowed and denied parameters. */

interface Rule {
  readonly path: string;
  readonly capabilities: readonly string[];
  readonly allowed: ReadonlyMap<string, readonly unknown[]> | undefined;
  readonly denied: ReadonlyMap<string, readonly unknown[]> | undefined;
}

/** What a request needs of a policy. */
export interface Access {
  readonly path: string;
  readonly capability: string;
  readonly body: Readonly<Record<string, unknown>>;
}

const BLOCK = /path\s+"([^"]+)"\s*\{((?:[^{}]|\{[^{}]*\})*)\}/g;

/** The rules of a policy. @throws Error when there is something in it that is not understood */
export function parsePolicy(text: string): readonly Rule[] {
  const plain = text.replace(/^\s*#.*$/gm, '').replace(/\s+#[^"\n]*$/gm, '');
  const rest = plain.replace(BLOCK, '').trim();
  if (rest !== '') throw new Error(`the double does not understand this of the policy: ${rest.slice(0, 80)}`);
  return [...plain.matchAll(BLOCK)].map(([, path = '', block = '']) => ({
    path,
    capabilities: strings(/capabilities\s*=\s*\[([^\]]*)\]/.exec(block)?.[1] ?? ''),
    allowed: parameters(block, 'allowed_parameters'),
    denied: parameters(block, 'denied_parameters'),
  }));
}

function parameters(block: string, name: string): ReadonlyMap<string, readonly unknown[]> | undefined {
  const found = new RegExp(`${name}\\s*=\\s*\\{([^}]*)\\}`).exec(block)?.[1];
  if (found === undefined) return undefined;
  const entries = found.matchAll(/"([^"]+)"\s*=\s*\[([^\]]*)\]/g);
  return new Map([...entries].map(([, key = '', values = '']) => [key, strings(values)]));
}

function strings(list: string): readonly string[] {
  return [...list.matchAll(/"([^"]*)"/g)].map(([, value = '']) => value);
}

/** What the rules together allow on a path; a deny among those that match best is all there is. */
export function capabilitiesOn(rules: readonly Rule[], path: string): readonly string[] {
  const found = [...new Set(bestRules(rules, path).flatMap(({ capabilities }) => capabilities))];
  if (found.includes('deny') || found.length === 0) return ['deny'];
  return found.toSorted();
}

export function isAllowed(rules: readonly Rule[], { path, capability, body }: Access): boolean {
  const best = bestRules(rules, path);
  if (best.some(({ capabilities }) => capabilities.includes('deny'))) return false;
  return best.some((rule) => rule.capabilities.includes(capability) && parametersFit(rule, capability, body));
}

function parametersFit({ allowed, denied }: Rule, capability: string, body: Access['body']): boolean {
  if (capability !== 'create' && capability !== 'update') return true;
  return Object.entries(body).every(([key, value]) => {
    const refused = denied?.get(key) ?? denied?.get('*');
    if (refused !== undefined && isAmong(value, refused)) return false;
    if (allowed === undefined) return true;
    const accepted = allowed.get(key) ?? allowed.get('*');
    return accepted !== undefined && isAmong(value, accepted);
  });
}

/** An empty list stands for every value. */
function isAmong(value: unknown, values: readonly unknown[]): boolean {
  if (values.length === 0) return true;
  return values.some((pattern) => typeof value === 'string' && typeof pattern === 'string' && fits(value, pattern));
}

function fits(value: string, pattern: string): boolean {
  const [starts, ends] = [pattern.endsWith('*'), pattern.startsWith('*')];
  const inner = pattern.slice(ends ? 1 : 0, starts ? -1 : undefined);
  if (starts && ends) return value.includes(inner);
  if (starts) return value.startsWith(inner);
  return ends ? value.endsWith(inner) : value === pattern;
}

/** Vault takes the rules of the path that matches best: written out before patterns, longer before shorter. */
function bestRules(rules: readonly Rule[], path: string): readonly Rule[] {
  const matching = rules.filter((rule) => matches(rule.path, path)).toSorted((left, right) => better(left, right));
  return matching.filter((rule) => rule.path === matching[0]?.path);
}

function matches(pattern: string, path: string): boolean {
  const isPrefix = pattern.endsWith('*');
  const wanted = (isPrefix ? pattern.slice(0, -1) : pattern).split('/');
  const given = path.split('/');
  if (isPrefix ? given.length < wanted.length : given.length !== wanted.length) return false;
  return wanted.every((segment, index) => {
    const found = given[index] ?? '';
    if (segment === '+') return found !== '';
    return isPrefix && index === wanted.length - 1 ? found.startsWith(segment) : segment === found;
  });
}

function better(left: Rule, right: Rule): number {
  const rank = ({ path }: Rule): readonly number[] => {
    const wildcards = path.split('/').filter((segment) => segment === '+').length;
    const first = path.search(/\+|\*$/);
    return [first < 0 ? Number.MAX_SAFE_INTEGER : first, path.endsWith('*') ? 0 : 1, -wildcards, path.length];
  };
  const [mine, other] = [rank(left), rank(right)];
  const index = mine.findIndex((value, position) => value !== other[position]);
  return index < 0 ? 0 : (other[index] ?? 0) - (mine[index] ?? 0);
}
