import { gunzipSync, gzipSync } from 'node:zlib';

/** Longer documents are stored compressed: the API server pays for each byte of an object with every write. */
const PLAIN_LENGTH = 8_000;

/** Before compressed documents, which are base64 then. */
const COMPRESSED = 'gzip:';

/** Bytes of a document that was compressed; a receipt of 14,000 objects has 6 MB. */
const MAXIMUM_DOCUMENT_BYTES = 64 * 1024 * 1024;

/** A document as the text of a field: its JSON, or `gzip:` and the base64 of its compressed JSON. */
export function textOfDocument(document: unknown): string {
  const json = JSON.stringify(document);
  return json.length <= PLAIN_LENGTH ? json : COMPRESSED + gzipSync(json).toString('base64');
}

/** The document, as it was put. What it holds is up to the caller. @throws Error when the text is none of ours */
export function documentOfText(text: string): unknown {
  if (!text.startsWith(COMPRESSED)) return JSON.parse(text) as unknown;
  const bytes = Buffer.from(text.slice(COMPRESSED.length), 'base64');
  return JSON.parse(gunzipSync(bytes, { maxOutputLength: MAXIMUM_DOCUMENT_BYTES }).toString('utf8')) as unknown;
}
