import type { Group, Invitation, Membership, Project, PushEntry, User } from './model.ts';

/** The rules by which GitLab decides who may what; written from its documentation, apart from those of the server. */

export const REPORTER = 20;
export const DEVELOPER = 30;
export const MAINTAINER = 40;
const ADMINISTRATOR = 60;

/** The highest level that somebody has in a project, with the membership that gives it. */
export function effectiveMembership(project: Project, user: User, now: number): Membership | undefined {
  return highest([
    project.members.get(user),
    ...throughGroup(project.group, user, now),
    ...project.invitations.map((invitation) => throughInvitation(invitation, user, now)),
  ]);
}

/** Members of a group are those of its ancestors as well, and of groups invited to any of them. */
function throughGroup(group: Group | undefined, user: User, now: number): (Membership | undefined)[] {
  if (group === undefined) return [];
  return [
    group.members.get(user),
    ...group.invitations.map((invitation) => throughInvitation(invitation, user, now)),
    ...throughGroup(group.parent, user, now),
  ];
}

function throughInvitation(invitation: Invitation, user: User, now: number): Membership | undefined {
  if (isOver(invitation, now)) return undefined;
  const member = highest(ownMembers(invitation.group, user));
  if (member === undefined) return undefined;
  const ends = [member.expiresAt, invitation.expiresAt].filter((end) => end !== undefined).sort();
  return {
    level: Math.min(member.level, invitation.level),
    ...(ends[0] === undefined ? {} : { expiresAt: ends[0] }),
  };
}

function ownMembers(group: Group | undefined, user: User): (Membership | undefined)[] {
  return group === undefined ? [] : [group.members.get(user), ...ownMembers(group.parent, user)];
}

function highest(memberships: readonly (Membership | undefined)[]): Membership | undefined {
  return memberships.reduce(
    (best, each) => (each !== undefined && each.level > (best?.level ?? -1) ? each : best),
    undefined,
  );
}

export function isOver({ expiresAt }: Membership, now: number): boolean {
  return expiresAt !== undefined && Date.parse(expiresAt) <= now;
}

/** GitLab removes ended memberships once a day; until then they count, as here. */
function levelIn(project: Project, user: User, now: number): number {
  return effectiveMembership(project, user, now)?.level ?? 0;
}

/** Administrators may what a member of the level may; rules of branches count them by their membership all the same. */
export function mayAct(project: Project, user: User, level: number, now: number): boolean {
  return user.state === 'active' && (user.isAdministrator || levelIn(project, user, now) >= level);
}

export function mayRead(project: Project, user: User, now: number): boolean {
  return mayAct(project, user, 1, now);
}

export function mayPushCode(project: Project, user: User, now: number): boolean {
  return !project.archived && mayAct(project, user, DEVELOPER, now);
}

/** `undefined` when the branch is not protected. */
export function protectionsOf(project: Project, branch: string) {
  return project.protections.filter(({ name }) => globMatches(name, branch));
}

/** One entry of one matching rule is enough. */
export function mayPush(project: Project, user: User, branch: string, now: number): boolean {
  if (!mayPushCode(project, user, now)) return false;
  const protections = protectionsOf(project, branch);
  if (protections.length === 0) return true;
  return protections.some(({ push }) => push.some((entry) => entryAllows(entry, project, user, now)));
}

function entryAllows(entry: PushEntry, project: Project, user: User, now: number): boolean {
  if ('user' in entry) return entry.user === user && effectiveMembership(project, user, now) !== undefined;
  if ('group' in entry) {
    const isInvited = project.invitations.some(({ group, level }) => group === entry.group && level >= DEVELOPER);
    return isInvited && (entry.group.members.get(user)?.level ?? 0) >= DEVELOPER;
  }
  if (entry.level === 0) return false;
  if (entry.level === ADMINISTRATOR) return user.isAdministrator;
  return levelIn(project, user, now) >= entry.level;
}

function globMatches(pattern: string, name: string): boolean {
  const [first = '', ...rest] = pattern.split('*');
  if (rest.length === 0) return pattern === name;
  if (!name.startsWith(first)) return false;
  let from = first.length;
  const last = rest.pop() ?? '';
  for (const part of rest) {
    const at = name.indexOf(part, from);
    if (at < 0) return false;
    from = at + part.length;
  }
  return name.length - last.length >= from && name.endsWith(last);
}
