import { once } from 'node:events';
import { connect, createServer, type Server } from 'node:net';
import { text } from 'node:stream/consumers';
import { setImmediate } from 'node:timers/promises';
import test from 'ava';
import { serveMetrics } from './metrics-server.ts';

const type = 'text/plain; version=0.0.4';

test('the page is served to GET and HEAD, and nothing else is', async (t) => {
	const server = await serveMetrics({ port: 0, type, read: async () => 'up 1\n' });
	t.teardown(() => server.close());

	const answer = await fetch(server.url);
	t.is(answer.status, 200);
	t.is(answer.headers.get('content-type'), type);
	t.is(await answer.text(), 'up 1\n');
	const head = await fetch(server.url, { method: 'HEAD' });
	t.deepEqual([head.status, head.headers.get('content-length'), await head.text()], [200, '5', '']);
	t.is((await fetch(server.url, { method: 'POST', body: 'x' })).status, 405);
	t.is((await fetch(new URL('/', server.url))).status, 404);
	t.regex(server.url, /^http:\/\/127\.0\.0\.1:/);
});

test('those who ask at once share one reading, and a reading that fails is said and forgotten', async (t) => {
	let count = 0;
	const read = async (): Promise<string> => {
		if (++count === 2) throw new Error('as the test wants it');
		await setImmediate();
		return `reading ${count}\n`;
	};
	const server = await serveMetrics({ port: 0, type, read });
	t.teardown(() => server.close());
	const { hostname, port } = new URL(server.url);
	const socket = connect(Number(port), hostname);
	// Both in one packet, so that the second comes before the first is answered.
	const ask = (more: string) => `GET /metrics HTTP/1.1\r\nHost: box\r\n${more}\r\n`;
	socket.write(ask('') + ask('Connection: close\r\n'));

	const answers = await text(socket);
	t.is(answers.split('reading 1\n').length, 3, answers);
	t.is((await fetch(server.url)).status, 500);
	t.is(await (await fetch(server.url)).text(), 'reading 3\n');
});

test('a port that is taken is an error', async (t) => {
	const other: Server = createServer().listen(0, '127.0.0.1');
	await once(other, 'listening');
	t.teardown(() => other.close());
	const { port } = other.address() as { port: number };

	await t.throwsAsync(serveMetrics({ port, type, read: async () => '' }), { code: 'EADDRINUSE' });
});
