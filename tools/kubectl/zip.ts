import { crc32, inflateRawSync } from 'node:zlib';

/**
 * Reads one file of a zip archive (PKWARE APPNOTE 6.3), stored or deflated.
 * Not supported: ZIP64, encryption, archives in several parts.
 */
const END_OF_CENTRAL_DIRECTORY = { signature: 0x06054b50, size: 22, maximumComment: 0xffff } as const;
const CENTRAL_HEADER = { signature: 0x02014b50, size: 46 } as const;
const LOCAL_HEADER = { signature: 0x04034b50, size: 30 } as const;
const METHOD = { stored: 0, deflated: 8 } as const;

interface ZipEntry {
  readonly name: string;
  readonly method: number;
  readonly checksum: number;
  readonly compressedSize: number;
  readonly size: number;
  readonly offset: number;
}

/** The content of the named file. @throws Error when it is not there or does not match its checksum */
export function readZipFile(archive: Buffer, name: string): Buffer {
  const entry = centralDirectory(archive).find((candidate) => candidate.name === name);
  if (entry === undefined) throw new Error(`the archive has no file ${name}`);
  const content = uncompressed(archive, entry);
  if (content.length !== entry.size || crc32(content) !== entry.checksum) {
    throw new Error(`${name} in the archive is damaged`);
  }
  return content;
}

function centralDirectory(archive: Buffer): ZipEntry[] {
  const end = endOfCentralDirectory(archive);
  const count = archive.readUInt16LE(end + 10);
  const entries: ZipEntry[] = [];
  let position = archive.readUInt32LE(end + 16);
  for (let index = 0; index < count; index += 1) {
    expectSignature(archive, position, CENTRAL_HEADER.signature);
    const nameLength = archive.readUInt16LE(position + 28);
    const nameStart = position + CENTRAL_HEADER.size;
    entries.push({
      name: archive.toString('utf8', nameStart, nameStart + nameLength),
      method: archive.readUInt16LE(position + 10),
      checksum: archive.readUInt32LE(position + 16),
      compressedSize: archive.readUInt32LE(position + 20),
      size: archive.readUInt32LE(position + 24),
      offset: archive.readUInt32LE(position + 42),
    });
    position = nameStart + nameLength + archive.readUInt16LE(position + 30) + archive.readUInt16LE(position + 32);
  }
  return entries;
}

/** It is the last record, followed by a comment of unknown length only. */
function endOfCentralDirectory(archive: Buffer): number {
  const last = archive.length - END_OF_CENTRAL_DIRECTORY.size;
  for (let position = last; position >= Math.max(0, last - END_OF_CENTRAL_DIRECTORY.maximumComment); position -= 1) {
    if (archive.readUInt32LE(position) === END_OF_CENTRAL_DIRECTORY.signature) return position;
  }
  throw new Error('not a zip archive');
}

function uncompressed(archive: Buffer, entry: ZipEntry): Buffer {
  expectSignature(archive, entry.offset, LOCAL_HEADER.signature);
  const start =
    entry.offset +
    LOCAL_HEADER.size +
    archive.readUInt16LE(entry.offset + 26) +
    archive.readUInt16LE(entry.offset + 28);
  const compressed = archive.subarray(start, start + entry.compressedSize);
  if (entry.method === METHOD.stored) return compressed;
  if (entry.method === METHOD.deflated) return inflateRawSync(compressed, { maxOutputLength: Math.max(1, entry.size) });
  throw new Error(`${entry.name} is compressed by method ${entry.method}, which is not supported`);
}

function expectSignature(archive: Buffer, position: number, signature: number): void {
  if (archive.readUInt32LE(position) !== signature) throw new Error('the zip archive is damaged');
}
