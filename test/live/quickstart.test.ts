import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { describeLive } from '../stores/live.ts';
import { makeProject, type Project } from './quickstart/project.ts';
import {
  type Open,
  openGoogle,
  openKeyVault,
  openSecretsManager,
  openSsm,
  openVault,
  SEEDS,
  type Store,
} from './quickstart/stores.ts';

/** What no output may hold: the values, and the token that Vault takes. */
const CANARIES = ['canary-', SEEDS.SESSION_KEY];

/** How many reads `keyturn plan` says there are, and what the boot really asks for. */
interface Expected {
  readonly planned: number;
  readonly calls: readonly string[];
}

/** The app and the command line, on a store that an environment of quickstart/keyturn.config.ts names. */
function quickstartFrom(environment: string, expected: Expected, open: Open): void {
  const stops: (() => Promise<void>)[] = [];
  let store: Store;
  let project: Project;
  let before: number;

  beforeAll(async () => {
    project = await makeProject();
    stops.push(project.remove);
    store = await open((stop) => stops.push(stop));
  });
  beforeEach(() => {
    before = store.calls().length;
  });
  afterAll(async () => {
    for (const stop of stops.toReversed()) await stop();
  });

  const env = () => ({ ...store.env, APP_ENV: environment });
  const callsSince = () => store.calls().slice(before).toSorted();

  it('boots the app, unchanged', async () => {
    const { body, code, stdout, stderr } = await project.boot(env());
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(JSON.parse(body)).toEqual({
      database: 'postgres at db.internal',
      DATABASE_URL: '[secret]',
      STRIPE_KEY: '[secret]',
      SESSION_KEY: '[secret]',
      POOL_SIZE: 20,
      LOG_LEVEL: 'warn',
    });
    expect(leaks(body + stdout)).toEqual([]);
    expect(callsSince()).toEqual(expected.calls);
  });

  it('`keyturn check` finds every secret right', async () => {
    const { code, stdout, stderr } = await project.keyturn(env(), 'check', '--json');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const own = { ok: true, kind: environment, source: 'store' };
    expect(JSON.parse(stdout)).toMatchObject({
      environment,
      ok: true,
      secrets: [
        { name: 'DATABASE_URL', ...own },
        { name: 'STRIPE_KEY', ...own },
        { name: 'SESSION_KEY', ...own },
        { name: 'POOL_SIZE', ...own },
        { name: 'LOG_LEVEL', ok: true, kind: 'env' },
      ],
    });
    expect(leaks(stdout)).toEqual([]);
  });

  it('`keyturn plan` names its reads, and makes none', async () => {
    const { code, stdout, stderr } = await project.keyturn(env(), 'plan', '--json');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const { calls }: { calls: { kind: string }[] } = JSON.parse(stdout);
    expect(calls.filter(({ kind }) => kind === environment)).toHaveLength(expected.planned);
    expect(callsSince()).toEqual([]);
  });
}

function leaks(output: string): string[] {
  return CANARIES.filter((canary) => output.includes(canary));
}

await describeLive('the quickstart, from Parameter Store on LocalStack', 'localstack', () => {
  quickstartFrom('aws-ssm', { planned: 1, calls: ['GetParameters'] }, openSsm);
});

await describeLive('the quickstart, from Secrets Manager on LocalStack', 'localstack', () => {
  quickstartFrom('aws-secrets-manager', { planned: 1, calls: ['BatchGetSecretValue'] }, openSecretsManager);
});

await describeLive('the quickstart, from HashiCorp Vault', 'vault', () => {
  const calls = [
    'GET /v1/secret/data/quickstart/app',
    'GET /v1/secret/data/quickstart/payments',
    'GET /v1/sys/internal/ui/mounts/secret/quickstart/app',
  ];
  quickstartFrom('vault', { planned: 2, calls }, openVault);
});

describe('the quickstart, from Azure Key Vault (protocol server)', () => {
  const names = ['database-url', 'payments', 'pool-size', 'session-key'];
  const calls = names.map((name) => `/secrets/quickstart-${name}/`);
  quickstartFrom('azure-key-vault', { planned: 4, calls }, openKeyVault);
});

describe('the quickstart, from Google Secret Manager (protocol server)', () => {
  const names = ['DATABASE_URL', 'POOL_SIZE', 'SESSION_KEY', 'payments'];
  const calls = names.map((name) => `projects/shop/secrets/quickstart-${name}/versions/latest`);
  quickstartFrom('gcp-secret-manager', { planned: 4, calls }, openGoogle);
});
