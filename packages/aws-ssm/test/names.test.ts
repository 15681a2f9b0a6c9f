import { describe, expect, it } from 'vitest';
import { awsSsm } from '../src/index.ts';
import { locator } from './harness.ts';

const ARN = 'arn:aws:ssm:eu-west-1:123456789012:parameter';

function check(path: string, params: Record<string, string> = {}, prefix?: string) {
  return awsSsm({ prefix }).check?.(locator(path, params));
}

describe('names that Parameter Store can have', () => {
  it.each([
    ['name', 'name'],
    ['/name', 'name'],
    ['/app/prod/db-url_1.x', '/app/prod/db-url_1.x'],
    ['/aws/service/ami-amazon-linux-latest/al2023', '/aws/service/ami-amazon-linux-latest/al2023'],
    ['/aws/reference/secretsmanager/rds!db-1+2@x', '/aws/reference/secretsmanager/rds!db-1+2@x'],
    ['/1/2/3/4/5/6/7/8/9/10/11/12/13/14/15', '/1/2/3/4/5/6/7/8/9/10/11/12/13/14/15'],
    [`${ARN}/name`, `${ARN}/name`],
    [`${ARN}/app/db`, `${ARN}/app/db`],
    [
      'arn:aws-us-gov:ssm:us-gov-west-1:123456789012:parameter/a',
      'arn:aws-us-gov:ssm:us-gov-west-1:123456789012:parameter/a',
    ],
  ])('%s is %s', (path, canonical) => {
    expect(check(path)).toEqual({ locator: { path: canonical, params: {} } });
    expect(check(canonical)).toEqual({ locator: { path: canonical, params: {} } });
  });

  it('are checked with the prefix and returned without it', () => {
    expect(check('db', {}, '/app/')).toEqual({ locator: locator('db') });
    expect(check('/db', {}, '/app')).toEqual({ locator: locator('/db') });
    expect(check(`${ARN}/x`, {}, '/app/')).toEqual({ locator: locator(`${ARN}/x`) });
  });

  it('keep their parameters', () => {
    expect(check('/a', { version: '12' })).toEqual({ locator: locator('a', { version: '12' }) });
    expect(check('a', { label: 'live.1' })).toEqual({ locator: locator('a', { label: 'live.1' }) });
  });
});

describe('names that it cannot have', () => {
  it.each([
    ['name:3', 'a version is a parameter: write "?version=3" instead of ":3"'],
    ['/app/name:live', 'a label is a parameter: write "?label=live" instead of ":live"'],
    [`${ARN}/app/name:3`, 'a version is a parameter: write "?version=3" instead of ":3"'],
    ['name:', 'a parameter\'s name holds no ":": write "?version=" or "?label=" after it'],
    [
      'app/db',
      'a parameter\'s name that has levels begins with "/": begin the path, or the provider\'s prefix, with it',
    ],
    ['/app//db', 'a parameter\'s name has no empty level: it holds no "//" and does not end with "/"'],
    ['/app/', 'a parameter\'s name has no empty level: it holds no "//" and does not end with "/"'],
    ['/', 'a parameter\'s name has no empty level: it holds no "//" and does not end with "/"'],
    [' name', 'a parameter\'s name has only letters, digits, ".", "-", "_", and "/" between levels'],
    ['näme', 'a parameter\'s name has only letters, digits, ".", "-", "_", and "/" between levels'],
    ['/1/2/3/4/5/6/7/8/9/10/11/12/13/14/15/16', "a parameter's name has at most 15 levels"],
    ['a'.repeat(1012), "a parameter's name has at most 1011 characters, its ARN included"],
    ['awsome', 'no parameter\'s name begins with "aws", except AWS\'s own under "/aws/"'],
    ['/SSM/x', 'no parameter\'s name begins with "SSM", except AWS\'s own under "/aws/"'],
    [
      'arn:aws:s3:::bucket',
      'it is not the ARN of a parameter, such as "arn:aws:ssm:eu-west-1:123456789012:parameter/app/db"',
    ],
  ])('%s', (path, problem) => {
    expect(check(path)).toEqual({ problem });
  });

  it('because of the prefix', () => {
    expect(check('db', {}, 'app/')).toEqual({
      problem:
        'a parameter\'s name that has levels begins with "/": begin the path, or the provider\'s prefix, with it',
    });
    expect(check('/db', {}, '/app/')).toEqual({
      problem: 'a parameter\'s name has no empty level: it holds no "//" and does not end with "/"',
    });
  });
});

describe('parameters that it cannot have', () => {
  it.each([
    [{ version: '0' }, 'a version is a number from 1'],
    [{ version: 'live' }, 'a version is a number from 1'],
    [{ version: '1', label: 'live' }, 'a parameter is read by a version or a label, not both'],
    [
      { label: '1st' },
      'a label has 1 to 100 letters, digits, ".", "-" or "_", and begins with neither a digit nor "aws" nor "ssm"',
    ],
    [
      { label: 'ssm-live' },
      'a label has 1 to 100 letters, digits, ".", "-" or "_", and begins with neither a digit nor "aws" nor "ssm"',
    ],
  ])('%j', (params, problem) => {
    expect(check('name', params)).toEqual({ problem });
  });
});
