// Webhooks in Express: WIX_PUBLIC_KEY="$(cat public-key.pem)" node express.js
import express from 'express';
import { expressWebhook } from 'wix-media.v2/webhooks';
import './events.js';

const { PORT = 3000, WIX_PUBLIC_KEY: publicKey } = process.env;
const app = express();

app.post('/webhooks', expressWebhook({ publicKey }));
// Middleware that parses bodies comes after it.
app.use(express.json());

const server = app.listen(PORT, () => console.log(`http://localhost:${server.address().port}/webhooks`));
