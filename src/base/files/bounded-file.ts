import { closeSync, constants, fstatSync, openSync, readSync, type Stats } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';

/** A file that has more bytes than it may have. */
export class FileTooLarge extends RangeError {
  override readonly name = 'FileTooLarge';
  readonly maximumBytes: number;

  constructor(path: string, maximumBytes: number) {
    super(`${path} has more than ${maximumBytes} bytes`);
    this.maximumBytes = maximumBytes;
  }
}

/** A directory, or a pipe, socket or device where a file is expected. */
export class NotRegularFile extends Error {
  override readonly name = 'NotRegularFile';
  readonly code: 'EISDIR' | 'EFTYPE';
  readonly syscall = 'read';

  constructor(path: string, isDirectory: boolean) {
    super(`${path} is ${isDirectory ? 'a directory' : 'no regular file'}`);
    this.code = isDirectory ? 'EISDIR' : 'EFTYPE';
  }
}

export interface BoundedRead {
  /** Also a pipe, as the `<(…)` of a shell and `/dev/stdin` are. It is read until its writers close it. */
  readonly pipes?: true;
}

/** Opens at once what would otherwise wait for a writer, such as a FIFO. */
const AT_ONCE = constants.O_RDONLY | constants.O_NONBLOCK;

/**
 * The content of a file, and never more of it than the maximum, whatever it is: links are followed, and what is neither a
 * file nor, where they are allowed, a pipe is not read.
 * @throws FileTooLarge, NotRegularFile, and the error of the file system
 */
export async function readBoundedFile(
  path: string,
  maximumBytes: number,
  { pipes }: BoundedRead = {},
): Promise<Buffer> {
  const handle = await open(path, pipes === true ? constants.O_RDONLY : AT_ONCE);
  try {
    const found = await handle.stat();
    refuseUnlessReadable(path, found, maximumBytes, pipes === true);
    return await readAll(handle, path, maximumBytes);
  } finally {
    await handle.close();
  }
}

/** The same of a regular file, for the few places that cannot wait. */
export function readBoundedFileSync(path: string, maximumBytes: number): Buffer {
  const descriptor = openSync(path, AT_ONCE);
  try {
    refuseUnlessReadable(path, fstatSync(descriptor), maximumBytes, false);
    const content = Buffer.alloc(maximumBytes + 1);
    let size = 0;
    for (let read = -1; read !== 0 && size < content.length; size += read)
      read = readSync(descriptor, content, { offset: size });
    if (size > maximumBytes) throw new FileTooLarge(path, maximumBytes);
    return Buffer.from(content.subarray(0, size));
  } finally {
    closeSync(descriptor);
  }
}

/** A pipe has no size, and neither have the files of `/proc`: those are read within the limit. */
function refuseUnlessReadable(path: string, found: Stats, maximumBytes: number, pipes: boolean): void {
  const isPipe = pipes && (found.isFIFO() || found.isSocket() || found.isCharacterDevice());
  if (!found.isFile() && !isPipe) throw new NotRegularFile(path, found.isDirectory());
  if (found.isFile() && found.size > maximumBytes) throw new FileTooLarge(path, maximumBytes);
}

const CHUNK_BYTES = 64 * 1024;

async function readAll(handle: FileHandle, path: string, maximumBytes: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for (;;) {
    const chunk = Buffer.alloc(Math.min(CHUNK_BYTES, maximumBytes + 1 - size));
    const { bytesRead } = await handle.read(chunk, 0, chunk.length, null);
    if (bytesRead === 0) return Buffer.concat(chunks);
    size += bytesRead;
    if (size > maximumBytes) throw new FileTooLarge(path, maximumBytes);
    chunks.push(chunk.subarray(0, bytesRead));
  }
}
