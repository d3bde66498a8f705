// Webhooks in Hono: WIX_PUBLIC_KEY="$(cat public-key.pem)" node hono.js
import { serve } from '@hono/node-server';
import { Hono } from 'hono';
import { honoWebhook } from 'wix-media.v2/webhooks';
import './events.js';

const { PORT = 3000, WIX_PUBLIC_KEY: publicKey } = process.env;
const app = new Hono();

app.post('/webhooks', honoWebhook({ publicKey }));

serve({ fetch: app.fetch, port: Number(PORT) }, ({ port }) => console.log(`http://localhost:${port}/webhooks`));
