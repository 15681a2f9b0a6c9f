import dotenv from 'dotenv';
import { describe, expect, it } from 'vitest';
import { parse as parseYaml } from 'yaml';
import { formats } from '../src/cli/formats/index.ts';
import { awsCli, dockerConsumer, itWith, pythonDotenv, shellConsumer } from './support/consumers.ts';
import { parseGitHubEnv } from './support/github-env.ts';
import { asObject, carriedBy } from './support/nasty-values.ts';

const python = pythonDotenv();
const docker = dockerConsumer();
const bash = shellConsumer('bash');
const dash = shellConsumer('dash');

describe('what export writes is read back equal, every value of the table at once', () => {
  const entries = carriedBy('dotenv');

  it('dotenv by the npm package, with either of its parsers', () => {
    expect(dotenv.parse(formats.dotenv(entries))).toEqual(asObject(entries));
    expect(dotenv.parse(formats.dotenv(entries), { fast: true })).toEqual(asObject(entries));
  });

  itWith(python)('dotenv by python-dotenv, which interpolates', () => {
    expect(python.read(formats.dotenv(entries))).toEqual(asObject(entries));
  });

  it('json by JSON.parse, in the order of the manifest', () => {
    const all = [...carriedBy('json'), { name: '10', value: 'ten' }, { name: '2', value: 'two' }];
    const text = formats.json(all);
    expect(JSON.parse(text)).toEqual(asObject(all));
    expect(text.split('\n').flatMap((line) => /^ {2}"([^"]+)": /.exec(line)?.[1] ?? [])).toEqual(
      all.map(({ name }) => name),
    );
  });

  itWith(bash)('shell by bash', () => {
    expect(bash.read(formats.shell(carriedBy('shell')))).toEqual(asObject(carriedBy('shell')));
  });

  itWith(dash)('shell by dash', () => {
    expect(dash.read(formats.shell(carriedBy('shell')))).toEqual(asObject(carriedBy('shell')));
  });

  itWith(docker)('docker by the Docker client', async () => {
    const lines = await docker.read(formats.docker(carriedBy('docker')));
    expect(lines).toEqual(carriedBy('docker').map(({ name, value }) => `${name}=${value}`));
  });

  itWith(docker)(
    'docker by the Docker client, at its longest line and, forced, one byte beyond',
    async () => {
      const longest = { name: 'LONGEST', value: 'x'.repeat(65_527) };
      expect(await docker.read(formats.docker([longest]))).toEqual([`LONGEST=${longest.value}`]);
      const beyond = `${longest.value}x`;
      expect(() => docker.read(`LONGEST=${beyond}\n`)).toThrow('token too long');
      expect(() => formats.docker([{ name: 'LONGEST', value: beyond }])).toThrow(
        'LONGEST: cannot be exported as docker: its line is longer than 65535 bytes, the most that Docker reads',
      );
    },
  );

  it.each(['linux', 'windows'] as const)('github by the rules of the runner for %s', (system) => {
    const entries = carriedBy('github');
    expect(parseGitHubEnv(formats.github(entries), system)).toEqual(asObject(entries));
  });

  it('k8s by a YAML parser', () => {
    const entries = [
      ...carriedBy('k8s'),
      ...['on', 'null', '123', '0x1F', '.dotted-name', '1e3'].map((name) => ({ name, value: 'true' })),
    ];
    const manifest: unknown = parseYaml(formats.k8s(entries, { name: '123' }));
    expect(manifest).toEqual({
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: '123' },
      type: 'Opaque',
      data: asObject(entries.map(({ name, value }) => ({ name, value: btoa(toBinary(value)) }))),
    });
  });

  it('lambda by JSON.parse', () => {
    expect(JSON.parse(formats.lambda(carriedBy('lambda')))).toEqual({
      Variables: asObject(carriedBy('lambda')),
    });
  });

  const lambda = awsCli(['lambda', 'update-function-configuration', '--function-name', 'f'], '--environment');
  itWith(lambda)('lambda by the AWS CLI, from the request it sends', async () => {
    const body = await lambda.read(formats.lambda(carriedBy('lambda')));
    expect(JSON.parse(body)).toEqual({ Environment: { Variables: asObject(carriedBy('lambda')) } });
  });

  const eb = awsCli(
    ['elasticbeanstalk', 'update-environment', '--environment-name', 'staging'],
    '--option-settings',
  );
  itWith(eb)('eb by the AWS CLI, from the request it sends', async () => {
    const body = new URLSearchParams(await eb.read(formats.eb(carriedBy('eb'))));
    const sent = carriedBy('eb').map((_, index) =>
      ['Namespace', 'OptionName', 'Value'].map((key) =>
        body.get(`OptionSettings.member.${index + 1}.${key}`),
      ),
    );
    expect(sent).toEqual(
      carriedBy('eb').map(({ name, value }) => ['aws:elasticbeanstalk:application:environment', name, value]),
    );
  });
});

function toBinary(text: string): string {
  return String.fromCharCode(...new TextEncoder().encode(text));
}
