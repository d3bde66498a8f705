// Webhooks in Next.js, as app/webhooks/route.js, with events.js beside it.
import { webhookHandler } from 'wix-media.v2/webhooks';
import './events.js';

export const POST = webhookHandler({ publicKey: process.env.WIX_PUBLIC_KEY });
