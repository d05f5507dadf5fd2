import type { FleetRow } from '../../registry/fleet/fleet-row.ts';
import { type GzipPart, gzipPart } from '../http/gzip-parts.ts';

/** Rows of a block on average; one that changes costs its block. */
const ROWS_OF_BLOCK = 64;

/** Rows that follow each other: their JSON and the same compressed, each made when it is first asked for. */
export class RowBlock {
  readonly rows: readonly FleetRow[];
  readonly #textOf: (row: FleetRow) => string;
  #json: Buffer | undefined;
  #part: Promise<GzipPart> | undefined;

  constructor(rows: readonly FleetRow[], textOf: (row: FleetRow) => string) {
    this.rows = rows;
    this.#textOf = textOf;
  }

  get json(): Buffer {
    return (this.#json ??= Buffer.from(this.rows.map(this.#textOf).join(',')));
  }

  get part(): Promise<GzipPart> {
    return (this.#part ??= gzipPart(this.json));
  }
}

/**
 * Cuts rows into blocks; a block of `before` with the same rows is taken over. Names decide where a block begins, not
 * places: a row that comes or goes changes its own block and no other.
 * @param rows in the order of names; a row that changes is another object
 */
export function rowBlocks(
  rows: readonly FleetRow[],
  before: readonly RowBlock[],
  textOf: (row: FleetRow) => string,
): readonly RowBlock[] {
  const known = new Map(before.map((block) => [block.rows[0]?.name, block]));
  return cut(rows).map((part) => {
    const same = known.get(part[0]?.name);
    const isSame = same?.rows.length === part.length && same.rows.every((row, index) => row === part[index]);
    return isSame ? same : new RowBlock(part, textOf);
  });
}

function cut(rows: readonly FleetRow[]): readonly (readonly FleetRow[])[] {
  const parts: FleetRow[][] = [];
  for (const row of rows) {
    const last = parts.at(-1);
    if (last === undefined || beginsBlock(row.name)) parts.push([row]);
    else last.push(row);
  }
  return parts;
}

/** True for about one name in {@link ROWS_OF_BLOCK}: FNV-1a, which is enough to scatter names. */
function beginsBlock(name: string): boolean {
  let hash = 0x811c9dc5;
  for (let index = 0; index < name.length; index += 1) {
    hash = Math.imul(hash ^ name.charCodeAt(index), 0x01000193);
  }
  return ((hash ^ (hash >>> 15)) >>> 0) % ROWS_OF_BLOCK === 0;
}
