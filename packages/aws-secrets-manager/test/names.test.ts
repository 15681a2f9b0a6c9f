import { describe, expect, it } from 'vitest';
import { awsSecretsManager } from '../src/index.ts';
import { locator } from './harness.ts';

const ARN = 'arn:aws:secretsmanager:eu-west-1:123456789012:secret';
const UUID = '11111111-2222-3333-4444-555555555555';

function check(path: string, params: Record<string, string> = {}, prefix?: string) {
  return awsSecretsManager({ prefix }).check?.(locator(path, params));
}

describe('names that Secrets Manager can have', () => {
  it.each([
    'name',
    '/app/prod/db',
    'app/db_1+2=3.4@5-6',
    'rds!db-0a1b2c3d',
    'a'.repeat(512),
    `${ARN}:app/db-a1B2c3`,
    `${ARN}:app/db`,
    'arn:aws-cn:secretsmanager:cn-north-1:123456789012:secret:rds!db-x-a1B2c3',
  ])('%s', (path) => {
    expect(check(path)).toEqual({ locator: { path, params: {} } });
  });

  it('are checked with the prefix and returned without it', () => {
    expect(check('db', {}, 'app/')).toEqual({ locator: locator('db') });
    expect(check('a'.repeat(509), {}, 'app/')).toEqual({
      problem: "a secret's name has at most 512 characters",
    });
    expect(check(`${ARN}:db`, {}, ' ')).toEqual({ locator: locator(`${ARN}:db`) });
  });

  it('travel alone with a version or a stage', () => {
    expect(check('db', { version: UUID })).toEqual({
      locator: locator('db', { version: UUID }),
      alone: true,
    });
    const previous = { stage: 'AWSPREVIOUS' };
    expect(check('db', previous)).toEqual({ locator: locator('db', previous), alone: true });
    expect(check('db', { stage: 'AWSCURRENT' })).toEqual({ locator: locator('db') });
  });
});

describe('names that it cannot have', () => {
  it.each([
    [
      `${ARN}:app/db-a1B2c3:password::`,
      '":password::" is not part of a secret\'s name: write "#password" instead',
    ],
    [
      `${ARN}:app/db-a1B2c3:password:AWSPREVIOUS:`,
      '":password:AWSPREVIOUS:" is not part of a secret\'s name: write "?stage=AWSPREVIOUS#password" instead',
    ],
    [
      `${ARN}:app/db-a1B2c3:::${UUID}`,
      `":::${UUID}" is not part of a secret's name: write "?version=${UUID}" instead`,
    ],
    [`${ARN}:app/db-a1B2c3:::`, '":::" is not part of a secret\'s name: leave it out'],
    ['db:password::', '":password::" is not part of a secret\'s name: write "#password" instead'],
    ['a secret', 'a secret\'s name has only letters, digits, "/", "_", "+", "=", ".", "@", "!" and "-"'],
    ['a'.repeat(513), "a secret's name has at most 512 characters"],
    [
      'arn:aws:ssm:eu-west-1:123456789012:parameter/a',
      'it is not the ARN of a secret, such as "arn:aws:secretsmanager:eu-west-1:123456789012:secret:app/db-a1B2c3"',
    ],
  ])('%s', (path, problem) => {
    expect(check(path)).toEqual({ problem });
  });

  it.each([
    [{ version: UUID, stage: 'AWSPREVIOUS' }, 'a secret is read by a version or a stage, not both'],
    [
      { version: 'AWSPREVIOUS' },
      'a version is an id of 32 to 64 characters, such as a UUID; for AWSPREVIOUS and the like, write "?stage="',
    ],
    [{ stage: '' }, 'a stage has 1 to 256 characters'],
    [{ stage: 's'.repeat(257) }, 'a stage has 1 to 256 characters'],
  ])('with %j', (params, problem) => {
    expect(check('db', params)).toEqual({ problem });
  });
});
