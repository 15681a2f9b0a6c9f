import { once } from 'node:events';
import { request } from 'node:https';
import { text } from 'node:stream/consumers';
import { connect } from 'node:tls';
import { GenericContainer, Wait } from 'testcontainers';
import { imageOf } from '../stores/live.ts';
import type { Attributes } from './azure-secrets.ts';

/** Lowkey Vault in a container, written to without any SDK: https://github.com/nagyesta/lowkey-vault. */
export interface LowkeyVault {
  readonly url: string;
  /** Its self-signed certificate, PEM. */
  readonly ca: string;
  /** Adds a version, and gives its id. */
  set(name: string, value: string, attributes?: Attributes): Promise<string>;
  remove(name: string): Promise<void>;
  stop(): Promise<void>;
}

/** The newest that Lowkey Vault 7.3.74 and the SDK have in common. */
export const API_VERSION = '2025-07-01';
const PORT = 8443;

export async function startLowkeyVault(): Promise<LowkeyVault> {
  const container = await new GenericContainer(await imageOf('lowkey-vault'))
    .withExposedPorts(PORT)
    .withEnvironment({ LOWKEY_ARGS: `--server.port=${PORT} --LOWKEY_VAULT_RELAXED_PORTS=true` })
    .withWaitStrategy(Wait.forHttp('/ping', PORT).usingTls().allowInsecure())
    .start();
  const port = container.getMappedPort(PORT);
  const ca = await certificateOf(port);
  const url = `https://localhost:${port}`;

  async function call(method: string, path: string, body?: unknown): Promise<string> {
    const outgoing = request(`${url}${path}?api-version=${API_VERSION}`, {
      method,
      ca,
      headers: { authorization: 'Bearer canary-token', 'content-type': 'application/json' },
    });
    outgoing.end(body === undefined ? undefined : JSON.stringify(body));
    const [incoming] = await once(outgoing, 'response');
    const answer = await text(incoming);
    if (incoming.statusCode !== 200) throw new Error(`${method} ${path}: ${incoming.statusCode} ${answer}`);
    return answer;
  }

  return {
    url,
    ca,
    async set(name, value, { enabled = true, notBefore, expires, contentType } = {}) {
      const seconds = (date: Date) => Math.floor(date.getTime() / 1000);
      const attributes = {
        enabled,
        ...(notBefore && { nbf: seconds(notBefore) }),
        ...(expires && { exp: seconds(expires) }),
      };
      const answer = await call('PUT', `/secrets/${name}`, { value, contentType, attributes });
      const { id }: { id: string } = JSON.parse(answer);
      return id.split('/').at(-1) ?? '';
    },
    async remove(name) {
      await call('DELETE', `/secrets/${name}`);
    },
    async stop() {
      await container.stop();
    },
  };
}

async function certificateOf(port: number): Promise<string> {
  const socket = connect({ port, host: 'localhost', servername: 'localhost', rejectUnauthorized: false });
  await once(socket, 'secureConnect');
  const { raw } = socket.getPeerCertificate();
  socket.destroy();
  return `-----BEGIN CERTIFICATE-----\n${raw.toString('base64')}\n-----END CERTIFICATE-----\n`;
}
