import { silentLogger } from '../../base/logger.ts';
import type { Lease, LeaseListener, LeaseStore } from '../lease.ts';
import { WORKS_ANNOTATION } from '../lease.ts';
import type { OwnClock } from '../own-clock.ts';
import { Replica } from '../replica.ts';
import type { SimulatedServer } from './simulated-server.ts';
import type { VirtualTime } from './virtual-time.ts';

export interface SimulatedReplicaOptions {
  readonly name: string;
  readonly time: VirtualTime;
  readonly server: SimulatedServer;
  /** A number in [0, 1). */
  readonly random: () => number;
  /** How fast its clock is: 1 is right. */
  readonly rate?: number;
  readonly works?: boolean;
  /** Longest time of a message on its way, in milliseconds. */
  readonly latency?: number;
}

/** A replica as it is, with a process that may stop, a network that may be cut and a clock of its own. */
export class SimulatedReplica {
  readonly name: string;
  readonly replica: Replica;
  readonly #options: SimulatedReplicaOptions;
  /** It was told to end. */
  isStopping = false;
  #isDead = false;
  #pausedUntil = 0;
  #cutUntil = 0;
  /** Requests that are sent while the network is cut arrive when it is whole again. */
  #arrivesLate = false;
  #members = 0;
  #watches = 0;

  constructor(options: SimulatedReplicaOptions) {
    this.#options = options;
    this.name = options.name;
    const { works = true } = options;
    this.replica = new Replica({
      store: this.#store(),
      clock: this.#clock(),
      newName: () => `${options.name}-${(this.#members += 1)}`,
      annotations: works ? { [WORKS_ANNOTATION]: 'yes' } : {},
      timestamp: () => `${options.name} ${options.time.now}`,
      works,
      logger: silentLogger,
    });
    this.replica.start();
  }

  /** It runs its program now. */
  get isRunning(): boolean {
    return !this.#isDead && this.#options.time.now >= this.#pausedUntil;
  }

  get isDead(): boolean {
    return this.#isDead;
  }

  /** kill -9 */
  kill(): void {
    this.#isDead = true;
  }

  /** SIGSTOP, then SIGCONT */
  pause(milliseconds: number): void {
    this.#pausedUntil = Math.max(this.#pausedUntil, this.#options.time.now + milliseconds);
  }

  cut(milliseconds: number, arrivesLate: boolean): void {
    this.#cutUntil = Math.max(this.#cutUntil, this.#options.time.now + milliseconds);
    this.#arrivesLate = arrivesLate;
  }

  /** SIGTERM */
  async stop(): Promise<void> {
    this.isStopping = true;
    await this.replica.close();
    this.#isDead = true;
  }

  /** Calls back when the process runs, at the time or as soon as it does. */
  #later(milliseconds: number, happen: () => void): () => void {
    const { time } = this.#options;
    let cancel = time.at(time.now + milliseconds, () => {
      if (this.#isDead) return;
      if (this.isRunning) happen();
      else cancel = time.at(this.#pausedUntil, happen);
    });
    return () => cancel();
  }

  #clock(): OwnClock {
    const { time, rate = 1 } = this.#options;
    const began = time.now;
    const schedule = (milliseconds: number, happen: () => void) => this.#later(milliseconds / rate, happen);
    const sleep = (milliseconds: number, signal: AbortSignal) =>
      new Promise<void>((resolve, reject) => {
        if (signal.aborted) return reject(signal.reason);
        const cancel = schedule(milliseconds, resolve);
        signal.addEventListener('abort', () => {
          cancel();
          reject(signal.reason);
        });
      });
    return { now: () => (time.now - began) * rate, sleep, schedule };
  }

  #store(): LeaseStore {
    const { server } = this.#options;
    return {
      get: (name, signal) => this.#request(() => server.get(name), signal),
      create: (lease, signal) => this.#request(() => server.create(lease), signal),
      replace: (lease, signal) => this.#request(() => server.replace(lease), signal),
      remove: (lease, signal) => this.#request(() => server.remove(lease), signal),
      follow: (listener, signal) => this.#follow(listener, signal),
    };
  }

  /** The server acts when the request arrives, whether or not the replica still waits for the answer. */
  #request<T>(act: () => T, signal: AbortSignal): Promise<T> {
    const { time } = this.#options;
    return new Promise((resolve, reject) => {
      if (signal.aborted) return reject(signal.reason);
      signal.addEventListener('abort', () => reject(signal.reason));
      const isCut = time.now < this.#cutUntil;
      if (isCut && !this.#arrivesLate) return undefined;
      time.at((isCut ? this.#cutUntil : time.now) + this.#latency(), () => {
        let answer: () => void;
        try {
          const result = act();
          answer = () => resolve(result);
        } catch (error) {
          answer = () => reject(error);
        }
        if (time.now >= this.#cutUntil) this.#later(this.#latency(), answer);
      });
      return undefined;
    });
  }

  /** Changes arrive in their order; a watch that was cut begins again with everything. */
  #follow(listener: LeaseListener, signal: AbortSignal): Promise<void> {
    const { time, server } = this.#options;
    const watch = (this.#watches += 1);
    let arrives = 0;
    const deliver = (happen: () => void): void => {
      if (time.now < this.#cutUntil) return this.#watchAgain(watch, listener);
      arrives = Math.max(arrives, time.now + this.#latency());
      this.#later(arrives - time.now, () => {
        if (this.#watches === watch && !signal.aborted) happen();
      });
    };
    const tell = (name: string, lease: Lease | undefined): void =>
      deliver(() => (lease === undefined ? listener.gone(name) : listener.changed(lease)));
    this.#again = () => {
      const all = server.leases;
      deliver(() => listener.all(all));
    };
    this.#again();
    const stop = server.watch(tell);
    return new Promise((resolve) => {
      signal.addEventListener('abort', () => {
        stop();
        resolve();
      });
    });
  }

  #again: () => void = () => {};
  #isWaiting = false;

  #watchAgain(watch: number, _listener: LeaseListener): void {
    if (this.#isWaiting || watch !== this.#watches) return;
    this.#isWaiting = true;
    this.#options.time.at(this.#cutUntil, () => {
      this.#isWaiting = false;
      this.#again();
    });
  }

  #latency(): number {
    const { random, latency = 200 } = this.#options;
    return random() ** 3 * latency;
  }
}
