/** Worker thread that parses manifests: text in, JSON or a problem out. */
import { parentPort } from 'node:worker_threads';
import { parseManifest } from '../kube-objects/manifest.ts';
import { saidBy } from '../errors/errors.ts';
import type { ParseReply } from './parse-thread.ts';

function reply(text: string): ParseReply {
  try {
    return { json: JSON.stringify(parseManifest(text)) };
  } catch (error) {
    return { problem: saidBy(error) };
  }
}

parentPort?.on('message', (text: unknown) => parentPort?.postMessage(reply(String(text)), []));
