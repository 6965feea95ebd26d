import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { type IncomingMessage, request } from 'node:http';
import { createConnection } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import test, { type ExecutionContext } from 'ava';
import { type ContentServer, startContentServer } from '../content.ts';

const body = Buffer.alloc(40_000, 'mullion ');

async function startServer(t: ExecutionContext): Promise<ContentServer> {
	const root = await mkdtemp(join(tmpdir(), 'content-'));
	t.teardown(() => rm(root, { recursive: true }));
	await writeFile(join(root, 'song.mp3'), body);
	const server = await startContentServer({ root, networks: [{ id: 'wifi', host: '127.0.2.1' }] });
	t.teardown(() => server.close());
	return server;
}

async function get(server: ContentServer, headers = {}, path = 'song.mp3'): Promise<IncomingMessage> {
	const sent = request(server.urlOf('wifi', path), { headers });
	sent.end();
	// What comes after the head is told by the body; here it would go unheard and end the test run.
	sent.on('error', () => undefined);
	const [response] = await once(sent, 'response');
	return response;
}

/** Reads to the end, or to the error that stands in its place. */
async function read(response: IncomingMessage): Promise<{ bytes: number; error?: string }> {
	let bytes = 0;
	try {
		for await (const piece of response) bytes += piece.length;
		return { bytes };
	} catch (error) {
		return { bytes, error: (error as NodeJS.ErrnoException).code ?? '' };
	}
}

test('a stall sends so many bytes and then nothing, with the connection open', async (t) => {
	const server = await startServer(t);
	server.network('wifi').inject({ kind: 'stall', afterBytes: 1000 });
	const response = await get(server);
	let bytes = 0;
	response.on('error', () => undefined);
	await new Promise<void>((resolve) => {
		response.on('data', (piece) => {
			bytes += piece.length;
			if (bytes >= 1000) resolve();
		});
	});

	// Another whole download later it is still where it was.
	t.deepEqual(await buffer(await get(server)), body);

	t.is(bytes, 1000);
	t.is(response.headers['content-length'], '40000');
	t.false(response.complete);
	t.is(server.network('wifi').counters.open, 2);
	response.destroy();
});

test('a short body ends the connection early', async (t) => {
	const server = await startServer(t);
	server.network('wifi').inject({ kind: 'short-body', afterBytes: 1000 });

	const response = await get(server);

	t.is(response.headers['content-length'], '40000');
	t.deepEqual(await read(response), { bytes: 1000, error: 'ECONNRESET' });
});

test('a short body of nothing still has its head', async (t) => {
	const server = await startServer(t);
	server.network('wifi').inject({ kind: 'short-body', afterBytes: 0 });

	const response = await get(server);

	t.is(response.statusCode, 200);
	t.deepEqual(await read(response), { bytes: 0, error: 'ECONNRESET' });
});

test('a reset in the body comes after the bytes before it', async (t) => {
	const server = await startServer(t);
	server.network('wifi').inject({ kind: 'reset', afterBytes: 1000 });
	const { host, port } = server.network('wifi');
	const socket = createConnection(port, host);
	let received = 0;
	socket.on('data', (piece) => {
		received += piece.length;
	});

	socket.write('GET /song.mp3 HTTP/1.1\r\nHost: headend\r\n\r\n');
	const [error] = await once(socket, 'error');

	t.is(error.code, 'ECONNRESET');
	t.true(received > 1000 && received < 2000, `${received}`);
});

test('a wrong length announces more, or less, than there is', async (t) => {
	const server = await startServer(t);
	server.network('wifi').inject({ kind: 'wrong-length', byBytes: 500 });
	server.network('wifi').inject({ kind: 'wrong-length', byBytes: -500 });

	const longer = await get(server);
	t.is(longer.headers['content-length'], '40500');
	t.deepEqual(await read(longer), { bytes: 40_000, error: 'ECONNRESET' });

	const shorter = await get(server);
	t.is(shorter.headers['content-length'], '39500');
	t.is((await read(shorter)).bytes, 39_500);
});

test('a wrong range names other bytes than it sends', async (t) => {
	const server = await startServer(t);
	server.network('wifi').inject({ kind: 'wrong-range', byBytes: 8 });

	const response = await get(server, { range: 'bytes=100-199' });

	t.is(response.statusCode, 206);
	t.is(response.headers['content-range'], 'bytes 108-207/40000');
	t.deepEqual(await buffer(response), body.subarray(100, 200));
});

test('a range that is ignored is answered with the whole', async (t) => {
	const server = await startServer(t);
	server.network('wifi').inject({ kind: 'ignore-range' });

	const response = await get(server, { range: 'bytes=100-199' });

	t.is(response.statusCode, 200);
	t.is((await read(response)).bytes, 40_000);
});

for (const status of [404, 500]) {
	test(`a fault of status ${status} is answered so`, async (t) => {
		const server = await startServer(t);
		server.network('wifi').inject({ kind: 'status', status });

		const response = await get(server);

		t.is(response.statusCode, status);
		response.resume();
	});
}

test('a fault strikes as often as told, and only where told', async (t) => {
	const server = await startServer(t);
	server.network('wifi').inject({ kind: 'status', status: 500 }, { times: 2, path: '/song.mp3' });
	const statusOf = async (path: string) => {
		const response = await get(server, {}, path);
		response.resume();
		return response.statusCode;
	};

	t.is(await statusOf('other.mp3'), 404);
	t.is(await statusOf('song.mp3'), 500);
	t.is(await statusOf('song.mp3'), 500);
	t.is(await statusOf('song.mp3'), 200);
});

test('faults that are cleared strike nobody', async (t) => {
	const server = await startServer(t);
	server.network('wifi').inject({ kind: 'status', status: 500 }, { times: Number.POSITIVE_INFINITY });

	server.network('wifi').faults.clear();

	const response = await get(server);
	t.is(response.statusCode, 200);
	response.resume();
});
