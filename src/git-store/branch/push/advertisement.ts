import { message } from '../../../messages/message.ts';
import { NO_OBJECT } from '../../git/objects.ts';
import { PacketReader, ProtocolError } from './packets.ts';

/** Packets taken of one advertisement: a reference each, of which a server of ours needs one. */
const MAXIMUM_PACKETS = 1_000_000;

const LINE = /^([0-9a-f]{40}) ([^\0\n]+)(?:\0([^\n]*))?\n?$/;

/** What the receiving side says before it is asked (gitprotocol-pack, "Reference Discovery"). */
export interface Advertisement {
  /** The commit of the reference; empty when there is none. */
  readonly commit: string;
  readonly capabilities: ReadonlySet<string>;
}

/** The receiving side refuses in its own words. */
export class RemoteRefuses extends Error {}

/** Reads an advertisement and keeps of its references the one that is asked for. */
export class AdvertisementReader {
  readonly #packets = new PacketReader();
  readonly #reference: string;
  #commit = '';
  #capabilities: ReadonlySet<string> | undefined;
  #isAfterService = false;
  #count = 0;

  constructor(reference: string) {
    this.#reference = reference;
  }

  /**
   * The advertisement, once it is complete.
   * @throws RemoteRefuses, ProtocolError
   */
  append(chunk: Buffer): Advertisement | undefined {
    this.#packets.append(chunk);
    for (let packet = this.#packets.next(); packet !== undefined; packet = this.#packets.next()) {
      this.#count += 1;
      if (this.#count > MAXIMUM_PACKETS) throw new ProtocolError(message('remote.tooManyReferences'));
      // Over HTTP a flush follows the name of the service, before anything is said.
      const isEnd = packet === 'flush' && !this.#isAfterService;
      this.#isAfterService = false;
      if (isEnd) return this.#complete();
      if (packet !== 'flush') this.#take(packet.toString('utf8'));
    }
    return undefined;
  }

  #complete(): Advertisement {
    if (this.#capabilities === undefined) throw new ProtocolError(message('remote.notGit'));
    return { commit: this.#commit, capabilities: this.#capabilities };
  }

  #take(line: string): void {
    if (line.startsWith('ERR ')) throw new RemoteRefuses(line.slice('ERR '.length).trim());
    if (this.#capabilities === undefined && line.startsWith('# service=')) {
      this.#isAfterService = true;
      return;
    }
    if (/^(version 1|shallow [0-9a-f]+)\n?$/.test(line)) return;
    const [, commit = '', reference = '', capabilities = ''] = LINE.exec(line) ?? [];
    if (commit === '') throw new ProtocolError(message('remote.notSha1'));
    this.#capabilities ??= new Set(capabilities.split(' ').filter(Boolean));
    if (reference === this.#reference && commit !== NO_OBJECT) this.#commit = commit;
  }
}
