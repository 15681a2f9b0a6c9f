import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir, userInfo } from 'node:os';
import { basename, join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { containerIdIn } from '../src/audit-process.ts';
import type { AuditProcess } from '../src/index.ts';

const core = new URL('../src/index.ts', import.meta.url).href;
const SCRIPT = `
  import { createResolver, memory } from ${JSON.stringify(core)};
  const write = (events) => console.log(JSON.stringify(events[0].process));
  const audit = { sinks: [{ title: 'stdout', awaited: true, write }], app: { name: 'shop' } };
  await createResolver({ providers: { app: memory({ x: 'v' }) }, audit }).resolve('app://x');`;

const folder = mkdtempSync(join(tmpdir(), 'keyturn-audit-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** What a process of its own is on the record as. */
function recorded(args: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const { pid, stdout, stderr } = spawnSync(process.execPath, [...args], {
    encoding: 'utf8',
    env: { PATH: process.env.PATH, ...env },
    timeout: 120_000,
  });
  expect(stderr).toBe('');
  const identity: AuditProcess = JSON.parse(stdout);
  return { pid, identity };
}

describe('a process', () => {
  const node = basename(process.execPath);

  it('is on the record with its file, and without its arguments', () => {
    const file = join(folder, 'app.mjs');
    writeFileSync(file, SCRIPT);
    const { pid, identity } = recorded([file, 'canary', '--token=canary']);
    expect(identity).toMatchObject({
      pid,
      host: hostname(),
      user: userInfo().username,
      command: `${node} app.mjs`,
      app: 'shop',
    });
    expect(JSON.stringify(identity)).not.toContain('canary');
    expect(Object.keys(identity)).not.toContain('pod');
  });

  it('that has no file: an argument does not stand in for it', () => {
    const { identity } = recorded(['--input-type=module', '-e', SCRIPT, 'canary']);
    expect(identity.command).toBe(node);
  });

  it('that has no file: an argument that no path can be breaks nothing, and is not told', () => {
    const { identity } = recorded(['--input-type=module', '-e', SCRIPT, 'canary'.repeat(1_000)]);
    expect(identity.command).toBe(node);
  });

  it('in Kubernetes and in Lambda', () => {
    const { identity } = recorded(['--input-type=module', '-e', SCRIPT], {
      KUBERNETES_SERVICE_HOST: '10.0.0.1',
      HOSTNAME: 'shop-7d9f',
      AWS_LAMBDA_FUNCTION_NAME: 'shop',
      AWS_LAMBDA_LOG_STREAM_NAME: '2026/08/01/[1]abc',
    });
    expect(identity).toMatchObject({ pod: 'shop-7d9f', lambda: 'shop', lambdaInstance: '2026/08/01/[1]abc' });
  });
});

describe('a container', () => {
  const id = '0123456789abcdef'.repeat(4);
  const other = 'f'.repeat(64);
  const mount = (source: string, at = '/etc/hostname') =>
    `711 690 254:1 ${source} ${at} rw,relatime - ext4 /dev/vda1 rw`;

  it.each([
    ['Docker, groups of version 1', `12:pids:/docker/${id}\n11:memory:/docker/${id}\n`, ''],
    ['Kubernetes, groups of version 1', `3:cpu:/kubepods/burstable/pod1b2c/${id}\n`, ''],
    ['systemd groups', `0::/system.slice/docker-${id}.scope\n`, mount(`/docker/${other}/hostname`)],
    [
      'Docker, groups of version 2',
      '0::/\n',
      `${mount(`/x/overlay/${other}`, '/')}\n${mount(`/var/lib/docker/containers/${id}/hostname`)}`,
    ],
    [
      'the sandbox of containerd',
      '0::/\n',
      mount(`/var/lib/containerd/io.containerd.grpc.v1.cri/sandboxes/${id}/hostname`),
    ],
    ['Podman', '0::/\n', mount(`/containers/overlay-containers/${id}/userdata/hostname`)],
  ])('is known by its id: %s', (_, groups, mounts) => {
    expect(containerIdIn(groups, mounts)).toBe(id);
  });

  it('is none elsewhere', () => {
    expect(
      containerIdIn('0::/user.slice/user-1000.slice/session-3.scope\n', mount('/', '/')),
    ).toBeUndefined();
    expect(containerIdIn()).toBeUndefined();
  });
});
