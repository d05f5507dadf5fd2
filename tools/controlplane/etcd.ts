import { cp, mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { kill } from 'node:process';
import { createCertificateAuthority, issueCertificate } from '../../src/base/tls/x509.ts';
import { sendRequest } from './api-client.ts';
import { selectPrograms } from './binaries.ts';
import { type CertificateFiles, writeCertificate, writePem } from './pki.ts';
import { freePort } from '../net/ports.ts';
import { startUntilReady } from './startup.ts';
import { SupervisedProcess } from './supervised-process.ts';
import { temporaryDirectory } from './temporary-directory.ts';

/** An etcd on loopback; several control planes can share one, each under a prefix of its own. */
export interface Etcd extends AsyncDisposable {
  readonly url: string;
  readonly authorityFile: string;
  readonly client: CertificateFiles;
  readonly process: SupervisedProcess;
  /** Keeps its data as they are now, in the place of what was kept before. */
  backup(): Promise<void>;
  /** Starts again with the data that were kept; no client may be connected meanwhile. */
  restore(): Promise<void>;
  /** Kills it and removes its data. */
  stop(): Promise<void>;
}

/**
 * Starts an etcd for control planes to share. It ends with this process, however that ends.
 * @throws Error when it is not built, or with the end of its log when it does not come up
 */
export async function startEtcd(options: { readonly signal?: AbortSignal } = {}): Promise<Etcd> {
  const { etcd: program } = await selectPrograms({});
  await using starting = new AsyncDisposableStack();
  const directory = starting.use(await temporaryDirectory('nautes-etcd-'));
  const etcd = starting.use(await startEtcdIn(directory.path, program, options.signal));
  const resources = starting.move();
  const stop = () => resources.disposeAsync();
  return { ...etcd, stop, [Symbol.asyncDispose]: stop };
}

/** Starts etcd with its files in the given folder, which stays the caller's to remove. */
export async function startEtcdIn(directory: string, program: string, signal?: AbortSignal): Promise<Etcd> {
  const files = join(directory, 'etcd');
  await mkdir(files, { mode: 0o700 });
  const authority = createCertificateAuthority({ commonName: 'etcd' });
  const server = issueCertificate(authority, {
    commonName: 'etcd',
    ipAddresses: ['127.0.0.1'],
    usages: ['server', 'client'],
  });
  const client = issueCertificate(authority, { commonName: 'kube-apiserver', usages: ['client'] });
  const authorityFile = await writePem(files, 'ca.crt', authority.certificate);
  const serverFiles = await writeCertificate(files, 'server', server);
  let url = '';
  const run = (choosePort: () => Promise<number>) => ({
    signal,
    async start() {
      url = `https://127.0.0.1:${await choosePort()}`;
      return SupervisedProcess.start({
        name: 'etcd',
        program,
        args: etcdArguments({ directory: files, url, authorityFile, server: serverFiles }),
        logFile: join(directory, 'etcd.log'),
      });
    },
    async ready() {
      const reply = await sendRequest({ authority: authority.certificate, client }, { url: `${url}/health` });
      return reply.status === 200;
    },
  });
  let process = await startUntilReady(run(() => freePort('127.0.0.1')));
  const [data, kept] = [join(files, 'data'), join(files, 'kept')];
  const copy = async (from: string, to: string): Promise<void> => {
    await rm(to, { recursive: true, force: true });
    await cp(from, to, { recursive: true });
  };
  const stop = () => process.kill();
  return {
    url,
    authorityFile,
    client: await writeCertificate(files, 'client', client),
    get process() {
      return process;
    },
    async backup() {
      kill(-process.processGroup, 'SIGSTOP'); // what it has written is then as after a power cut, which it survives
      await copy(data, kept).finally(() => kill(-process.processGroup, 'SIGCONT'));
    },
    async restore() {
      await process.kill();
      await copy(kept, data);
      process = await startUntilReady(run(async () => Number(new URL(url).port)));
    },
    stop,
    [Symbol.asyncDispose]: stop,
  };
}

interface EtcdArguments {
  readonly directory: string;
  readonly url: string;
  readonly authorityFile: string;
  readonly server: CertificateFiles;
}

function etcdArguments({ directory, url, authorityFile, server }: EtcdArguments): string[] {
  return [
    `--data-dir=${join(directory, 'data')}`,
    `--listen-client-urls=${url}`,
    `--advertise-client-urls=${url}`,
    // The only member talks to no other: any free port will do.
    '--listen-peer-urls=http://127.0.0.1:0',
    `--cert-file=${server.certificate}`,
    `--key-file=${server.privateKey}`,
    `--trusted-ca-file=${authorityFile}`,
    '--client-cert-auth=true',
    // The data lives as long as the test.
    '--unsafe-no-fsync=true',
    '--log-level=warn',
  ];
}
