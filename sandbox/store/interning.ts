import type { JsonObject } from '../base/json.ts';
import { flatString } from '../base/time.ts';

/** Shorter texts are not interned: the bookkeeping would cost more than the text. */
const MINIMUM_SHARED_LENGTH = 96;

/** Values whose text is shorter are parsed again at each read. */
const MINIMUM_CACHED_VALUE_LENGTH = 1024;

/** A JSON object as text; equal ones of any cluster are one. */
export class InternedJson {
  readonly text: string;
  #value: JsonObject | undefined;

  constructor(text: string, value: JsonObject) {
    this.text = text;
    if (text.length >= MINIMUM_CACHED_VALUE_LENGTH) this.#value = value;
  }

  /** Whether readers get this very object. */
  keeps(value: JsonObject): boolean {
    return this.#value === value;
  }

  /** The parsed object. Shared, and never changed. */
  get value(): JsonObject {
    return this.#value ?? (JSON.parse(this.text) as JsonObject);
  }
}

/** Shares equal JSON texts for as long as one is referenced. One pool serves all clusters of a process. */
export class JsonPool {
  readonly #entries = new Map<string, WeakRef<InternedJson>>();
  readonly #values = new WeakMap<JsonObject, InternedJson>();
  readonly #names = new Map<string, string>();
  readonly #registry = new FinalizationRegistry<string>((text) => {
    if (this.#entries.get(text)?.deref() === undefined) this.#entries.delete(text);
  });

  intern(value: JsonObject): InternedJson {
    const seen = this.#values.get(value);
    if (seen !== undefined) return seen;
    const interned = this.#internText(JSON.stringify(value), value);
    // The value of an entry is the one passed to readers.
    if (interned.keeps(value)) this.#values.set(value, interned);
    return interned;
  }

  #internText(text: string, value: JsonObject): InternedJson {
    if (text.length < MINIMUM_SHARED_LENGTH) return new InternedJson(text, value);
    const known = this.#entries.get(text)?.deref();
    if (known !== undefined) return known;
    const interned = new InternedJson(text, value);
    this.#entries.set(text, new WeakRef(interned));
    this.#registry.register(interned, text);
    return interned;
  }

  /** One shared copy of a frequent short string, such as the name of a field manager. */
  internName(name: string): string {
    const known = this.#names.get(name);
    if (known !== undefined) return known;
    // Names are slices of URLs: a copy does not retain the URL.
    const copy = flatString(name);
    this.#names.set(copy, copy);
    return copy;
  }

  /** Number of texts that are shared now. */
  get size(): number {
    return this.#entries.size;
  }
}
