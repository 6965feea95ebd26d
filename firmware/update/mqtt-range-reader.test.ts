import { createServer } from 'node:net';
import { Aedes } from 'aedes';
import test, { type ExecutionContext } from 'ava';
import mqtt, { type IPublishPacket, type MqttClient } from 'mqtt';
import { FileRange, ReadRange, ReadStatus } from '../../proto/host/cloud/repository.ts';
import { ManualClock } from '../../runtime/manual-clock.ts';
import { MqttRangeReader, READ_TOPIC } from './mqtt-range-reader.ts';
import { readRange } from './range-reader.ts';

interface Ask {
	readonly request: ReadRange;
	readonly responseTopic: string;
	readonly correlationData: Buffer;
}

/** A broker, a box, and an operator whose answers the test writes. */
async function start(t: ExecutionContext, { giveUpMs = 120_000 } = {}) {
	const aedes = await Aedes.createBroker();
	const server = createServer((socket) => {
		socket.on('error', () => undefined);
		aedes.handle(socket);
	});
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	const address = server.address();
	const port = typeof address === 'object' && address ? address.port : 0;
	const connect = (clientId: string): Promise<MqttClient> =>
		mqtt.connectAsync(`mqtt://127.0.0.1:${port}`, { protocolVersion: 5, clientId, reconnectPeriod: 5 });
	const operator = await connect('operator');
	const box = await connect('box 1/#');
	const asks: Ask[] = [];
	let onAsk = (_ask: Ask): void => undefined;
	await operator.subscribeAsync(READ_TOPIC, { qos: 0 });
	operator.on('message', (_topic: string, payload: Uint8Array, { properties }: IPublishPacket) => {
		const { responseTopic = '', correlationData = Buffer.of() } = properties ?? {};
		asks.push({ request: ReadRange.decode(payload), responseTopic, correlationData });
		onAsk(asks.at(-1) as Ask);
	});
	const clock = new ManualClock();
	const reader = new MqttRangeReader({ client: box, clock, giveUpMs });
	t.teardown(async () => {
		await reader.close();
		await Promise.all([operator.endAsync(true), box.endAsync(true)]);
		await new Promise<void>((resolve) => aedes.close(resolve));
		server.close();
	});
	return {
		reader,
		clock,
		asks,
		box,
		operator,
		answer: (ask: Ask, payload: Uint8Array, correlationData = ask.correlationData): void => {
			operator.publish(ask.responseTopic, Buffer.from(payload), { properties: { correlationData } });
		},
		/** Resolves with the next request that reaches the operator. */
		asked: (): Promise<Ask> => new Promise((resolve) => (onAsk = resolve)),
		eachAsked: (handler: (ask: Ask) => void): void => {
			onAsk = handler;
		},
	};
}

const ok = (offset: number, data: Uint8Array, size = 100): Uint8Array =>
	FileRange.encode({ status: ReadStatus.READ_STATUS_OK, offset, size, data });
const range = { path: 'targets/a', offset: 5, length: 10 };

test('a range is asked for and answered over MQTT, below the topic of the box', async (t) => {
	const { reader, asked, answer } = await start(t);
	const first = asked();
	const read = reader.read(range);
	const ask = await first;
	answer(ask, ok(5, Uint8Array.of(1, 2, 3)));

	t.deepEqual(ask.request, range);
	t.is(ask.responseTopic, 'mullion/reply/box%201%2F%23/repository');
	t.is(ask.correlationData.length, 36);
	t.deepEqual(await read, { size: 100, offset: 5, data: Uint8Array.of(1, 2, 3) });
});

test('several requests on their way are told apart, whatever order their answers come in', async (t) => {
	const { reader, asks, answer, eachAsked } = await start(t);
	eachAsked(() => {
		if (asks.length < 5) return;
		for (const ask of asks.toReversed())
			answer(ask, ok(ask.request.offset, Uint8Array.of(ask.request.offset)));
	});

	const reads = await Promise.all([0, 1, 2, 3, 4].map((offset) => reader.read({ ...range, offset })));

	t.deepEqual(
		reads.map((read) => read?.data[0]),
		[0, 1, 2, 3, 4],
	);
});

test('a file that is not there is undefined, and one that is not served is `read-refused`', async (t) => {
	const { reader, answer, eachAsked } = await start(t);
	eachAsked((ask) => answer(ask, FileRange.encode({ status: ReadStatus.READ_STATUS_NOT_FOUND })));
	t.is(await reader.read(range), undefined);

	eachAsked((ask) => answer(ask, FileRange.encode({ status: ReadStatus.READ_STATUS_REFUSED })));
	await t.throwsAsync(reader.read(range), { code: 'read-refused' });
});

