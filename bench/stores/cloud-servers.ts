// Azure's and Google's protocol servers, in a process of their own: forked by clouds.ts.
import { startKeyVault } from '../../test/servers/azure-key-vault.ts';
import { makeCertificates } from '../../test/servers/certificates.ts';
import { startGcpServer } from '../../test/servers/gcp-grpc.ts';
import { startMetadataServer } from '../../test/servers/gcp-metadata.ts';
import { secretManager } from '../../test/servers/gcp-secret-manager.ts';
import { DOCUMENT, NAMES, PROJECT, seedOf } from './names.ts';

/** Where the servers are. */
export interface Clouds {
  readonly azure: { readonly url: string; readonly ca: string };
  readonly google: {
    readonly port: number;
    readonly ca: string;
    /** What makes Google's libraries log in at the metadata server. */
    readonly env: Readonly<Record<string, string>>;
  };
}

/** The calls so far, with those that log in left out. */
export interface Counts {
  readonly azure: number;
  readonly google: number;
}

const seeds = [
  ...NAMES.map((name) => [name, seedOf(name)] as const),
  ['document', JSON.stringify(DOCUMENT)] as const,
];

const azure = await startKeyVault();
for (const [name, value] of seeds) azure.set(name, value);

const { ca, server: tls } = await makeCertificates('localhost');
const store = seeds.map(([name, value]) => [
  `projects/${PROJECT}/secrets/${name}`,
  { versions: [{ value }] },
]);
const google = await startGcpServer(secretManager(Object.fromEntries(store)), { tls });
const { env } = await startMetadataServer();

const clouds: Clouds = { azure: { url: azure.url, ca: azure.ca }, google: { port: google.port, ca, env } };
process.send?.(clouds);
process.on('message', () => {
  const counts: Counts = { azure: azure.count(), google: google.count() };
  process.send?.(counts);
});
process.once('disconnect', () => process.exit());
