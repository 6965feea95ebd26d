import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { setImmediate as turn } from 'node:timers/promises';
import { Aedes } from 'aedes';
import test, { type ExecutionContext } from 'ava';
import fc from 'fast-check';
import { MqttClient } from 'mqtt';
import { PacketSocket } from './packet-socket.ts';
import { PacketSplitter } from './packet-splitter.ts';

const maximumPacketSize = 1_048_576;

/** A publish of MQTT 3 and QoS 0 (MQTT 3.1.1 3.3). */
function publish(payload: Uint8Array): Buffer {
	const rest = Buffer.concat([Buffer.from([0, 1, 0x61]), payload]);
	const length: number[] = [];
	for (let left = rest.length; left > 0 || length.length === 0; left >>= 7)
		length.push((left & 127) | (left > 127 ? 128 : 0));
	return Buffer.concat([Buffer.from([0x30, ...length]), rest]);
}

/** A server, and what it does with who connects. */
async function serve(t: ExecutionContext, onSocket: (socket: Socket) => void): Promise<number> {
	const sockets: Socket[] = [];
	const server = createServer((socket) => {
		sockets.push(socket);
		socket.on('error', () => undefined);
		onSocket(socket);
	}).listen(0, '127.0.0.1');
	await once(server, 'listening');
	t.teardown(() => {
		for (const socket of sockets) socket.destroy();
		server.close();
	});
	const address = server.address();
	return typeof address === 'object' && address ? address.port : 0;
}

function connected(t: ExecutionContext, port: number): PacketSocket {
	const socket = new PacketSocket({ host: '127.0.0.1', port, maximumPacketSize });
	t.teardown(() => socket.destroy());
	return socket;
}

/** Cuts bytes where it is told to. */
function* pieces(bytes: Buffer, lengths: readonly number[]): Generator<Buffer> {
	let at = 0;
	for (let count = 0; at < bytes.length; count++) {
		const length = lengths[count % lengths.length] ?? 1;
		yield bytes.subarray(at, at + length);
		at += length;
	}
}

test('however packets are cut on their way, each comes whole and alone', (t) => {
	const payload = fc.oneof(
		fc.uint8Array({ maxLength: 300 }),
		// On both sides of where a length becomes a byte longer.
		fc.integer({ min: 16_370, max: 16_390 }).map((length) => new Uint8Array(length).fill(7)),
	);
	fc.assert(
		fc.property(
			fc.array(payload, { maxLength: 6 }),
			fc.array(fc.integer({ min: 1, max: 20_000 }), { minLength: 1, maxLength: 5 }),
			(payloads, lengths) => {
				const packets = payloads.map(publish);
				const splitter = new PacketSplitter(maximumPacketSize);
				const got = [...pieces(Buffer.concat(packets), lengths)].flatMap((piece) => [...splitter.add(piece)]);
				t.deepEqual(got, packets);
			},
		),
	);
});

test('what was read stays as it was while more is read into the same place', async (t) => {
	const packets = Array.from({ length: 40 }, (_, at) => publish(new Uint8Array(30_000).fill(at)));
	const port = await serve(t, (socket) => socket.end(Buffer.concat(packets)));

	t.deepEqual(await Array.fromAsync(connected(t, port)), packets);
});

test('a peer that ends in the middle of a packet ends the stream without it', async (t) => {
	const whole = publish(new Uint8Array(10));
	const port = await serve(t, (socket) => socket.end(Buffer.concat([whole, whole.subarray(0, 7)])));

	t.deepEqual(await Array.fromAsync(connected(t, port)), [whole]);
});

for (const { what, head, code } of [
	{ what: 'a packet that is too large', head: [0x30, 0xff, 0xff, 0xff, 0x7f], code: 'packet-too-large' },
	{ what: 'a length without an end', head: [0x30, 0x80, 0x80, 0x80, 0x80], code: 'malformed-length' },
]) {
	test(`${what} ends the connection before the rest of it comes`, async (t) => {
		const closed = Promise.withResolvers<void>();
		const port = await serve(t, (socket) => {
			socket.on('close', () => closed.resolve());
			socket.write(Buffer.from(head));
		});

		await t.throwsAsync(Array.fromAsync(connected(t, port)), { code });
		await closed.promise;
	});
}

test('nobody listening is an error of the stream', async (t) => {
	const port = await serve(t, () => undefined);
	const refused = new PacketSocket({ host: '127.0.0.1', port: port === 1 ? 2 : 1, maximumPacketSize });

	const [error] = await once(refused, 'error');

	t.is(error.code, 'ECONNREFUSED');
});

test('a peer that sends more than is read has to wait, and loses nothing', async (t) => {
	const packet = publish(new Uint8Array(100_000));
	const count = 400;
	let sent = 0;
	const port = await serve(t, async (socket) => {
		for (; sent < count; sent++) if (!socket.write(packet)) await once(socket, 'drain');
		socket.end();
	});
	const stream = connected(t, port);
	await once(stream, 'readable');
	// As many turns as all of it takes where it is read, several times over.
	for (let turns = 0; turns < 2000; turns++) await turn();
	t.true(sent < count);
	t.true(stream.readableLength <= 2 * maximumPacketSize);

	let got = 0;
	for await (const each of stream) if (packet.equals(each)) got++;
	t.is(got, count);
});

test('clients of a broker exchange messages of any size over it, and learn that it has gone', async (t) => {
	const aedes = await Aedes.createBroker();
	const atBroker: Socket[] = [];
	const port = await serve(t, (socket) => {
		atBroker.push(socket);
		aedes.handle(socket);
	});
	t.teardown(() => new Promise<void>((resolve) => aedes.close(resolve)));
	const client = (clientId: string): MqttClient => {
		const made = new MqttClient(() => connected(t, port), {
			protocolVersion: 5,
			clientId,
			reconnectPeriod: 0,
		});
		made.on('error', () => undefined);
		t.teardown(() => made.endAsync(true));
		return made;
	};
	const box = client('box');
	const operator = client('operator');
	await box.subscribeAsync('files', { qos: 1 });

	for (const length of [0, 1, 65_536, 500_000]) {
		const payload = Buffer.alloc(length, length);
		const heard = new Promise((resolve) => box.once('message', (_topic, bytes) => resolve(bytes)));
		await operator.publishAsync('files', payload, { qos: 1 });
		t.deepEqual(await heard, payload);
	}
	const gone = new Promise<void>((resolve) => box.once('close', resolve));
	for (const socket of atBroker) socket.destroy();
	await gone;
	t.false(box.connected);
});
