/** Hears over a broker what it says itself, then says what is in its memory: `mqtt-speaker.ts URL [CERTIFICATE]`. */
import { readFileSync } from 'node:fs';
import { connectAsync } from 'mqtt';

const [url = '', ca] = process.argv.slice(2);
const options = { reconnectPeriod: 0, ...(ca !== undefined && { ca: readFileSync(ca) }) };
const client = await connectAsync(url, { ...options, protocolVersion: 5 }, false);
const heard = new Promise<string>((resolve) =>
	client.once('message', (_topic, payload) => resolve(String(payload))),
);
await client.subscribeAsync('a/topic', { qos: 1 });
const said = `over ${new URL(url).protocol}`;
await client.publishAsync('a/topic', said, { qos: 1, properties: { responseTopic: 'b' } });
const text = await heard;
await client.endAsync();
globalThis.gc?.();
console.log(JSON.stringify({ text, heapBytes: process.memoryUsage().heapUsed }));
