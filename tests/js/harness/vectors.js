import { readdirSync, readFileSync } from 'node:fs';

const folder = new URL('../../data/vectors/', import.meta.url);

/** Every recorded vector, in file order, with the file's credentials where it names none of its own. */
export function recordedVectors() {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.json'))
    .sort()
    .flatMap((name) => {
      const file = JSON.parse(readFileSync(new URL(name, folder), 'utf8'));
      return file.vectors.map((vector) => ({ ...vector, file: name, client: vector.client ?? file.client }));
    });
}

export function quirksOf(vector) {
  return vector.tags.filter((tag) => tag.startsWith('quirk:')).map((tag) => tag.slice('quirk:'.length));
}
