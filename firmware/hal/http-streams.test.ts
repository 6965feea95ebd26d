import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import type { StreamRequest } from '../../runtime/capability/network-stream.ts';
import type { Fault } from '../../tools/headend/content/fault.ts';
import { startContentServer } from '../../tools/headend/content.ts';
import { type HttpStreams, httpStreams } from './http-streams.ts';

const size = 100_000;
const content = Uint8Array.from({ length: size }, (_, at) => (at * 31) ^ (at >> 8));

type End = { readonly size: number } | { readonly failure: string; readonly why: string };

/** Opens a stream and keeps everything that its handlers are told. */
function read(streams: HttpStreams, wanted: Partial<StreamRequest> & { url: URL }) {
	const chunks: Uint8Array[] = [];
	const ends: End[] = [];
	const offset = wanted.offset ?? 0;
	const { promise, resolve } = Promise.withResolvers<End>();
	const { promise: begun, resolve: begin } = Promise.withResolvers<void>();
	let next = offset;
	let isInOrder = true;
	const finish = (end: End): void => {
		ends.push(end);
		resolve(end);
	};
	const stream = streams.open(
		{ baseband: 'wlan0', vm: 1, offset, length: 0, mostBytes: 1_000_000, ...wanted },
		{
			chunk: (at, bytes) => {
				// Nothing comes after the end.
				if (at !== next || ends.length > 0) isInOrder = false;
				next += bytes.length;
				chunks.push(Uint8Array.from(bytes));
				begin();
			},
			end: (whole) => finish({ size: whole }),
			fail: (failure, why) => finish({ failure, why }),
		},
	);
	return {
		cancel: () => stream.cancel(),
		/** How it ended. */
		end: promise,
		begun,
		ends,
		isInOrder: () => isInOrder,
		bytes: () => new Uint8Array(Buffer.concat(chunks)),
	};
}

interface Bed {
	readonly streams: HttpStreams;
	readonly url: URL;
	readonly used: Map<string, { up: number; down: number }>;
	readonly measured: { baseband: string; bytes: number; ms: number }[];
	readonly isUp: Map<string, boolean>;
}

/** Streams over two networks to one server. */
function streamsTo(t: ExecutionContext, host: string): Omit<Bed, 'url'> {
	const used: Bed['used'] = new Map();
	const measured: { baseband: string; bytes: number; ms: number }[] = [];
	const isUp = new Map([
		['wlan0', true],
		['lte0', true],
	]);
	const streams = httpStreams({
		pathOf: (baseband) => ({
			localAddress: undefined,
			hosts: { 'content.test': host },
			isUp: isUp.get(baseband) ?? false,
		}),
		count: ({ baseband, bytesUp, bytesDown }) => {
			const { up, down } = used.get(baseband) ?? { up: 0, down: 0 };
			used.set(baseband, { up: up + bytesUp, down: down + bytesDown });
		},
		measured: (transfer) => measured.push(transfer),
		stallMs: 1500,
	});
	t.teardown(() => streams.close());
	return { streams, used, measured, isUp };
}

/** The content server, which does wrong when told to. */
async function setUp(t: ExecutionContext) {
	const root = await mkdtemp(join(tmpdir(), 'mullion-streams-'));
	await writeFile(join(root, 'file.bin'), content);
	const server = await startContentServer({ root, networks: [{ id: 'wlan0', host: '127.0.0.1' }] });
	t.teardown(async () => {
		await server.close();
		await rm(root, { recursive: true });
	});
	const network = server.network('wlan0');
	const bed = streamsTo(t, `${network.host}:${network.port}`);
	return { ...bed, network, server, url: new URL('http://content.test/file.bin') };
}

/** A server that says just this, whatever it is asked. */
async function setUpRaw(t: ExecutionContext, answer: string | Uint8Array): Promise<Bed> {
	const sockets = new Set<Socket>();
	const server: Server = createServer((socket) => {
		sockets.add(socket);
		socket.on('error', () => undefined);
		socket.once('data', () => socket.write(answer));
	});
	await once(server.listen(0, '127.0.0.1'), 'listening');
	t.teardown(() => {
		for (const socket of sockets) socket.destroy();
		server.close();
	});
	const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
	return { ...streamsTo(t, host), url: new URL('http://content.test/file.bin') };
}

test('a range comes whole, in order, and every byte of it is counted', async (t) => {
	const { streams, url, used, measured } = await setUp(t);
	const stream = read(streams, { url, offset: 1000, length: 50_000 });

	t.deepEqual(await stream.end, { size });

	t.deepEqual(stream.bytes(), content.slice(1000, 51_000));
	t.true(stream.isInOrder());
	t.is(used.get('wlan0')?.down, 50_000);
	t.true((used.get('wlan0')?.up ?? 0) > 50);
	t.like(measured, [{ baseband: 'wlan0', bytes: 50_000 }]);
});

