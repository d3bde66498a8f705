// The metrics of wix-media-server as values.
import assert from 'node:assert/strict';
import { setTimeout } from 'node:timers/promises';
import { withinTime } from '../harness/limit.js';
import { ask } from './native.js';

/**
 * The values of a text of metrics, by name and labels.
 *
 * @param {string} text
 */
export function valuesOf(text) {
  const lines = text.split('\n').filter((line) => line && !line.startsWith('#'));
  for (const line of lines) assert.match(line, /^[a-z_]+(\{[a-z]+="[^"]*"(,[a-z]+="[^"]*")*\})? -?[\d.]+$/);
  return Object.fromEntries(lines.map((line) => [line.slice(0, line.lastIndexOf(' ')), Number(line.slice(line.lastIndexOf(' ') + 1))]));
}

/**
 * Reads the metrics until they fulfil a condition. What is awaited happens in another process.
 *
 * @param {string} admin The origin of the admin port.
 * @param {(values: Record<string, number>) => boolean} isFulfilled
 */
export function metricsUntil(admin, isFulfilled) {
  const waiting = async () => {
    for (;;) {
      const { status, text } = await ask(admin, 'GET', '/metrics');
      assert.equal(status, 200, text);
      const values = valuesOf(text);
      if (isFulfilled(values)) return values;
      await setTimeout(50);
    }
  };
  return withinTime('the metrics', waiting());
}
