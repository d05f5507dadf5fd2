/** Worker thread that parses one manifest: text in, JSON or a problem out. */
import { parentPort, workerData } from 'node:worker_threads';
import { parseManifest } from '../kube-objects/manifest.ts';
import { saidBy } from '../errors/errors.ts';
import type { ParseReply } from './parse.ts';

function reply(text: string): ParseReply {
  try {
    return { json: JSON.stringify(parseManifest(text)) };
  } catch (error) {
    return { problem: saidBy(error) };
  }
}

parentPort?.postMessage(reply(String(workerData)), []); // strings are copied, there is nothing to transfer
