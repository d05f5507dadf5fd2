import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { crc32, deflateRawSync } from 'node:zlib';
import { readZipFile } from './zip.ts';

describe('readZipFile', () => {
  const text = Buffer.from('a file that repeats, repeats and repeats');

  it('reads a deflated and a stored file among others', () => {
    const archive = zipOf([
      { name: 'folder/', content: Buffer.alloc(0) },
      { name: 'folder/deflated', content: text, deflate: true },
      { name: 'folder/stored', content: text },
      { name: 'empty', content: Buffer.alloc(0), deflate: true },
    ]);
    assert.deepEqual(readZipFile(archive, 'folder/deflated'), text);
    assert.deepEqual(readZipFile(archive, 'folder/stored'), text);
    assert.equal(readZipFile(archive, 'empty').length, 0);
  });

  it('reads an archive with a comment at its end', () => {
    assert.deepEqual(readZipFile(zipOf([{ name: 'a', content: text }], 'built today'), 'a'), text);
  });

  it('names the file that is not there', () => {
    assert.throws(() => readZipFile(zipOf([]), 'folder/kubectl'), /no file folder\/kubectl/);
  });

  it('refuses a file whose content does not match its checksum', () => {
    const archive = zipOf([{ name: 'a', content: text }]);
    archive.writeUInt8(0, 35);
    assert.throws(() => readZipFile(archive, 'a'), /a in the archive is damaged/);
  });

  it('refuses what is not an archive', () => {
    assert.throws(() => readZipFile(Buffer.from('<html>not found</html> and more'), 'a'), /not a zip archive/);
    assert.throws(() => readZipFile(Buffer.alloc(0), 'a'), /not a zip archive/);
  });
});

interface File {
  readonly name: string;
  readonly content: Buffer;
  readonly deflate?: boolean;
}

function zipOf(files: readonly File[], comment = ''): Buffer {
  const local: Buffer[] = [];
  const central: Buffer[] = [];
  let offset = 0;
  for (const { name, content, deflate = false } of files) {
    const data = deflate ? deflateRawSync(content) : content;
    const common = Buffer.alloc(26);
    common.writeUInt16LE(20, 0);
    common.writeUInt16LE(deflate ? 8 : 0, 4);
    common.writeUInt32LE(crc32(content), 10);
    common.writeUInt32LE(data.length, 14);
    common.writeUInt32LE(content.length, 18);
    common.writeUInt16LE(name.length, 22);
    const rest = Buffer.alloc(14);
    rest.writeUInt32LE(offset, 10);
    central.push(Buffer.from('504b01021400', 'hex'), common, rest, Buffer.from(name));
    local.push(Buffer.from('504b0304', 'hex'), common, Buffer.from(name), data);
    offset += 30 + name.length + data.length;
  }
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(files.length, 8);
  end.writeUInt16LE(files.length, 10);
  end.writeUInt32LE(Buffer.concat(central).length, 12);
  end.writeUInt32LE(offset, 16);
  end.writeUInt16LE(comment.length, 20);
  return Buffer.concat([...local, ...central, end, Buffer.from(comment)]);
}
