import { oneLine } from '../base/one-line.ts';
import type { Message } from '../messages/text.ts';
import { message } from '../messages/message.ts';
import type { GitLabProtectedBranch, GitLabPushAccess } from './gitlab-api.ts';

/** GitLab's roles by their access level. */
const ROLES: readonly (readonly [level: number, name: string])[] = [
  [5, 'Minimal Access'],
  [10, 'Guest'],
  [15, 'Planner'],
  [20, 'Reporter'],
  [30, 'Developer'],
  [40, 'Maintainer'],
  [50, 'Owner'],
  [60, 'Administrator'],
];

/** Users and groups that a rule is worded with. */
const MAXIMUM_PUSHERS = 20;

/** Characters of a name in a message. */
const MAXIMUM_NAME = 60;

export const REPORTER = 20;
export const DEVELOPER = 30;
export const MAINTAINER = 40;

export function roleName(level: number): Message {
  const name = ROLES.findLast(([least]) => level >= least)?.[1];
  return name === undefined ? message('gitRole.none') : message('gitRole.named', { name });
}

/**
 * Whether a protected-branch rule matches this branch: its name, or a pattern in which `*` matches anything.
 * Case-sensitive, as in GitLab.
 */
export function ruleMatches(pattern: string, branch: string): boolean {
  const [first = '', ...others] = pattern.split('*');
  const last = others.pop();
  if (last === undefined) return first === branch;
  if (!branch.startsWith(first)) return false;
  let position = first.length; // each part as early as it can be: no pattern takes longer than its own length
  for (const part of others) {
    const found = branch.indexOf(part, position);
    if (found < 0) return false;
    position = found + part.length;
  }
  return branch.length - last.length >= position && branch.endsWith(last);
}

/** Who may push to a branch. If several rules match, the most permissive applies, as in GitLab. */
export interface PushRule {
  /** Least access level that suffices; `undefined` when no role does. */
  readonly role: number | undefined;
  /** Names of users and groups that may push too, as GitLab writes them. */
  readonly named: readonly string[];
}

/** The rule for the branch, or `undefined` when it is not protected: then every Developer may push. */
export function pushRule(protections: readonly GitLabProtectedBranch[], branch: string): PushRule | undefined {
  const matching = protections.filter(({ name }) => ruleMatches(name, branch));
  if (matching.length === 0) return undefined;
  const entries = matching.flatMap((protection) => protection.push_access_levels);
  const roles = entries.filter(isRole).map(({ access_level: level }) => level ?? 0);
  const levels = roles.filter((level) => level > 0);
  return {
    role: levels.length === 0 ? undefined : Math.min(...levels),
    named: entries
      .filter((entry) => !isRole(entry))
      .slice(0, MAXIMUM_PUSHERS)
      .map((entry) => oneLine(entry.access_level_description, MAXIMUM_NAME)),
  };
}

function isRole(entry: GitLabPushAccess): boolean {
  return (entry.user_id ?? entry.group_id ?? entry.deploy_key_id ?? undefined) === undefined;
}

/** Words the rule as a part of a sentence. */
export function describeRule(rule: PushRule | undefined): Message {
  const { role, named: names } = rule ?? { role: DEVELOPER, named: [] };
  if (role === undefined) return names.length === 0 ? message('pushers.none') : message('pushers.names', { names });
  const name = roleName(role);
  return names.length === 0
    ? message('pushers.role', { role: name })
    : message('pushers.roleAndNames', { role: name, names });
}
