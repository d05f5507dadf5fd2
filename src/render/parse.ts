import { NautesError, saidBy } from '../errors/errors.ts';
import type { Message } from '../messages/text.ts';
import { KeyedMutex } from '../base/async/keyed-mutex.ts';
import type { KubeObject } from '../kube-objects/kube-object.ts';
import { parseManifest } from '../kube-objects/manifest.ts';
import { ParseThread } from './parse-thread.ts';

/** Smaller texts are parsed on the main thread: 64 KB of YAML take some 10 ms. */
const WORKER_CHARACTERS = 64 * 1024;

/** Large texts are parsed one after the other: each takes a hundred times its size in memory. */
const turns = new KeyedMutex();
const thread = new ParseThread();

/**
 * The objects of a manifest. A large one is parsed in a worker thread: YAML takes some 300 ms for the largest
 * known manifest, which would block the event loop; transferring its result as JSON costs 5 ms.
 * @throws NautesError `SourceInvalid`
 */
export async function parseSource(text: string, component: string, signal: AbortSignal): Promise<KubeObject[]> {
  if (text.length < WORKER_CHARACTERS) return parsed(text, component);
  return await turns.run('', () => parseLarge(text, component, signal));
}

async function parseLarge(text: string, component: string, signal: AbortSignal): Promise<KubeObject[]> {
  const reply = await thread.parse(text, signal);
  if ('problem' in reply) throw invalid(component, reply.problem);
  return JSON.parse(reply.json) as KubeObject[]; // the result of parseManifest in the worker
}

function parsed(text: string, component: string): KubeObject[] {
  try {
    return parseManifest(text);
  } catch (error) {
    throw invalid(component, saidBy(error), error);
  }
}

function invalid(component: string, problem: Message, cause?: unknown): NautesError {
  return new NautesError('SourceInvalid', { component, problem }, { cause });
}
