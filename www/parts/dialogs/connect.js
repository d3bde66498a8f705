// The dialogs that ask for credentials: of a Wix site, and of the server that the page came from.
/** @import { Credentials } from '../../place/place.js' */
import { WIX } from '../../place/remote.js';
import { ask } from '../../ui/dialog.js';
import { field } from '../../ui/field.js';
import { required, secretField, textField, urlField } from './fields.js';

const MEMORY_ONLY = 'What you enter here stays in the memory of this page until you reload it.';

/** @param {(credentials: Credentials) => Promise<unknown>} connect Rejects if they are wrong. */
export function askSite(connect) {
  const base = urlField();
  base.value = WIX;
  const key = secretField();
  const site = textField({ spellcheck: 'false' });
  return ask({
    title: 'Connect to a Wix site',
    lead: MEMORY_ONLY,
    content: [
      field('API key', key, 'From the API Keys Manager of your Wix account, with permission to manage the Media Manager.'),
      field('Site ID', site, 'In the address of your site’s dashboard, after /dashboard/.'),
      field('Base URL', base, `Wix itself is at ${WIX}. Change this for a server of your own.`),
    ],
    action: 'Connect',
    submit: async () => {
      const baseUrl = required(base, 'Enter the base URL of the service.');
      if (!/^https?:\/\//.test(baseUrl)) throw new Error('The base URL must start with https:// or http://');
      await connect({ baseUrl, apiKey: key.value.trim(), siteId: site.value.trim() });
      return true;
    },
  });
}

/** @param {(credentials: Credentials) => unknown} connect */
export function askServerKey(connect) {
  const key = secretField();
  const site = textField({ spellcheck: 'false' });
  return ask({
    title: 'This server requires a key',
    lead: `It was started with --api-key. ${MEMORY_ONLY}`,
    content: [field('API key', key), field('Site ID', site, 'The value of --site-id. If the server has none, any text will do.')],
    action: 'Connect',
    submit: async () => {
      await connect({ apiKey: required(key, 'Enter the key.'), siteId: site.value.trim() || 'site' });
      return true;
    },
  });
}
