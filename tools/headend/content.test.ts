import { once } from 'node:events';
import { mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { Agent, type IncomingMessage, type RequestOptions, request } from 'node:http';
import { createConnection } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer, text } from 'node:stream/consumers';
import test, { type ExecutionContext } from 'ava';
import fc from 'fast-check';
import { type ContentServer, startContentServer } from './content.ts';

const body = Buffer.from(Array.from({ length: 50_000 }, (_, index) => (index * 7 + (index >> 8)) & 0xff));

/** A server with `song.mp3` on two networks without limits. */
async function startServer(t: ExecutionContext): Promise<ContentServer & { root: string }> {
	const root = await mkdtemp(join(tmpdir(), 'content-'));
	t.teardown(() => rm(root, { recursive: true }));
	await writeFile(join(root, 'song.mp3'), body);
	const server = await startContentServer({
		root,
		networks: [
			{ id: 'cellular', host: '127.0.1.1' },
			{ id: 'wifi', host: '127.0.2.1' },
		],
	});
	t.teardown(() => server.close());
	return Object.assign(server, { root });
}

async function get(url: string, options: RequestOptions = {}): Promise<IncomingMessage> {
	const sent = request(url, options);
	sent.end();
	const [response] = await once(sent, 'response');
	return response;
}

async function getBody(url: string, headers: Record<string, string> = {}) {
	const response = await get(url, { headers });
	return { status: response.statusCode, headers: response.headers, body: await buffer(response) };
}

test('a file is served whole, with its length, version and type', async (t) => {
	const server = await startServer(t);

	const answer = await getBody(server.urlOf('wifi', 'song.mp3'));

	t.is(answer.status, 200);
	t.deepEqual(answer.body, body);
	t.like(answer.headers, {
		'content-length': '50000',
		'content-type': 'audio/mpeg',
		'accept-ranges': 'bytes',
	});
	t.regex(answer.headers.etag ?? '', /^"[^"]+"$/);
});

test('any range of a file is that part of it', async (t) => {
	const server = await startServer(t);
	const url = server.urlOf('wifi', 'song.mp3');
	await fc.assert(
		fc.asyncProperty(fc.nat(body.length - 1), fc.nat(body.length), async (first, last) => {
			fc.pre(first <= last);
			const answer = await getBody(url, { range: `bytes=${first}-${last}` });
			const expected = body.subarray(first, last + 1);
			const bounds = `bytes ${first}-${first + expected.length - 1}/${body.length}`;
			return (
				answer.status === 206 &&
				answer.headers['content-range'] === bounds &&
				answer.headers['content-length'] === `${expected.length}` &&
				answer.body.equals(expected)
			);
		}),
		{ numRuns: 40 },
	);
	t.pass();
});

test('a range behind the end is answered 416 with the true size', async (t) => {
	const server = await startServer(t);

	const answer = await getBody(server.urlOf('wifi', 'song.mp3'), { range: 'bytes=50000-' });

	t.is(answer.status, 416);
	t.is(answer.headers['content-range'], 'bytes */50000');
});

test('If-Range gives the part of the version it names, and the whole of any other', async (t) => {
	const server = await startServer(t);
	const url = server.urlOf('wifi', 'song.mp3');
	const { etag = '', 'last-modified': date = '' } = (await getBody(url)).headers;
	const statusWith = async (ifRange: string) =>
		(await getBody(url, { range: 'bytes=0-9', 'if-range': ifRange })).status;

	t.is(await statusWith(etag), 206);
	t.is(await statusWith(date), 206);
	t.is(await statusWith(`W/${etag}`), 200);
	await writeFile(join(server.root, 'song.mp3'), 'another song');
	t.is(await statusWith(etag), 200);
});

test('HEAD tells the length of the whole and sends nothing, whatever the range', async (t) => {
	const server = await startServer(t);

	const response = await get(server.urlOf('wifi', 'song.mp3'), {
		method: 'HEAD',
		headers: { range: 'bytes=0-9' },
	});

	t.is(response.statusCode, 200);
	t.is(response.headers['content-length'], '50000');
	t.is(await text(response), '');
});