test('without a length it comes to the end, and a range over the end is cut there', async (t) => {
	const { streams, url } = await setUp(t);
	const rest = read(streams, { url, offset: 90_000 });
	t.deepEqual(await rest.end, { size });
	t.deepEqual(rest.bytes(), content.slice(90_000));

	const over = read(streams, { url, offset: 90_000, length: 20_000 });
	t.deepEqual(await over.end, { size });
	t.deepEqual(over.bytes(), content.slice(90_000));
});

const faults: { fault: Fault; failure: string; came?: number; offset?: number }[] = [
	{ fault: { kind: 'stall', afterBytes: 0 }, failure: 'timed-out', came: 0 },
	{ fault: { kind: 'stall', afterBytes: 7000 }, failure: 'timed-out', came: 7000 },
	{ fault: { kind: 'short-body', afterBytes: 7000 }, failure: 'unreachable', came: 7000 },
	{ fault: { kind: 'reset', afterBytes: 0 }, failure: 'unreachable', came: 0 },
	{ fault: { kind: 'reset', afterBytes: 7000 }, failure: 'unreachable' },
	{ fault: { kind: 'wrong-length', byBytes: 500 }, failure: 'malformed', came: 0 },
	{ fault: { kind: 'wrong-length', byBytes: -500 }, failure: 'malformed', came: 0 },
	{ fault: { kind: 'wrong-range', byBytes: 1 }, failure: 'malformed', came: 0 },
	{ fault: { kind: 'wrong-range', byBytes: -1 }, failure: 'malformed', came: 0 },
	{ fault: { kind: 'ignore-range' }, failure: 'malformed', came: 0 },
	{ fault: { kind: 'ignore-range' }, failure: 'malformed', came: 0, offset: 0 },
	{ fault: { kind: 'status', status: 404 }, failure: 'refused', came: 0 },
	{ fault: { kind: 'status', status: 403 }, failure: 'refused', came: 0 },
	{ fault: { kind: 'status', status: 500 }, failure: 'refused', came: 0 },
	{ fault: { kind: 'status', status: 301 }, failure: 'malformed', came: 0 },
	{ fault: { kind: 'status', status: 204 }, failure: 'malformed', came: 0 },
];

for (const { fault, failure, came, offset = 10_000 } of faults) {
	test(`${JSON.stringify(fault)} from ${offset} on is ${failure}, once, and the next request is served`, async (t) => {
		const { streams, url, network, used } = await setUp(t);
		network.inject(fault);
		const stream = read(streams, { url, offset, length: 20_000 });

		t.like(await stream.end, { failure });
		const next = read(streams, { url, offset, length: 20_000 });
		t.deepEqual(await next.end, { size });

		t.deepEqual(next.bytes(), content.slice(offset, offset + 20_000));
		t.is(stream.ends.length, 1);
		t.true(stream.isInOrder());
		const bytes = stream.bytes();
		t.deepEqual(bytes, content.slice(offset, offset + bytes.length));
		if (came !== undefined) t.is(bytes.length, came);
		t.is(used.get('wlan0')?.down, bytes.length + 20_000);
	});
}

const head = (...lines: string[]) => `HTTP/1.1 ${lines.join('\r\n')}\r\n\r\n`;
const body = 'x'.repeat(100);

const nonsense: Record<string, string | Uint8Array> = {
	'no HTTP': 'SSH-2.0-OpenSSH_9.2\r\n',
	'binary rubbish': Uint8Array.from({ length: 500 }, (_, at) => (at * 89) & 255),
	'a range without a size':
		head('206 Partial Content', 'Content-Range: bytes 0-99/*', 'Content-Length: 100') + body,
	'a range that ends before it begins':
		head('206 Partial Content', 'Content-Range: bytes 9-0/100', 'Content-Length: 100') + body,
	'a range behind the end of what it is of':
		head('206 Partial Content', 'Content-Range: bytes 0-99/50', 'Content-Length: 100') + body,
	'a range in another unit':
		head('206 Partial Content', 'Content-Range: frames 0-99/100', 'Content-Length: 100') + body,
	'several ranges in one':
		head('206 Partial Content', 'Content-Type: multipart/byteranges; boundary=x', 'Content-Length: 100') +
		body,
	'a size beyond all numbers':
		head('206 Partial Content', `Content-Range: bytes 0-99/${'9'.repeat(30)}`, 'Content-Length: 100') + body,
	'more than it has announced': `${head('206 Partial Content', 'Content-Range: bytes 0-49/100', 'Transfer-Encoding: chunked')}64\r\n${body}\r\n0\r\n\r\n`,
	'less than it has announced': `${head('206 Partial Content', 'Content-Range: bytes 0-99/200', 'Transfer-Encoding: chunked')}32\r\n${body.slice(50)}\r\n0\r\n\r\n`,
	'a length that is none': head('200 OK', 'Content-Length: many') + body,
	'two lengths': head('200 OK', 'Content-Length: 100', 'Content-Length: 50') + body,
	'a chunk of a length that is none': `${head('206 Partial Content', 'Content-Range: bytes 0-99/100', 'Transfer-Encoding: chunked')}many\r\n`,
	'compressed bytes':
		head(
			'206 Partial Content',
			'Content-Range: bytes 0-99/100',
			'Content-Length: 100',
			'Content-Encoding: gzip',
		) + body,
	'a head without an end': `HTTP/1.1 200 OK\r\n${'X-Padding: x\r\n'.repeat(20_000)}`,
};

