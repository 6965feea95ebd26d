// Whatever anybody says on the broker: the box ignores it or answers with an error, and goes on serving.
import { once } from 'node:events';
import { createConnection } from 'node:net';
import test, { type ExecutionContext } from 'ava';
import type { IPublishPacket } from 'mqtt';
import { agentTopic } from '../../../firmware/agent/mqtt-transport.ts';
import { disconnectRecord } from '../../../firmware/agent/records.ts';
import { READ_TOPIC } from '../../../firmware/update/mqtt-range-reader.ts';
import { FileRange, ReadRange, ReadStatus } from '../../../proto/host/cloud/repository.ts';
import { agentId } from '../../start/stage.ts';
import { type Random, seededRandom } from '../link/random.ts';
import { Peer } from './peer.ts';
import { TestBox } from './test-box.ts';

const box = await TestBox.start();
const peer = await Peer.connect(box.stage.headend.broker);
const url = await box.publish(box.probe.built);
await box.install(url);
test.after.always(async () => {
	await peer[Symbol.asyncDispose]();
	await box[Symbol.asyncDispose]();
});

let asked = 0;

/** What was sent before is dealt with, and everybody is served. */
async function serves(t: ExecutionContext): Promise<void> {
	const id = `serves-${asked++}`;
	const { message } = await peer.ask(id, peer.get(id));
	t.truthy(message?.body?.response?.getResp);
	await box.echo();
}

/** Everything that came back since then is an error or a farewell. */
function onlyErrors(t: ExecutionContext, from: number): void {
	for (const { message, record } of peer.answers.slice(from)) {
		if (message?.header?.msgId.startsWith('serves-')) continue;
		t.truthy(message?.body?.error ?? record.disconnect);
	}
}

const bytesOf = (random: Random, length: number): Uint8Array =>
	Uint8Array.from({ length }, () => Math.floor(random() * 256));

test.serial('random bytes are dropped', async (t) => {
	const random = seededRandom(1);
	const from = peer.answers.length;
	for (let round = 0; round < 200; round++) await peer.send(bytesOf(random, Math.floor(random() * 300)));
	await serves(t);
	onlyErrors(t, from);
});

test.serial('a record that is cut off anywhere is dropped or answered with an error', async (t) => {
	const whole = peer.get('cut');
	const from = peer.answers.length;
	for (let length = 0; length < whole.length; length++) await peer.send(whole.subarray(0, length));
	await serves(t);
	onlyErrors(t, from);
});

test.serial('a record with any bit turned is dropped, refused, or served as what it says', async (t) => {
	const random = seededRandom(2);
	const record = peer.get('turned');
	for (let round = 0; round < 300; round++) {
		const turned = record.slice();
		const at = Math.floor(random() * turned.length);
		turned[at] = (turned[at] ?? 0) ^ (1 << Math.floor(random() * 8));
		await peer.send(turned);
	}
	await serves(t);
	for (const { record: answer } of peer.answers) t.is(answer.fromId, agentId);
});

const addresses: Record<string, { to?: string; from?: string }> = {
	'for another box': { to: 'os::00D09E-ELSEWHERE' },
	'for nobody': { to: '' },
	'from a stranger': { from: 'self::stranger' },
	'from nobody': { from: '' },
	'from the box itself': { from: agentId },
};

for (const [whose, change] of Object.entries(addresses)) {
	test.serial(`a record ${whose} is met with silence`, async (t) => {
		const from = peer.answers.length;
		const get = { get: { paramPaths: ['Device.DeviceInfo.'], maxDepth: 0 } };
		await peer.send(peer.record('wrong', get, change));
		await serves(t);
		t.deepEqual(
			peer.answers.slice(from).filter(({ messageId }) => messageId === 'wrong'),
			[],
		);
	});
}

test.serial('a farewell in the name of nobody known ends nothing', async (t) => {
	const before = await box.stage.operator.instances('Device.LocalAgent.Subscription.');
	await peer.send(disconnectRecord({ from: 'self::stranger', to: agentId }, { code: 0, text: 'bye' }));
	await serves(t);
	t.deepEqual(await box.stage.operator.instances('Device.LocalAgent.Subscription.'), before);
});

/** With the error that it is answered with, where it can be answered. */
const large: Record<string, { bytes: () => Uint8Array; fault?: number }> = {
	'random bytes': { bytes: () => bytesOf(seededRandom(3), 1_000_000) },
	'one path': { bytes: () => peer.get('large', `Device.${'x'.repeat(1_000_000)}`), fault: 7005 },
	'a path of a million dots': {
		bytes: () => peer.get('large', `Device${'.'.repeat(1_000_000)}`),
		fault: 7005,
	},
	'a hundred thousand paths': {
		bytes: () =>
			peer.get(
				'large',
				Array.from({ length: 100_000 }, () => 'Device.'),
			),
		fault: 7005,
	},
	'as many paths as it may have': {
		bytes: () =>
			peer.get(
				'large',
				Array.from({ length: 1000 }, () => 'Device.'),
			),
		fault: 7005,
	},
	'a message for a VM': {
		bytes: () =>
			peer.record('large', {
				operate: {
					command: 'Device.X_MULLION_Bus.Publish()',
					commandKey: '',
					sendResp: false,
					inputArgs: { Topic: 'probe.echo', Payload: Buffer.alloc(700_000).toString('base64') },
				},
			}),
	},
};

