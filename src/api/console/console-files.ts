import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** The encodings of a file, the preferred first; the build writes each beside the file itself. */
const ENCODINGS = [
  { name: 'br', suffix: '.br' },
  { name: 'gzip', suffix: '.gz' },
] as const;

/** Names that the build gives: flat, with a hash. Nothing else is looked for. */
const ASSET_NAME = /^[\w-][\w.-]{0,120}\.(?<extension>js|css|svg|png)$/;

const CONTENT_TYPES: Readonly<Record<string, string>> = {
  js: 'text/javascript; charset=utf-8',
  css: 'text/css; charset=utf-8',
  svg: 'image/svg+xml',
  png: 'image/png',
};

export interface Asset {
  readonly content: Buffer;
  readonly contentType: string;
  /** Absent for the file as it is. */
  readonly encoding?: string;
}

/** The page of the console as it was built; undefined while it is not. */
export function readShell(directory: string): Promise<string | undefined> {
  return readIfThere(join(directory, 'index.html')).then((content) => content?.toString());
}

/**
 * A file of the console.
 * @param name of one segment, as the request has it
 * @param accepted the header `Accept-Encoding`
 * @returns undefined when there is none of that name
 */
export async function readAsset(directory: string, name: string, accepted: string): Promise<Asset | undefined> {
  const extension = ASSET_NAME.exec(name)?.groups?.['extension'] ?? '';
  const contentType = CONTENT_TYPES[extension];
  if (contentType === undefined) return undefined;
  const file = join(directory, 'assets', name);
  for (const { name: encoding, suffix } of ENCODINGS) {
    if (!accepts(accepted, encoding)) continue;
    const content = await readIfThere(file + suffix);
    if (content !== undefined) return { content, contentType, encoding };
  }
  const content = await readIfThere(file);
  return content && { content, contentType };
}

/** Whether the encoding is named and not refused by a weight of 0 (RFC 9110, 12.5.3). */
function accepts(header: string, encoding: string): boolean {
  return header.split(',').some((range) => {
    const [name = '', ...parameters] = range.split(';').map((part) => part.trim().toLowerCase());
    return name === encoding && !parameters.some((parameter) => /^q=0(\.0*)?$/.test(parameter));
  });
}

async function readIfThere(file: string): Promise<Buffer | undefined> {
  try {
    return await readFile(file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