for (const [what, answer] of Object.entries(nonsense)) {
	test(`a server that answers with ${what} is malformed`, async (t) => {
		const { streams, url, used } = await setUpRaw(t, answer);
		const stream = read(streams, { url, length: 100 });

		t.like(await stream.end, { failure: 'malformed' });
		t.true(stream.isInOrder());
		t.true(stream.bytes().length <= 100);
		t.true((used.get('wlan0')?.down ?? 0) <= 100);
	});
}

test('a response that would bring more than is granted is malformed, before a byte of it is passed on', async (t) => {
	const { streams, url } = await setUp(t);
	const stream = read(streams, { url, mostBytes: 50_000 });
	t.like(await stream.end, { failure: 'malformed' });
	t.is(stream.bytes().length, 0);
});

test('a server that never answers is timed-out, one that is not there unreachable', async (t) => {
	const { streams, url } = await setUpRaw(t, '');
	t.like(await read(streams, { url }).end, { failure: 'timed-out' });

	const { streams: others, url: same, network } = await setUp(t);
	await network.set({ isUp: false, outage: 'reset' });
	t.like(await read(others, { url: same }).end, { failure: 'unreachable' });
});

test('over a network that is down or unknown nothing is tried, and that is told on a later turn', async (t) => {
	const { streams, url, isUp, server } = await setUp(t);
	isUp.set('wlan0', false);
	for (const baseband of ['wlan0', 'nowhere']) {
		const stream = read(streams, { url, baseband });
		t.deepEqual(stream.ends, []);
		t.like(await stream.end, { failure: 'unreachable' });
	}
	const silent = read(streams, { url });
	silent.cancel();
	t.like(await read(streams, { url }).end, { failure: 'unreachable' });
	t.deepEqual(silent.ends, []);
	t.deepEqual(server.requests, []);
});

test('after a cancel no handler is called, and what had come is counted', async (t) => {
	const { streams, url, network, used } = await setUp(t);
	network.inject({ kind: 'stall', afterBytes: 5000 }, { times: 2 });
	const early = read(streams, { url, length: 20_000 });
	early.cancel();
	const late = read(streams, { url, length: 20_000 });
	await late.begun;
	late.cancel();
	late.cancel();
	const before = late.bytes().length;

	network.faults.clear();
	t.deepEqual(await read(streams, { url, length: 1000 }).end, { size });
	t.deepEqual([...early.ends, ...late.ends], []);
	t.is(early.bytes().length, 0);
	t.is(late.bytes().length, before);
	t.is(used.get('wlan0')?.down, before + 1000);
});

test('a network that goes takes its streams with it at once and leaves the others', async (t) => {
	const { streams, url, network, isUp } = await setUp(t);
	network.inject({ kind: 'stall', afterBytes: 5000 });
	const stalled = read(streams, { url, length: 20_000 });
	await stalled.begun;
	await network.set({ rateKbps: 4000 });
	// More than there are connections: some of them only wait for one.
	const going = Array.from({ length: 6 }, () => read(streams, { url, length: 50_000 }));
	const staying = read(streams, { url, baseband: 'lte0', length: 50_000 });
	await staying.begun;

	streams.drop('wlan0');

	t.like(stalled.ends, [{ failure: 'unreachable', why: 'wlan0 went down' }]);
	for (const { ends } of going) t.like(ends, [{ failure: 'unreachable' }]);
	t.deepEqual(await staying.end, { size });
	for (const stream of [stalled, ...going]) t.is(stream.ends.length, 1);
	isUp.set('wlan0', true);
	t.deepEqual(await read(streams, { url, length: 1000 }).end, { size });
});

test('closing ends everything in silence', async (t) => {
	const { streams, url, network } = await setUp(t);
	network.inject({ kind: 'stall', afterBytes: 5000 });
	const stream = read(streams, { url, length: 20_000 });
	await stream.begun;
	streams.close();
	while (network.counters.open > 0) await new Promise((resolve) => setImmediate(resolve));
	t.deepEqual(stream.ends, []);
});

test('each network has connections of its own and uses them again', async (t) => {
	const { streams, url, network } = await setUp(t);
	for (let round = 0; round < 5; round++)
		for (const baseband of ['wlan0', 'lte0'])
			t.deepEqual(await read(streams, { url, baseband, length: 1000 }).end, { size });
	t.is(network.counters.accepted, 2);
});