test('an answer that is no answer is `malformed-answer`', async (t) => {
	const { reader, answer, eachAsked } = await start(t);
	const hugeSize = Uint8Array.of(8, 1, 24, ...Array(9).fill(0xff), 1);
	for (const payload of [Uint8Array.of(0xff), new Uint8Array(), FileRange.encode({ status: 99 }), hugeSize]) {
		eachAsked((ask) => answer(ask, payload));
		await t.throwsAsync(reader.read(range), { code: 'malformed-answer' });
	}
	for (const payload of [
		ok(6, Uint8Array.of(1)),
		ok(5, new Uint8Array(11)),
		ok(5, new Uint8Array(10), 14),
		ok(5, new Uint8Array()),
	]) {
		eachAsked((ask) => answer(ask, payload));
		await t.throwsAsync(readRange(reader, range), { code: 'malformed-answer' });
	}
});

test('answers to nothing are dropped: unknown, without or with an old correlation', async (t) => {
	const { reader, answer, eachAsked, operator } = await start(t);
	eachAsked((ask) => {
		answer(ask, ok(5, Uint8Array.of(66)), Buffer.alloc(16));
		answer(ask, ok(5, Uint8Array.of(66)), Buffer.alloc(0));
		operator.publish(ask.responseTopic, Buffer.from(ok(5, Uint8Array.of(66))));
		answer(ask, ok(5, Uint8Array.of(1)));
		answer(ask, ok(5, Uint8Array.of(66)));
	});

	for (let round = 0; round < 3; round++) {
		t.deepEqual((await reader.read(range))?.data, Uint8Array.of(1));
	}
});

test('a request that is not answered is sent again, later each time, and the first answer counts', async (t) => {
	const { reader, clock, asked, answer, asks } = await start(t);
	let next = asked();
	const read = reader.read(range);
	const first = await next;
	for (const waitMs of [5_000, 10_000, 20_000]) {
		clock.advance(waitMs - 1);
		next = asked();
		clock.advance(1);
		await next;
	}

	t.is(asks.length, 4);
	t.deepEqual(
		asks.map((ask) => ask.correlationData),
		Array(4).fill(first.correlationData),
	);
	answer(first, ok(5, Uint8Array.of(1)));
	t.deepEqual((await read)?.data, Uint8Array.of(1));
});

test('a repository that never answers is given up as `repository-unreachable`', async (t) => {
	const { reader, clock, asked } = await start(t, { giveUpMs: 60_000 });
	const first = asked();
	const read = reader.read(range);
	await first;

	clock.advance(60_000);

	await t.throwsAsync(read, { code: 'repository-unreachable', message: /no answer in 60000 ms/ });
});

test('what was on its way when the connection broke is asked for again as soon as it is back', async (t) => {
	const { reader, asked, answer, box, asks } = await start(t);
	let next = asked();
	const read = reader.read(range);
	await next;
	next = asked();

	box.stream.destroy();
	answer(await next, ok(5, Uint8Array.of(1)));

	t.deepEqual((await read)?.data, Uint8Array.of(1));
	t.is(asks.length, 2, 'without the clock going on');
});

test('a box without a broker waits for one, and gives up in time', async (t) => {
	const client = mqtt.connect('mqtt://127.0.0.1:9', { protocolVersion: 5, reconnectPeriod: 0 });
	client.on('error', () => undefined);
	t.teardown(() => client.endAsync(true));
	const clock = new ManualClock();
	const reader = new MqttRangeReader({ client, clock, giveUpMs: 1_000 });
	const read = reader.read(range);

	clock.advance(1_000);

	await t.throwsAsync(read, { code: 'repository-unreachable', message: /no connection to the broker/ });
});

test('a read is given up by its signal, with its reason', async (t) => {
	const { reader, asked } = await start(t);
	const stop = new AbortController();
	const first = asked();
	const read = reader.read({ ...range, signal: stop.signal });
	await first;

	stop.abort(new Error('no longer wanted'));

	await t.throwsAsync(read, { message: 'no longer wanted' });
	await t.throwsAsync(reader.read({ ...range, signal: stop.signal }), { message: 'no longer wanted' });
});

test('closing fails what is open and leaves the connection to others', async (t) => {
	const { reader, asked, box } = await start(t);
	const first = asked();
	const read = reader.read(range);
	await first;

	const failed = t.throwsAsync(read, { code: 'repository-unreachable' });
	await reader.close();

	await failed;
	t.true(box.connected);
	t.is(box.listenerCount('message'), 0);
});
