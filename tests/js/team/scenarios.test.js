// The scenarios with the official SDK and with our client, on the native server.
import { temporaryFolder } from '../harness/manager.js';
import { scenariosOn } from '../scenarios/on-server.js';
import { SITE } from '../scenarios/world.js';
import { native } from './native.js';

scenariosOn('wix-media-server', {
  start: async (closing) => {
    const { origin, text } = await native(closing, await temporaryFolder(closing), ['--site-id', SITE, '--allow-private-imports']);
    if (!origin) throw new Error(`wix-media-server ended: ${text.stderr}`);
    return origin;
  },
});
