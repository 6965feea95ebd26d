import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { Agent, type IncomingMessage, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import test, { type ExecutionContext } from 'ava';
import { systemClock } from '../../../firmware/hal/clock.ts';
import { type ContentServer, startContentServer } from '../content.ts';
import { pieceBytes } from './pacer.ts';

const body = Buffer.alloc(40_000, 'mullion ');

/** A server with `song.mp3` on a path under test and on a perfect one. */
async function startServer(t: ExecutionContext): Promise<ContentServer> {
	const root = await mkdtemp(join(tmpdir(), 'content-'));
	t.teardown(() => rm(root, { recursive: true }));
	await writeFile(join(root, 'song.mp3'), body);
	const networks = [
		{ id: 'path', host: '127.0.1.1' },
		{ id: 'perfect', host: '127.0.2.1' },
	];
	const server = await startContentServer({ root, networks });
	t.teardown(() => server.close());
	return server;
}

async function get(server: ContentServer, { id = 'path', agent }: { id?: string; agent?: Agent } = {}) {
	const sent = request(server.urlOf(id, 'song.mp3'), { ...(agent && { agent }) });
	sent.end();
	sent.on('error', () => undefined);
	const [response] = await once(sent, 'response');
	return response as IncomingMessage;
}

/** A request there and back over the other network: whatever was about to happen has had its chance. */
async function exchangeElsewhere(server: ContentServer): Promise<void> {
	await buffer(await get(server, { id: 'perfect' }));
}

test('a download is no faster than its rate by the clock of the server, and not much slower', async (t) => {
	const server = await startServer(t);
	await server.network('path').set({ rateKbps: 400 });
	const clock = systemClock();
	const startUs = clock.now();

	await buffer(await get(server));

	const ms = (clock.now() - startUs) / 1000;
	const { bytesOut } = server.network('path').counters;
	t.true(bytesOut > body.length);
	t.true(ms >= ((bytesOut - 2 * pieceBytes) * 8) / 400, `${ms} ms`);
	t.true(ms <= 4 * ((bytesOut * 8) / 400), `${ms} ms`);
});

test('two downloads at a time share the rate fairly', async (t) => {
	const server = await startServer(t);
	await server.network('path').set({ rateKbps: 800 });
	const [first, second] = await Promise.all([get(server), get(server)]);
	let secondBytes = 0;
	second.on('data', (piece) => {
		secondBytes += piece.length;
	});

	await buffer(first);

	t.true(secondBytes > 0.5 * body.length, `${secondBytes} of ${body.length}`);
	await once(second, 'end');
});

test('a first answer takes two round trips and the next on the same connection one', async (t) => {
	const server = await startServer(t);
	await server.network('path').set({ delayMs: 30 });
	const agent = new Agent({ keepAlive: true, maxSockets: 1 });
	t.teardown(() => agent.destroy());
	const timed = async () => {
		const startMs = performance.now();
		const response = await get(server, { agent });
		const ms = performance.now() - startMs;
		await buffer(response);
		return ms;
	};

	// The client's clock and the server's may differ by their rounding to a microsecond.
	t.true((await timed()) >= 119.9);
	t.true((await timed()) >= 59.9);
});

test('a rate that is raised in the middle of a download counts at once', async (t) => {
	const server = await startServer(t);
	await server.network('path').set({ rateKbps: 8 });
	const response = await get(server);

	await server.network('path').set({ rateKbps: Number.POSITIVE_INFINITY });

	// At 8 kbit/s this would take 40 seconds.
	const startMs = performance.now();
	t.deepEqual(await buffer(response), body);
	t.true(performance.now() - startMs < 20_000);
});

test('in a silent outage a download stands still, and is whole once the path is up again', async (t) => {
	const server = await startServer(t);
	const path = server.network('path');
	await path.set({ rateKbps: 400 });
	const response = await get(server);
	const whole = buffer(response);

	await path.set({ isUp: false });
	const before = path.counters.bytesOut;
	await exchangeElsewhere(server);
	t.is(path.counters.bytesOut, before);
	t.true(before < body.length);

	await path.set({ isUp: true, rateKbps: Number.POSITIVE_INFINITY });
	t.deepEqual(await whole, body);
});

test('in a silent outage a new connection opens, hears nothing, and is served once the path is up', async (t) => {
	const server = await startServer(t);
	const path = server.network('path');
	await path.set({ isUp: false });
	const response = get(server);
	await exchangeElsewhere(server);
	t.is(path.counters.bytesOut, 0);
	t.is(server.requests.filter(({ networkId }) => networkId === 'path').length, 0);

	await path.set({ isUp: true });

	t.deepEqual(await buffer(await response), body);
});

test('an outage with resets cuts what is open, refuses what is new, and is over on the same port', async (t) => {
	const server = await startServer(t);
	const path = server.network('path');
	await path.set({ rateKbps: 8 });
	const download = buffer(await get(server));
	const { url } = path;

	const cut = t.throwsAsync(download, { code: 'ECONNRESET' });
	await path.set({ isUp: false, outage: 'reset' });

	await cut;
	await t.throwsAsync(get(server), { code: 'ECONNREFUSED' });
	await path.set({ isUp: true, rateKbps: 80_000 });
	t.is(path.url, url);
	t.deepEqual(await buffer(await get(server)), body);
});

test('changes that come faster than a listener opens end with the last one', async (t) => {
	const server = await startServer(t);
	const path = server.network('path');

	const changes = [false, true, false, true].map((isUp) => path.set({ isUp, outage: 'reset' }));
	await Promise.all(changes);

	t.deepEqual(await buffer(await get(server)), body);
});
