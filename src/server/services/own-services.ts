import type { Message } from '../../messages/text.ts';
import { message } from '../../messages/message.ts';
import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import { networkInterfaces } from 'node:os';
import { sleep } from '../../base/async/timing.ts';
import type { AddressPolicy } from '../../kube/index.ts';
import { isOneOf } from '../../base/network/address-class.ts';
import type { Configuration } from '../configuration/configuration.ts';
import { readListen } from '../configuration/load.ts';

/** How often names are resolved again. */
const INTERVAL_MILLISECONDS = 5 * 60_000;

/** A resolver that does not answer must not delay the start for long. */
const START_MILLISECONDS = 5000;

const DEFAULT_PORTS: Readonly<Record<string, number>> = { 'http:': 80, 'https:': 443, 'ssh:': 22 };

/** A service of this installation with its address. */
export interface Service {
  readonly what: Message;
  /** A name or an IP address. */
  readonly host: string;
  readonly port: number;
}

type Resolve = (host: string) => Promise<readonly string[]>;

/**
 * The addresses of the services of this installation: no cluster should have them, because requests of this server
 * could reach there what its callers cannot (SSRF). Names and their addresses both count; an unresolvable name
 * counts by itself.
 */
export class OwnServices {
  readonly #services: readonly Service[];
  readonly #resolve: Resolve;
  #addresses = new Map<string, readonly string[]>();
  #timer: NodeJS.Timeout | undefined;

  constructor(services: readonly Service[], resolve: Resolve = resolveName) {
    this.#services = services;
    this.#resolve = resolve;
  }

  /** Resolves the names now, for some seconds at most, and periodically. */
  async start(): Promise<void> {
    const patience = new AbortController();
    await Promise.race([this.#look(), sleep(START_MILLISECONDS, patience.signal).catch(() => {})]);
    patience.abort();
    this.#timer = setInterval(() => void this.#look(), INTERVAL_MILLISECONDS).unref();
  }

  close(): void {
    clearInterval(this.#timer);
  }

  /** The service at an address, as a part of a message. */
  readonly describe: NonNullable<AddressPolicy['ownService']> = (host, port) => {
    const isAddress = isIP(host) !== 0;
    const found = this.#services.find(
      (service) =>
        service.port === port &&
        (isAddress ? isOneOf(host, this.#addresses.get(service.host) ?? []) : service.host === host),
    );
    return found?.what;
  };

  async #look(): Promise<void> {
    const hosts = [...new Set(this.#services.map(({ host }) => host))];
    const found = await Promise.all(
      hosts.map(async (host) => {
        const before = this.#addresses.get(host) ?? [];
        return [host, await this.#resolve(host).catch(() => before)] as const;
      }),
    );
    this.#addresses = new Map(found);
  }
}

async function resolveName(host: string): Promise<readonly string[]> {
  if (isIP(host) !== 0) return [host];
  return (await lookup(host, { all: true })).map(({ address }) => address);
}

/** The services of the configuration. */
export function configuredServices(configuration: Configuration): readonly Service[] {
  const { listen, metrics, git, identity, secrets, vault, oauth } = configuration;
  return [
    ...listeners(message('service.server'), listen),
    ...listeners(message('service.metrics'), metrics.listen),
    ...remote(message('service.git'), git.remote),
    ...remote(message('service.gitHost'), identity.url),
    ...[vault.address, secrets.vault.address, ...secrets.vault.peers].flatMap((url) =>
      remote(message('service.vault'), url),
    ),
    ...remote(message('service.issuer'), oauth.issuer),
  ];
}

function remote(what: Message, url: string): readonly Service[] {
  const scp = /^[\w.-]+@([\w.-]+):(?!\/\/)/.exec(url)?.[1]; // user@host:path
  if (scp !== undefined) return [{ what, host: scp.toLowerCase(), port: 22 }];
  if (!URL.canParse(url)) return [];
  const { protocol, hostname, port } = new URL(url);
  const number = Number(port || (DEFAULT_PORTS[protocol] ?? 0));
  const host = hostname.replace(/^\[|\]$/g, '').toLowerCase();
  return host === '' || number === 0 ? [] : [{ what, host, port: number }];
}

/** A server that listens on every address answers at each of this machine's. */
function listeners(what: Message, listen: string): readonly Service[] {
  const address = readListen(listen);
  if (address === undefined || address.port === 0) return [];
  const everywhere = address.host === '0.0.0.0' || address.host === '::';
  const own = Object.values(networkInterfaces()).flatMap((each) => (each ?? []).map((network) => network.address));
  const hosts = everywhere ? [...new Set(own)] : [address.host.toLowerCase()];
  return hosts.map((host) => ({ what, host, port: address.port }));
}
