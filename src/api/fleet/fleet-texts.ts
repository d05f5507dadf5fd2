import { type GzipPart, joinGzip, smallGzipPart } from '../http/gzip-parts.ts';
import type { FleetRowView } from '../../contract/views.ts';
import type { Language } from '../../messages/text.ts';
import type { FleetReader } from '../../registry/fleet/fleet.ts';
import type { FleetRow } from '../../registry/fleet/fleet-row.ts';
import { fleetRowReply } from '../wire/fleet-reply.ts';
import { type RowBlock, rowBlocks } from './row-blocks.ts';

/** All rows as JSON, and the same compressed; each is made when it is asked for. */
export interface FleetSnapshot {
  readonly revision: string;
  readonly json: () => Buffer;
  readonly gzip: () => Promise<Buffer>;
}

const COMMA = smallGzipPart(',');
const END = smallGzipPart(']}');

/** The rows as they are sent: each is made once for all readers of a language, and again when it changes. */
export class FleetTexts {
  readonly #fleet: FleetReader;
  readonly #rows: Readonly<Record<Language, WeakMap<FleetRow, string>>> = { en: new WeakMap(), zh: new WeakMap() };
  readonly #snapshots = new Map<Language, FleetSnapshot>();
  readonly #blocks: Record<Language, readonly RowBlock[]> = { en: [], zh: [] };

  constructor(fleet: FleetReader) {
    this.#fleet = fleet;
  }

  /** Names a state of the rows for this process. */
  get revision(): string {
    return `${this.#fleet.epoch}-${this.#fleet.revision}`;
  }

  /** The number of a revision of this process; `undefined` for one of another. */
  numberOf(revision: string): number | undefined {
    const [epoch, number = ''] = revision.split('-', 2);
    return epoch === this.#fleet.epoch && /^\d{1,15}$/.test(number) ? Number(number) : undefined;
  }

  snapshot(language: Language): FleetSnapshot {
    const known = this.#snapshots.get(language);
    const { revision } = this;
    if (known?.revision === revision) return known;
    const blocks = rowBlocks(this.#fleet.rows(), this.#blocks[language], (row) => this.#textOf(row, language));
    this.#blocks[language] = blocks;
    const made = snapshotOf(revision, blocks);
    this.#snapshots.set(language, made);
    return made;
  }

  /** An event of the stream: the rows of the names as they are now, and which of them have none any more. */
  rowsEvent(names: readonly string[], language: Language): string {
    const rows: string[] = [];
    const gone: string[] = [];
    for (const name of names) {
      const row = this.#fleet.row(name);
      if (row === undefined) gone.push(name);
      else rows.push(this.#textOf(row, language));
    }
    return `event: rows\nid: ${this.revision}\ndata: {"rows":[${rows.join(',')}],"gone":${JSON.stringify(gone)}}\n\n`;
  }

  #textOf(row: FleetRow, language: Language): string {
    const texts = this.#rows[language];
    const known = texts.get(row);
    if (known !== undefined) return known;
    const view: FleetRowView = fleetRowReply(row, language);
    const text = JSON.stringify(view);
    texts.set(row, text);
    return text;
  }
}

function snapshotOf(revision: string, blocks: readonly RowBlock[]): FleetSnapshot {
  const begin = smallGzipPart(`{"revision":${JSON.stringify(revision)},"items":[`);
  const between = <T>(parts: readonly T[], comma: T): T[] =>
    parts.flatMap((part, index) => (index === 0 ? [part] : [comma, part]));
  let compressed: Promise<Buffer> | undefined;
  const compress = async (): Promise<Buffer> => {
    const parts: readonly GzipPart[] = await Promise.all(blocks.map((block) => block.part));
    return joinGzip([begin, ...between(parts, COMMA), END]);
  };
  return {
    revision,
    json: () => {
      const rows = blocks.map((block) => block.json);
      return Buffer.concat([begin.plain, ...between<Uint8Array>(rows, COMMA.plain), END.plain]);
    },
    gzip: () => (compressed ??= compress()),
  };
}
