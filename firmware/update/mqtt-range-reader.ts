/**
 * Reads the repository over MQTT 5 request and response (proto/cloud/repository.proto).
 *
 * A request that is not answered is sent again, later each time and at once after a reconnect, until it
 * is given up. Its Correlation Data is random, so only who got the request can answer it; an answer to
 * nothing is dropped.
 */
import { randomUUID } from 'node:crypto';
import type { IPublishPacket, MqttClient } from 'mqtt';
import { FileRange, ReadRange, ReadStatus } from '../../proto/host/cloud/repository.ts';
import type { Clock, Timer } from '../../runtime/clock.ts';
import type { AnswerMemory } from './answer-memory.ts';
import type { RangeAnswer, RangeReader, RangeRequest } from './range-reader.ts';
import { ReadError } from './read-error.ts';

export const READ_TOPIC = 'mullion/repository/v1/read';

export interface MqttRangeReaderOptions {
	/** MQTT 5; it is used with others and left open. */
	readonly client: MqttClient;
	readonly clock: Clock;
	/** Where the packets of the client are, if they are there. */
	readonly memory?: AnswerMemory;
	/** Where answers go to; default `mullion/reply/<client id>/repository`, the id percent-encoded. */
	readonly responseTopic?: string;
	/** Before a request is sent a second time; doubled each time up to 30 s. Default 5 s. */
	readonly timeoutMs?: number;
	/** Before a request fails, whether the broker is there or not. Default 2 minutes. */
	readonly giveUpMs?: number;
}

interface Pending {
	readonly request: Uint8Array;
	readonly correlation: Buffer;
	timeoutMs: number;
	resend?: Timer;
	readonly answer: (payload: Uint8Array) => void;
	readonly fail: (error: unknown) => void;
}

const MAX_TIMEOUT_MS = 30_000;

export class MqttRangeReader implements RangeReader {
	readonly #client: MqttClient;
	readonly #clock: Clock;
	readonly #responseTopic: string;
	readonly #memory: AnswerMemory | undefined;
	readonly #timeoutMs: number;
	readonly #giveUpMs: number;
	readonly #pending = new Map<string, Pending>();
	/** Answers can come: the broker has taken the subscription of this connection. */
	#isListening = false;

	constructor({
		client,
		clock,
		memory,
		responseTopic,
		timeoutMs = 5_000,
		giveUpMs = 120_000,
	}: MqttRangeReaderOptions) {
		this.#client = client;
		this.#clock = clock;
		this.#memory = memory;
		const clientId = encodeURIComponent(client.options.clientId ?? '');
		this.#responseTopic = responseTopic ?? `mullion/reply/${clientId}/repository`;
		this.#timeoutMs = timeoutMs;
		this.#giveUpMs = giveUpMs;
		client.on('connect', this.#onConnect);
		client.on('close', this.#onClose);
		client.on('message', this.#onMessage);
		if (client.connected) this.#onConnect();
	}

	read({ path, offset, length, signal }: RangeRequest): Promise<RangeAnswer | undefined> {
		return new Promise((resolve, reject) => {
			if (signal?.aborted) return reject(signal.reason);
			const correlation = randomUUID();
			const finish = (): void => {
				this.#pending.delete(correlation);
				if (this.#pending.size === 0) this.#memory?.forget();
				pending.resend?.cancel();
				giveUp.cancel();
				signal?.removeEventListener('abort', onAbort);
			};
			const pending: Pending = {
				request: ReadRange.encode({ path, offset, length }),
				correlation: Buffer.from(correlation),
				timeoutMs: this.#timeoutMs,
				answer: (payload) => {
					finish();
					try {
						const answer = openAnswer(path, payload);
						resolve(answer && { ...answer, ...this.#releaseOf(payload) });
					} catch (error) {
						reject(error);
					}
				},
				fail: (error) => {
					finish();
					reject(error);
				},
			};
			const onAbort = (): void => pending.fail(signal?.reason);
			signal?.addEventListener('abort', onAbort);
			const giveUp = this.#clock.after(this.#giveUpMs, () => {
				const reason = this.#isListening ? 'no answer' : 'no connection to the broker';
				pending.fail(new ReadError('repository-unreachable', `${path}: ${reason} in ${this.#giveUpMs} ms`));
			});
			this.#pending.set(correlation, pending);
			if (this.#isListening) this.#send(pending);
		});
	}

	/** Fails what is still open with `repository-unreachable` and stops listening. */
	async close(): Promise<void> {
		this.#client.off('connect', this.#onConnect);
		this.#client.off('close', this.#onClose);
		this.#client.off('message', this.#onMessage);
		this.#isListening = false;
		for (const pending of [...this.#pending.values()]) {
			pending.fail(new ReadError('repository-unreachable', 'the box has stopped reading the repository'));
		}
		if (this.#client.connected)
			await this.#client.unsubscribeAsync(this.#responseTopic).catch(() => undefined);
	}

	#releaseOf(payload: Uint8Array): Pick<RangeAnswer, 'release'> {
		const memory = this.#memory;
		if (memory === undefined) return {};
		// Behind the last of them nothing is kept for more.
		return { release: () => void (this.#pending.size > 0 && memory.giveBack(payload)) };
	}

	#send(pending: Pending): void {
		const { request, correlation, timeoutMs } = pending;
		pending.resend?.cancel();
		pending.resend = this.#clock.after(timeoutMs, () => this.#isListening && this.#send(pending));
		pending.timeoutMs = Math.min(timeoutMs * 2, MAX_TIMEOUT_MS);
		this.#client.publish(READ_TOPIC, Buffer.from(request), {
			qos: 0,
			properties: {
				responseTopic: this.#responseTopic,
				correlationData: correlation,
				messageExpiryInterval: Math.ceil(timeoutMs / 1000),
			},
		});
	}

	// Not left to the client's own resubscription: a request must not overtake the subscription for its answer.
	readonly #onConnect = (): void => {
		this.#client.subscribe(this.#responseTopic, { qos: 0 }, (error) => {
			if (error || !this.#client.connected) return;
			this.#isListening = true;
			for (const pending of this.#pending.values()) this.#send(pending);
		});
	};

	readonly #onClose = (): void => {
		this.#isListening = false;
		for (const pending of this.#pending.values()) {
			pending.resend?.cancel();
			pending.timeoutMs = this.#timeoutMs;
		}
	};

	readonly #onMessage = (topic: string, payload: Uint8Array, packet: IPublishPacket): void => {
		if (topic !== this.#responseTopic) return;
		this.#pending.get(packet.properties?.correlationData?.toString('latin1') ?? '')?.answer(payload);
	};
}

function openAnswer(path: string, payload: Uint8Array): RangeAnswer | undefined {
	let answer: FileRange;
	try {
		// The client keeps nothing of a message that it has handed out.
		answer = FileRange.decodeView(payload);
	} catch (cause) {
		throw new ReadError('malformed-answer', `${path}: the answer is no FileRange`, { cause });
	}
	const { status, size, offset, data } = answer;
	if (status === ReadStatus.READ_STATUS_OK) return { size, offset, data };
	if (status === ReadStatus.READ_STATUS_NOT_FOUND) return undefined;
	if (status === ReadStatus.READ_STATUS_REFUSED) {
		throw new ReadError('read-refused', `${path}: the repository does not serve this path`);
	}
	throw new ReadError('malformed-answer', `${path}: the answer has status ${status}`);
}
