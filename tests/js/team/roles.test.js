// Processes with roles: one answers calls, others do what outlives a request, and take it over from one that has died.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { suite, test } from 'node:test';
import { withinTime } from '../harness/limit.js';
import { createClient } from '../harness/package.js';
import { present } from '../harness/present.js';
import { native } from './native.js';
import { eventOf, receiver } from './receiver.js';
import { team } from './team.js';

/** @import { AddressInfo } from 'node:net' */

suite('wix-media-server: roles', () => {
  test('a webhook of a worker that has died is sent by another one after its lease', async (t) => {
    const hook = await receiver(t);
    const { directory, url, query } = await team(t, { servers: 0 });
    const args = ['--database', url, '--webhook', hook.url];
    const api = await native(t, directory, [...args, '--role', 'api']);
    await createClient({ baseUrl: api.origin }).folders.createFolder('left to others');
    const first = await native(t, directory, [...args, '--role', 'worker']);
    const unanswered = await hook.next();
    await first.end('SIGKILL');
    const second = await native(t, directory, [...args, '--role', 'worker']);
    // As if five minutes had passed. If the attempt had ended before the worker did, the next one would be due in a minute.
    await query('UPDATE delivery SET leased_until = 0, due = 0');
    const again = await hook.next();
    again.answer(200);
    assert.equal(eventOf(again).id, eventOf(unanswered).id);
    assert.deepEqual([(await second.end()).code, (await api.end()).code], [0, 0]);
  });

  test('a worker fetches imports of another process, and those of a worker that has died', async (t) => {
    /** @type {(() => void)[]} */
    const begun = [];
    let answers = false;
    const source = createServer((_, response) => {
      begun.shift()?.();
      response.writeHead(200, { 'content-type': 'text/plain' });
      if (answers) response.end('from the source');
      else response.write('from');
    });
    await once(source.listen(0, '127.0.0.1'), 'listening');
    t.after(() => {
      source.closeAllConnections();
      source.close();
    });
    const { directory, url, query } = await team(t, { servers: 0 });
    const args = ['--database', url, '--allow-private-imports'];
    const api = await native(t, directory, [...args, '--role', 'api']);
    const { files } = createClient({ baseUrl: api.origin });
    const { file } = await files.importFile(`http://127.0.0.1:${/** @type {AddressInfo} */ (source.address()).port}/a.txt`);
    const id = present(file?._id);
    const asked = withinTime('the first request for the source', /** @type {Promise<void>} */ (new Promise((resolve) => begun.push(resolve))));
    const first = await native(t, directory, [...args, '--role', 'worker']);
    await asked;
    await first.end('SIGKILL');
    answers = true;
    await native(t, directory, [...args, '--role', 'worker']);
    await query('UPDATE import SET leased_until = 0');
    const stream = await fetch(`${api.origin}/_wix-media/events?after=0`, { headers: { accept: 'text/event-stream' } });
    let told = '';
    await withinTime(
      'the event of the file',
      (async () => {
        for await (const chunk of present(stream.body).pipeThrough(new TextDecoderStream())) {
          told += chunk;
          if (told.includes('file_ready')) return;
        }
      })(),
    );
    const { operationStatus, sizeInBytes } = await files.getFileDescriptor(id);
    assert.deepEqual([operationStatus, sizeInBytes], ['READY', '15']);
  });
});
