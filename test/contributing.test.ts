import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { isProvider, listPackages, root } from '../scripts/packages.ts';

/** One line of the list: a file, or a pattern of which one file is enough, and a text that it must hold. */
interface Place {
  readonly pattern: string;
  readonly text?: string;
}

function readPlaces(markdown: string): readonly Place[] {
  const section = markdown.match(/^## Add a provider$([\s\S]*?)^## /m)?.[1] ?? '';
  return [...section.matchAll(/^- `([^`]+)`(?: holds `([^`]+)`)?: /gm)].map(([, pattern = '', text]) => ({
    pattern,
    ...(text === undefined ? {} : { text }),
  }));
}

/** Whether the place is there for the provider `kind`. */
function isThere({ pattern, text }: Place, kind: string, folder = root): boolean {
  const files = globSync(pattern.replaceAll('<kind>', kind), { cwd: folder });
  if (text === undefined) return files.length > 0;
  const wanted = text.replaceAll('<kind>', kind);
  return files.some((file) => readFileSync(join(folder, file), 'utf8').includes(wanted));
}

const contributing = readFileSync(join(root, 'CONTRIBUTING.md'), 'utf8');
const places = readPlaces(contributing);
const providers = listPackages().filter(({ folder }) => isProvider(folder));

describe('the list "Add a provider"', () => {
  it('is read whole', () => {
    const lines = contributing.match(/^- `.*<kind>/gm) ?? [];
    expect(places.length).toBeGreaterThan(5);
    expect(places.length).toBe(lines.length);
  });

  it('fails for a provider that is not there, at every place', () => {
    expect(places.filter((place) => isThere(place, 'no-such-store'))).toEqual([]);
  });

  it.each(providers)('holds for $folder', ({ folder }) => {
    expect(places.filter((place) => !isThere(place, folder))).toEqual([]);
  });
});

describe('the map', () => {
  it('names only what exists', () => {
    const map = contributing.match(/^## Map$([\s\S]*?)^Three floors/m)?.[1] ?? '';
    const named = [...map.matchAll(/^- (`.*?`): /gm)].flatMap(
      ([, cell = '']) => cell.match(/[^`, ]+/g) ?? [],
    );
    expect(named.length).toBeGreaterThan(5);
    expect(named.filter((path) => globSync(path, { cwd: root }).length === 0)).toEqual([]);
  });

  it('names every package', () => {
    expect(listPackages().filter(({ folder }) => !contributing.includes(`\`packages/${folder}\``))).toEqual(
      [],
    );
  });
});