for (const [what, { bytes, fault }] of Object.entries(large)) {
	test.serial(`a record of up to 1 MiB with ${what} does no harm`, async (t) => {
		if (fault === undefined) await peer.send(bytes());
		else t.is((await peer.ask('large', bytes())).message?.body?.error?.errCode, fault);
		await serves(t);
		t.like(await box.vm('probe'), { state: 'running', restarts: 0 });
	});
}

test.serial('five hundred requests at once are answered, each', async (t) => {
	const ids = Array.from({ length: 500 }, (_, at) => `burst-${at}`);
	const answers = await Promise.all(ids.map((id) => peer.ask(id, peer.get(id, 'Device.'))));
	for (const { message } of answers) {
		const { error, response } = message?.body ?? {};
		t.true(response?.getResp !== undefined || error?.errCode === 7005);
	}
	await serves(t);
});

test.serial('what a broker has kept for the box is not obeyed again when it starts', async (t) => {
	const operate = {
		command: 'Device.SoftwareModules.InstallDU()',
		commandKey: 'kept',
		sendResp: true,
		inputArgs: { URL: 'tuf:modules/kept.wasm' },
	};
	await peer.ask('kept', peer.record('kept', { operate }), { retain: true });

	await box.stage.powerCut();
	await box.stage.powerOn();
	await serves(t);
	await peer.send(bytesOf(seededRandom(5), 1000), { retain: true });
	await box.stage.powerCut();
	await box.stage.powerOn();
	await serves(t);

	t.deepEqual(await box.install('tuf:modules/other.wasm'), { fault: 7033, code: 'unknown-target' });
	await box.ends.count(3);
	t.deepEqual(
		[...box.ends.all].map(([key, ends]) => [key === 'kept', ends.length]),
		[
			[false, 1],
			[true, 1],
			[false, 1],
		],
	);
	await peer.client.publishAsync(agentTopic(agentId), '', { retain: true });
});

test.serial('bytes that are no MQTT end their own connection and nobody else is disturbed', async (t) => {
	const random = seededRandom(6);
	const { hostname, port } = new URL(box.stage.headend.broker);
	for (let round = 0; round < 20; round++) {
		const socket = createConnection(Number(port), hostname);
		socket.on('error', () => undefined);
		await once(socket, 'connect');
		socket.end(bytesOf(random, 200));
		socket.resume();
	}
	await serves(t);
});

/** Reads every question that the box puts to its repository, and tells where it wants the answer. */
async function eavesdrop(
	answer: (question: { read: ReadRange; to: string; correlation: Buffer }) => void,
): Promise<() => Promise<void>> {
	const onMessage = (topic: string, payload: Buffer, packet: IPublishPacket): void => {
		const { responseTopic: to, correlationData: correlation } = packet.properties ?? {};
		if (topic !== READ_TOPIC || to === undefined || correlation === undefined) return;
		answer({ read: ReadRange.decode(new Uint8Array(payload)), to, correlation: Buffer.from(correlation) });
	};
	peer.client.on('message', onMessage);
	await peer.client.subscribeAsync(READ_TOPIC, { qos: 0 });
	return async () => {
		peer.client.off('message', onMessage);
		await peer.client.unsubscribeAsync(READ_TOPIC);
	};
}

test.serial('answers to questions that the box did not ask are not believed', async (t) => {
	let told = 0;
	const data = Buffer.from('#!/bin/sh');
	const lie = Buffer.from(
		FileRange.encode({ status: ReadStatus.READ_STATUS_OK, size: data.length, offset: 0, data }),
	);
	const stop = await eavesdrop(({ to }) => {
		const wrong = [undefined, Buffer.alloc(0), Buffer.alloc(16), Buffer.alloc(60_000)];
		for (const correlationData of wrong)
			peer.client.publish(to, lie, {
				properties: correlationData === undefined ? {} : { correlationData },
			});
		told++;
	});
	t.deepEqual(await box.uninstall('probe'), { fault: 0, code: '' });

	t.deepEqual(await box.install(url), { fault: 0, code: '' });
	await stop();
	t.true(told > 0);
	await serves(t);
});

test.serial('an impostor who hears every question and answers it first installs nothing', async (t) => {
	const random = seededRandom(7);
	const lies = [
		() => FileRange.encode({ status: ReadStatus.READ_STATUS_NOT_FOUND }),
		() => FileRange.encode({ status: ReadStatus.READ_STATUS_REFUSED }),
		() => bytesOf(random, 100),
		() => new Uint8Array(),
	];
	const data = (length: number) =>
		FileRange.encode({
			status: ReadStatus.READ_STATUS_OK,
			size: 20_000,
			offset: 0,
			data: bytesOf(random, length),
		});
	const stop = await eavesdrop(({ to, correlation, read }) => {
		const lie = [...lies, () => data(read.length), () => data(0)][Math.floor(random() * 6)];
		peer.client.publish(to, Buffer.from(lie?.() ?? []), { properties: { correlationData: correlation } });
	});
	const before = await box.modules();
	const codes = new Set<string>();
	for (let round = 0; round < 20; round++) {
		const ending = await box.install(await box.sign(box.probe.built.bytes, 'modules/wanted.wasm'));
		codes.add(ending.code);
	}
	await stop();

	t.deepEqual(await box.modules(), before);
	t.false(codes.has('internal'), [...codes].join(', '));
	t.log([...codes].join(', '));
	await serves(t);
	// Whom it believed about nothing it does not hold a grudge for.
	t.deepEqual(await box.install(url), { fault: 7226, code: 'duplicate-module' });
});
