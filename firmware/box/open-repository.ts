/** The operator's repository, as a box reaches it: over a connection to the broker that is tried until it is there. */
import { connect, type IClientOptions, MqttClient } from 'mqtt';
import type { Clock } from '../../runtime/clock.ts';
import { PacketSocket } from '../hal/packet-socket.ts';
import { AnswerMemory } from '../update/answer-memory.ts';
import { MqttRangeReader } from '../update/mqtt-range-reader.ts';
import type { LogBook } from './log-book.ts';

export interface RepositoryOptions {
	/** URL of the broker. */
	readonly broker: string;
	readonly clock: Clock;
	readonly log: LogBook;
}

const retryMs = 1000;
const usualPort = 1883;
/** More than any answer is: readers ask for a quarter of that at most. */
const maximumPacketSize = 1_048_576;

export function openRepository({ broker, clock, log }: RepositoryOptions) {
	const memory = new AnswerMemory();
	const client = clientOf(new URL(broker), (size) => memory.take(size));
	// It is tried over and over: what is said of that is said once.
	let lastSaid = '';
	client.on('connect', () => {
		lastSaid = '';
	});
	client.on('error', ({ message }) => {
		if (message !== lastSaid) log.write({ vm: '', level: 'warn', text: `repository: ${message}` });
		lastSaid = message;
	});
	const reader = new MqttRangeReader({ client, clock, memory });
	return {
		reader,
		isReachable: (): boolean => client.connected,
		onReachable: (act: () => void): void => void client.on('connect', act),
		close: async (): Promise<void> => {
			reader.close?.();
			await client.endAsync(true);
		},
	};
}

function clientOf(broker: URL, allocate: (size: number) => Buffer): MqttClient {
	const options: IClientOptions = {
		protocolVersion: 5,
		reconnectPeriod: retryMs,
		properties: { maximumPacketSize },
	};
	if (broker.protocol !== 'mqtt:') return connect(broker.href, options);
	const { username, password } = broker;
	return new MqttClient(() => new PacketSocket({ ...addressOf(broker), maximumPacketSize, allocate }), {
		...options,
		...(username !== '' && { username: decodeURIComponent(username) }),
		...(password !== '' && { password: decodeURIComponent(password) }),
	});
}

export function addressOf({ hostname, port }: URL): { readonly host: string; readonly port: number } {
	// An address of IPv6 is in brackets there.
	return { host: hostname.replace(/^\[|\]$/g, ''), port: Number(port || usualPort) };
}
