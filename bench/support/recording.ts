import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { createHash } from 'node:crypto';
import type { RequestObserver } from '../../sandbox/index.ts';

/** One request as a cluster got it. */
export interface RecordedRequest {
  readonly cluster: number;
  readonly method: string;
  readonly path: string;
  readonly accept: string;
  readonly contentType: string;
  /** Index of the body; -1 without one. */
  body: number;
  status: number;
  /** How many requests of the same cluster had been answered when it came: it may have waited for them. */
  readonly after: number;
}

export interface Recording {
  readonly bodies: readonly Buffer[];
  readonly requests: readonly RecordedRequest[];
}

const INCARNATION = /"cluster\.nautes\.io\/incarnation":"([^"]+)"/;
/** Placeholder for the incarnation of every cluster, so that otherwise equal bodies are stored once. */
const ANY_INCARNATION = '00000000-0000-4000-8000-000000000000';

interface Progress {
  answered: number;
  incarnation: string;
}

/** Records the requests to clusters, in their order. */
export class Recorder {
  readonly #requests: RecordedRequest[] = [];
  readonly #bodies: Buffer[] = [];
  readonly #places = new Map<string, number>();
  readonly #progress = new Map<number, Progress>();

  readonly observe: RequestObserver = (cluster, { request, response, onBody }) => {
    const progress = this.#progress.get(cluster) ?? { answered: 0, incarnation: '' };
    this.#progress.set(cluster, progress);
    const header = (name: string): string => String(request.headers[name] ?? '');
    const recorded: RecordedRequest = {
      cluster,
      method: request.method ?? '',
      path: general(request.url ?? '', progress),
      accept: header('accept'),
      contentType: header('content-type'),
      body: -1,
      status: 0,
      after: progress.answered,
    };
    this.#requests.push(recorded);
    onBody((content) => {
      recorded.body = this.#place(content, progress);
    });
    response.on('close', () => {
      recorded.status = response.statusCode;
      progress.answered += 1;
    });
  };

  /** Writes what was recorded: a line with the numbers of both, then bodies and requests, one a line. */
  async save(file: string): Promise<void> {
    await using handle = await open(file, 'w');
    await handle.write(`${JSON.stringify([this.#bodies.length, this.#requests.length])}\n`);
    for (const body of this.#bodies) await handle.write(`${JSON.stringify(body.toString())}\n`);
    const LINES = 5_000;
    for (let first = 0; first < this.#requests.length; first += LINES) {
      const lines = this.#requests.slice(first, first + LINES).map((request) => JSON.stringify(request));
      await handle.write(`${lines.join('\n')}\n`);
    }
  }

  #place(content: Buffer, progress: Progress): number {
    const text = content.toString();
    if (progress.incarnation === '') progress.incarnation = INCARNATION.exec(text)?.[1] ?? '';
    const body = Buffer.from(general(text, progress));
    const digest = createHash('sha256').update(body).digest('base64');
    const known = this.#places.get(digest);
    if (known !== undefined) return known;
    this.#bodies.push(body);
    this.#places.set(digest, this.#bodies.length - 1);
    return this.#bodies.length - 1;
  }
}

function general(text: string, { incarnation }: Progress): string {
  return incarnation === '' ? text : text.replaceAll(incarnation, ANY_INCARNATION);
}

export async function readRecording(file: string): Promise<Recording> {
  const bodies: Buffer[] = [];
  const requests: RecordedRequest[] = [];
  let bodyCount = -1;
  for await (const line of createInterface({ input: createReadStream(file), crlfDelay: Number.POSITIVE_INFINITY })) {
    if (bodyCount < 0) bodyCount = (JSON.parse(line) as [number, number])[0];
    else if (bodies.length < bodyCount) bodies.push(Buffer.from(JSON.parse(line) as string));
    else requests.push(JSON.parse(line) as RecordedRequest);
  }
  return { bodies, requests };
}
