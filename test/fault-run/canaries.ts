/** Shorter pieces would be found by chance. */
const MINIMUM_PIECE = 16;
/** A line in the middle of a PEM body is enough to know it by. */
const PEM_LINE = 48;

interface Needle {
  readonly name: string;
  readonly bytes: Buffer;
}

/** Secrets that must never be found in clear, in any of the forms in which they travel. */
export class Canaries {
  readonly #needles: Needle[] = [];

  /** Adds a secret and its base64. */
  add(name: string, secret: string): void {
    if (secret.length < MINIMUM_PIECE) throw new Error(`the canary ${name} is too short`);
    this.#needles.push({ name, bytes: Buffer.from(secret) });
    // The middle does not depend on where the secret stands in what is encoded with it, for one of three shifts.
    for (const shift of [0, 1, 2]) {
      const encoded = Buffer.from('x'.repeat(shift) + secret).toString('base64');
      this.#needles.push({ name: `${name} in base64`, bytes: Buffer.from(encoded.slice(4, -4)) });
    }
  }

  /** Adds the keys and tokens of a kubeconfig, not its certificates, which are no secret. */
  addKubeconfig(name: string, kubeconfig: string): void {
    const key = /client-key-data: (\S+)/.exec(kubeconfig)?.[1];
    if (key !== undefined) {
      this.#needles.push({ name: `key of ${name} in base64`, bytes: middle(key) });
      const body = Buffer.from(key, 'base64').toString().split('\n').slice(1, -2).join('');
      this.#needles.push({ name: `key of ${name}`, bytes: middle(body) });
    }
    const token = /token: (\S+)/.exec(kubeconfig)?.[1];
    if (token !== undefined) this.add(`token of ${name}`, token);
  }

  /** Names of the secrets that the text or the bytes hold. */
  foundIn(content: string | Buffer): string[] {
    const bytes = typeof content === 'string' ? Buffer.from(content) : content;
    const found = this.#needles.filter((needle) => bytes.includes(needle.bytes)).map(({ name }) => name);
    // Tokens that a cluster has issued to us are not known here, but their form is.
    if (/eyJ[\w-]{16,}\.eyJ[\w-]{16,}\./.test(bytes.toString('latin1'))) found.push('a token of a service account');
    return [...new Set(found)];
  }
}

function middle(text: string): Buffer {
  const start = Math.max(0, Math.floor((text.length - PEM_LINE) / 2));
  return Buffer.from(text.slice(start, start + PEM_LINE));
}
