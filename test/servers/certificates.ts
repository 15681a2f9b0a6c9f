import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

interface Pair {
  readonly cert: string;
  readonly key: string;
}

export interface Certificates {
  /** PEM. */
  readonly ca: string;
  readonly server: Pair;
  readonly client: Pair;
}

const KEY = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '1'];

/** A CA of its own with a server and a client certificate, made by `openssl`; `name` is all that the server's is for. */
export async function makeCertificates(name: string): Promise<Certificates> {
  const folder = await mkdtemp(join(tmpdir(), 'keyturn-certificates-'));
  const file = (part: string) => join(folder, part);
  const text = (part: string) => readFile(file(part), 'utf8');
  try {
    await run('openssl', [
      'req',
      '-x509',
      ...KEY,
      '-subj',
      '/CN=keyturn test CA',
      '-keyout',
      file('ca.key'),
      '-out',
      file('ca.pem'),
    ]);
    for (const part of ['server', 'client']) {
      await run('openssl', [
        'req',
        ...KEY,
        '-subj',
        `/CN=${part}`,
        '-keyout',
        file(`${part}.key`),
        '-out',
        file(`${part}.csr`),
      ]);
      await writeFile(
        file(`${part}.ext`),
        part === 'server' ? `subjectAltName=DNS:${name}` : 'extendedKeyUsage=clientAuth',
      );
      await run('openssl', [
        'x509',
        '-req',
        '-in',
        file(`${part}.csr`),
        '-CA',
        file('ca.pem'),
        '-CAkey',
        file('ca.key'),
        '-CAcreateserial',
        '-days',
        '1',
        '-extfile',
        file(`${part}.ext`),
        '-out',
        file(`${part}.pem`),
      ]);
    }
    return {
      ca: await text('ca.pem'),
      server: { cert: await text('server.pem'), key: await text('server.key') },
      client: { cert: await text('client.pem'), key: await text('client.key') },
    };
  } finally {
    await rm(folder, { recursive: true });
  }
}
