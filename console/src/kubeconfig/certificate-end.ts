/** Longest certificate data that are read, in characters. */
const MAXIMUM_DATA_LENGTH = 64 * 1024;

/** Tags of DER (ITU-T X.690, 8.1.2). */
const SEQUENCE = 0x30;
const CONTEXT_0 = 0xa0;
const UTC_TIME = 0x17;
const GENERALIZED_TIME = 0x18;

/**
 * When the first certificate of `client-certificate-data` ends (RFC 5280, 4.1.2.5), RFC 3339; empty where that cannot be
 * read.
 * @param data PEM in Base64, as kubeconfigs have it
 */
export function certificateEnd(data: string): string {
  if (data === '' || data.length > MAXIMUM_DATA_LENGTH) return '';
  try {
    const [, body = ''] = /-----BEGIN CERTIFICATE-----([^-]*)-----END/.exec(atob(data)) ?? [];
    return endOf(bytesOf(atob(body.replace(/\s/g, ''))));
  } catch {
    return '';
  }
}

function bytesOf(text: string): Uint8Array {
  return Uint8Array.from(text, (letter) => letter.charCodeAt(0));
}

interface Element {
  readonly tag: number;
  readonly content: Uint8Array;
}

function endOf(certificate: Uint8Array): string {
  const [outer] = elements(certificate);
  const [signed] = outer?.tag === SEQUENCE ? elements(outer.content) : [];
  const fields = signed?.tag === SEQUENCE ? elements(signed.content) : [];
  // version (optional), serialNumber, signature, issuer, validity
  const validity = fields[fields[0]?.tag === CONTEXT_0 ? 4 : 3];
  const end = validity?.tag === SEQUENCE ? elements(validity.content)[1] : undefined;
  return end === undefined ? '' : timeOf(end);
}

/** The elements that stand one after the other. @throws RangeError */
function elements(bytes: Uint8Array): readonly Element[] {
  const found: Element[] = [];
  let at = 0;
  while (at < bytes.length) {
    const tag = bytes[at] ?? 0;
    const first = bytes[at + 1] ?? 0;
    const octets = first < 0x80 ? 0 : first & 0x7f;
    if (octets > 3) throw new RangeError('length');
    let length = octets === 0 ? first : 0;
    for (let octet = 0; octet < octets; octet += 1) length = length * 256 + (bytes[at + 2 + octet] ?? 0);
    const start = at + 2 + octets;
    if (start + length > bytes.length) throw new RangeError('length');
    found.push({ tag, content: bytes.subarray(start, start + length) });
    at = start + length;
  }
  return found;
}

/** Years of UTCTime below 50 are those after 2000 (RFC 5280, 4.1.2.5.1). */
function timeOf({ tag, content }: Element): string {
  const text = String.fromCharCode(...content);
  const year = tag === UTC_TIME ? `${Number(text.slice(0, 2)) < 50 ? 20 : 19}${text}` : text;
  if (tag !== UTC_TIME && tag !== GENERALIZED_TIME) return '';
  const iso = year.replace(/^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z');
  const milliseconds = Date.parse(iso);
  return Number.isNaN(milliseconds) ? '' : new Date(milliseconds).toISOString();
}
