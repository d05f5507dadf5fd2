import type { JsonObject } from '../base/json.ts';
import { flatString } from '../base/time.ts';

/** Texts shorter than this are kept as they are: the bookkeeping would cost more than the text. */
const MINIMUM_SHARED_LENGTH = 96;

/** Values whose text is shorter are parsed again when they are asked for. */
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

/** Shares equal JSON texts for as long as somebody holds one. One pool serves all clusters of a process. */
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
    // The value that an entry keeps is the one that readers pass on.
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

  /** One copy of a short string that many objects hold, such as the name of a field manager. */
  internName(name: string): string {
    const known = this.#names.get(name);
    if (known !== undefined) return known;
    // Names come from URLs: a copy of its own does not keep the URL alive.
    const copy = flatString(name);
    this.#names.set(copy, copy);
    return copy;
  }

  /** Number of texts that are shared now. */
  get size(): number {
    return this.#entries.size;
  }
}
