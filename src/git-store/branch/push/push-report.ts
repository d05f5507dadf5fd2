import { message, quoted } from '../../../messages/message.ts';
import { linesOf } from '../remote/git-report.ts';
import { PacketReader, ProtocolError } from './packets.ts';

/** Bytes of words that are kept; what hooks print beyond is not shown. */
const MAXIMUM_WORDS_BYTES = 64 * 1024;

/** Bands of gitprotocol-capabilities, "side-band-64k". */
const [DATA, PROGRESS, FAILURE] = [1, 2, 3];

/** What the receiving side says of a push of one reference (gitprotocol-pack, "Report Status"). */
export interface PushReport {
  /** Why the reference was not moved; absent when it was. */
  readonly refusal?: string;
  /** Lines of the receiving side and of its hooks. */
  readonly remote: readonly string[];
}

/** Reads the report of a push, alone or in the bands of a channel. */
export class PushReportReader {
  readonly #reference: string;
  readonly #outer = new PacketReader();
  /** The packets of the report, when they come in a band. */
  readonly #inner: PacketReader;
  readonly #hasBands: boolean;
  #words = '';
  #unpacked: string | undefined;
  #outcome: { readonly refusal?: string } | undefined;

  constructor(reference: string, hasBands: boolean) {
    this.#reference = reference;
    this.#hasBands = hasBands;
    this.#inner = hasBands ? new PacketReader() : this.#outer;
  }

  /** Lines of the receiving side so far. */
  get remote(): readonly string[] {
    return linesOf(this.#words);
  }

  /**
   * The report, once it is complete; the receiving side may continue afterwards, with hooks and housekeeping.
   * @throws ProtocolError
   */
  append(chunk: Buffer): PushReport | undefined {
    this.#outer.append(chunk);
    if (!this.#hasBands) return this.#read();
    for (let packet = this.#outer.next(); packet !== undefined; packet = this.#outer.next()) {
      const band = packet === 'flush' ? undefined : packet[0];
      const content = packet === 'flush' ? undefined : packet.subarray(1);
      if (band === undefined || content === undefined) throw new ProtocolError(message('remote.endedWithoutReport'));
      if (band === PROGRESS) this.#say(content.toString('utf8'));
      else if (band === FAILURE) throw new ProtocolError(quoted(content.toString('utf8').trim()));
      else if (band !== DATA) throw new ProtocolError(message('remote.notGit'));
      if (band === DATA) this.#inner.append(content);
      const report = this.#read();
      if (report !== undefined) return report;
    }
    return undefined;
  }

  #say(text: string): void {
    if (this.#words.length < MAXIMUM_WORDS_BYTES) this.#words += text;
  }

  #read(): PushReport | undefined {
    for (let packet = this.#inner.next(); packet !== undefined; packet = this.#inner.next()) {
      if (packet === 'flush') return this.#complete();
      this.#take(packet.toString('utf8').trimEnd());
    }
    return undefined;
  }

  #take(line: string): void {
    if (line.startsWith('unpack ')) this.#unpacked = line.slice('unpack '.length);
    else if (line === `ok ${this.#reference}`) this.#outcome = {};
    else if (line.startsWith(`ng ${this.#reference} `)) {
      this.#outcome = { refusal: line.slice(`ng ${this.#reference} `.length) };
    }
  }

  #complete(): PushReport {
    const { remote } = this;
    if (this.#outcome === undefined || this.#unpacked === undefined) {
      throw new ProtocolError(message('remote.noReport'));
    }
    const isUnpacked = this.#unpacked === 'ok' || this.#outcome.refusal !== undefined;
    return { remote, ...(isUnpacked ? this.#outcome : { refusal: `unpacker error: ${this.#unpacked}` }) };
  }
}
