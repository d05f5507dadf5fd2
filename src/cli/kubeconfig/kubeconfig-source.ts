import { stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { readBoundedFile } from '../../base/files/bounded-file.ts';
import { isMissingFile } from '../../base/files/files.ts';
import { NautesError } from '../../errors/errors.ts';
import { kubeconfigText } from '../../kubeconfig/text.ts';
import { message } from '../../messages/message.ts';
import { STANDARD_INPUT, unreadable } from '../documents/sources.ts';

/** Bytes of one kubeconfig of the command line, as a user has it: with many clusters. */
const MAXIMUM_KUBECONFIG_FILE_BYTES = 16 * 1024 * 1024;

/** A kubeconfig that was read. */
export interface KubeconfigSource {
  readonly text: string;
  /** From where its relative paths go. */
  readonly directory: string;
  /** The standard input, or a pipe of the shell (`<(command)`): it cannot be read again, by kubectl neither. */
  readonly isStream: boolean;
}

/** What cannot be read twice is kept for those who ask again. */
const streams = new Map<string, Promise<KubeconfigSource>>();

/**
 * Reads a kubeconfig: a file, `-` or a pipe. `undefined` when there is no such file.
 * @throws NautesError `FileUnreadable`, `KubeconfigNotYaml`, `KubeconfigInvalid`
 */
export async function readKubeconfigSource(name: string): Promise<KubeconfigSource | undefined> {
  try {
    if (name !== STANDARD_INPUT && (await stat(name)).isFile()) {
      return { text: kubeconfigText(await bytesOf(name)), directory: dirname(name), isStream: false };
    }
    const read = streams.get(name) ?? readStream(name);
    streams.set(name, read);
    return await read;
  } catch (error) {
    if (isMissingFile(error)) return undefined;
    throw unreadable(name, error);
  }
}

async function readStream(name: string): Promise<KubeconfigSource> {
  return { text: kubeconfigText(await bytesOf(name)), directory: process.cwd(), isStream: true };
}

async function bytesOf(name: string): Promise<Buffer> {
  if (name !== STANDARD_INPUT) return readBoundedFile(name, MAXIMUM_KUBECONFIG_FILE_BYTES, { pipes: true });
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of process.stdin as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > MAXIMUM_KUBECONFIG_FILE_BYTES) {
      const problem = message('File.tooLarge', { limit: MAXIMUM_KUBECONFIG_FILE_BYTES });
      throw new NautesError('FileUnreadable', { file: name, problem });
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
