import { oneLine } from '../../base/one-line.ts';
import { MARK_KEY } from './commit-mark.ts';
import type { Caller } from '../../resources/caller.ts';

/** Longest subject and trailer value that we write; more is cut. */
const MAXIMUM_SUBJECT = 200;
const MAXIMUM_TRAILER_VALUE = 1000;
const MAXIMUM_PERSON = 200;

const TRAILER_LINE = /^([A-Za-z0-9][A-Za-z0-9-]*):[ \t]*(.*)$/;

/** A person in the header of a commit. */
export interface Person {
  readonly name: string;
  readonly email: string;
}

/** A commit on `main` as far as its readers need it. */
export interface CommitInfo {
  readonly id: string;
  /** Name of the author. */
  readonly author: string;
  /** When it was committed, RFC 3339 in UTC. */
  readonly time: string;
  readonly subject: string;
  readonly trailers: ReadonlyMap<string, string>;
}

/** What a commit message is made of. */
export interface CommitText {
  readonly subject: string;
  /** One line each; what is not a trailer is left out. */
  readonly trailers: readonly (readonly [key: string, value: string])[];
  readonly requestId: string;
}

/** The content of a commit object. Times are seconds since the epoch. */
export function encodeCommit(commit: {
  readonly tree: string;
  readonly parent: string;
  readonly author: Person;
  readonly committer: Person;
  readonly seconds: number;
  readonly message: string;
}): Buffer {
  const lines = [
    `tree ${commit.tree}`,
    ...(commit.parent === '' ? [] : [`parent ${commit.parent}`]),
    `author ${encodePerson(commit.author)} ${commit.seconds} +0000`,
    `committer ${encodePerson(commit.committer)} ${commit.seconds} +0000`,
    '',
    commit.message,
  ];
  return Buffer.from(lines.join('\n'));
}

export function authorOf(caller: Caller): Person {
  return { name: personText(caller.name) || personText(caller.id) || 'unknown', email: caller.email };
}

function encodePerson({ name, email }: Person): string {
  return `${personText(name) || 'unknown'} <${personText(email).replaceAll(' ', '')}>`;
}

/** Git ends a name at `<` and a header at a line feed. */
function personText(text: string): string {
  return oneLine(text.replace(/[<>\s]+/g, ' '), MAXIMUM_PERSON);
}

/** Subject and trailers of a request; `Request-Id` comes last and is ours alone. */
export function commitMessage(text: CommitText): string {
  const trailers = text.trailers
    .filter(([key]) => TRAILER_LINE.test(`${key}:`) && key.toLowerCase() !== 'request-id')
    .map(([key, value]) => trailerLine(key, value));
  const subject = oneLine(text.subject, MAXIMUM_SUBJECT) || 'Change a resource';
  return `${subject}\n\n${[...trailers, trailerLine('Request-Id', text.requestId)].join('\n')}\n`;
}

function trailerLine(key: string, value: string): string {
  return `${key}: ${oneLine(value, MAXIMUM_TRAILER_VALUE)}`;
}

/** A commit object as its readers need it. Whoever made it: nothing is taken for granted. */
export function decodeCommit(
  id: string,
  content: Buffer,
): CommitInfo & { readonly tree: string; readonly parents: readonly string[] } {
  const text = content.toString('utf8');
  const blank = text.indexOf('\n\n');
  const header = (blank < 0 ? text : text.slice(0, blank)).split('\n');
  const message = blank < 0 ? '' : text.slice(blank + 2);
  const author = /^author (.*?) ?<[^>]*> -?\d+/.exec(header.find((line) => line.startsWith('author ')) ?? '');
  const committer = header.find((line) => line.startsWith('committer ')) ?? '';
  const seconds = Number(/> (\d{1,12}) /.exec(committer)?.[1] ?? 0);
  return {
    id,
    tree: header.find((line) => line.startsWith('tree '))?.slice(5) ?? '',
    parents: header.filter((line) => line.startsWith('parent ')).map((line) => line.slice(7)),
    author: oneLine(author?.[1] ?? '', MAXIMUM_PERSON),
    time: commitTime(seconds),
    subject: oneLine(message.split('\n', 1)[0] ?? '', MAXIMUM_SUBJECT),
    trailers: decodeTrailers(message),
  };
}

function commitTime(seconds: number): string {
  return `${new Date(Math.min(seconds, 253_402_300_799) * 1000).toISOString().slice(0, 19)}Z`;
}

/** The trailers: the last paragraph, if it is not the subject and has nothing but trailers. The last of a key counts. */
function decodeTrailers(message: string): Map<string, string> {
  const paragraphs = message.trimEnd().split(/\n(?:[ \t]*\n)+/);
  const trailers = new Map<string, string>();
  if (paragraphs.length < 2) return trailers;
  for (const line of (paragraphs.at(-1) ?? '').split('\n')) {
    const match = TRAILER_LINE.exec(line);
    if (match === null) return new Map();
    if (match[1] !== MARK_KEY) trailers.set(match[1] ?? '', oneLine(match[2] ?? '', MAXIMUM_TRAILER_VALUE));
  }
  return trailers;
}