test('a client that has this version already is told so, and only GET and HEAD are allowed', async (t) => {
	const server = await startServer(t);
	const url = server.urlOf('wifi', 'song.mp3');
	const { etag = '' } = (await getBody(url)).headers;

	t.is((await getBody(url, { 'if-none-match': `"x", ${etag}` })).status, 304);
	const post = await get(url, { method: 'POST' });
	t.is(post.statusCode, 405);
	t.is(post.headers.allow, 'GET, HEAD');
	post.resume();
});

test('nothing outside the folder is served, by no spelling and through no link', async (t) => {
	const server = await startServer(t);
	await symlink('/etc', join(server.root, 'link'));
	const { host, port } = server.network('wifi');
	const paths = [
		'/../../etc/passwd',
		'/%2e%2e%2f%2e%2e%2fetc%2fpasswd',
		'/link/passwd',
		'/%00',
		'/%',
		'//',
		'/',
	];

	for (const path of paths) {
		const response = await get(`http://${host}:${port}`, { path });
		t.is(response.statusCode, 404, path);
		response.resume();
	}
});

test('what is no HTTP is answered 400 and harms nobody else', async (t) => {
	const server = await startServer(t);
	const { host, port } = server.network('wifi');
	const socket = createConnection(port, host);

	socket.end(Buffer.concat([Buffer.from([0, 1, 2, 255]), Buffer.from('\r\n\r\n')]));

	t.regex(await text(socket), /^HTTP\/1.1 400 /);
	t.is((await getBody(server.urlOf('wifi', 'song.mp3'))).status, 200);
});

test('requests of one client go over one connection', async (t) => {
	const server = await startServer(t);
	const agent = new Agent({ keepAlive: true, maxSockets: 1 });
	t.teardown(() => agent.destroy());

	for (let count = 0; count < 3; count++)
		await buffer(await get(server.urlOf('wifi', 'song.mp3'), { agent, headers: { range: 'bytes=0-99' } }));
	await server.idle();

	t.is(server.network('wifi').counters.accepted, 1);
	t.is(server.requests.length, 3);
});

test('each network counts its own bytes and the log says who asked for what', async (t) => {
	const server = await startServer(t);
	const response = await get(server.urlOf('cellular', 'song.mp3'), {
		localAddress: '127.0.1.2',
		headers: { range: 'bytes=100-199' },
	});
	await buffer(response);
	await server.idle();

	const { bytesIn, bytesOut } = server.network('cellular').counters;
	t.true(bytesIn > 0);
	t.true(bytesOut > 100 && bytesOut < 1000);
	t.like(server.network('wifi').counters, { bytesIn: 0, bytesOut: 0, accepted: 0 });
	t.is(server.requests.length, 1);
	t.like(server.requests[0], {
		networkId: 'cellular',
		method: 'GET',
		path: '/song.mp3',
		range: 'bytes=100-199',
		status: 206,
		bodyBytes: 100,
		isComplete: true,
	});
});

test('what cannot be is refused with a code', async (t) => {
	const server = await startServer(t);
	const { host, port } = server.network('wifi');

	t.throws(() => server.network('gsm'), { code: 'unknown-network' });
	t.throws(() => server.network('wifi').set({ rateKbps: 0 }), { code: 'bad-shape' });
	t.throws(() => server.network('wifi').set({ delayMs: -1 }), { code: 'bad-shape' });
	await t.throwsAsync(startContentServer({ root: server.root, networks: [{ id: 'x', host, port }] }), {
		code: 'cannot-listen',
	});
});

test('closing the server ends what is under way', async (t) => {
	const server = await startServer(t);
	await server.network('wifi').set({ rateKbps: 8 });
	const response = await get(server.urlOf('wifi', 'song.mp3'));
	const ended = t.throwsAsync(buffer(response));

	await server.close();

	await ended;
	await t.throwsAsync(get(server.urlOf('wifi', 'song.mp3')), { code: 'ECONNREFUSED' });
});
