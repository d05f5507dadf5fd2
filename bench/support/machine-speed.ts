import { createHash } from 'node:crypto';
import { figureOf, type Figure } from '../figure.ts';

/** What the fixed piece of work takes here. */
export interface MachineSpeed {
  /** Says how fast a core is. */
  readonly processorMilliseconds: number;
  /** Longer than that by what others took of the core. */
  readonly elapsedMilliseconds: number;
}

const ROUNDS = 5;
const DOCUMENTS = 2000;
const HASHED_BYTES = 32 * 1024 * 1024;

/**
 * Times a piece of work that never changes, of the kinds that the server does: objects to JSON and back, sorting, hashing.
 * With it figures of two days, or of two machines, can be compared.
 */
export function measureMachineSpeed(): MachineSpeed {
  fixedWork(); // compiles it
  const rounds = Array.from({ length: ROUNDS }, () => {
    const [cpu, begin] = [process.cpuUsage(), performance.now()];
    fixedWork();
    const { user, system } = process.cpuUsage(cpu);
    return { processorMilliseconds: (user + system) / 1000, elapsedMilliseconds: performance.now() - begin };
  });
  const median = (key: keyof MachineSpeed): number =>
    rounds.map((round) => round[key]).toSorted((a, b) => a - b)[ROUNDS >> 1] ?? 0;
  return {
    processorMilliseconds: median('processorMilliseconds'),
    elapsedMilliseconds: median('elapsedMilliseconds'),
  };
}

/** The speed after a benchmark, compared with that before it. */
export function speedFigures(before: MachineSpeed, after: MachineSpeed): readonly Figure[] {
  return [
    figureOf({
      figure: 'fixed work on this machine, processor',
      unit: 'ms',
      ours: after.processorMilliseconds,
      baseline: before.processorMilliseconds,
    }),
    figureOf({
      figure: 'fixed work on this machine, elapsed',
      unit: 'ms',
      ours: after.elapsedMilliseconds,
      baseline: before.elapsedMilliseconds,
    }),
  ];
}

function fixedWork(): string {
  const documents = Array.from({ length: DOCUMENTS }, (_, index) => document(index));
  const read = documents.map((each) => JSON.parse(JSON.stringify(each)) as ReturnType<typeof document>);
  read.sort((left, right) => left.metadata.uid.localeCompare(right.metadata.uid));
  const hash = createHash('sha256').update(JSON.stringify(read));
  return hash.update(Buffer.alloc(HASHED_BYTES)).digest('hex');
}

/** Like an object of Kubernetes. */
function document(index: number) {
  const uid = (BigInt(index) * 6_364_136_223_846_793_005n).toString(36);
  const labels = Object.fromEntries(Array.from({ length: 10 }, (_, label) => [`label-${label}`, `${uid}-${label}`]));
  const ports = Array.from({ length: 5 }, (_, port) => ({ name: `port-${port}`, port: 8000 + port, protocol: 'TCP' }));
  return { kind: 'Service', metadata: { name: `service-${index}`, uid, labels }, spec: { ports, selector: labels } };
}
