/**
 * Looks at messages on the bus for operators' tools.
 *
 * A trace begins when it is first asked for and lives as long as somebody goes on asking: a tool that
 * has gone away needs no goodbye. What the cells forward is bounded, and so is what waits for a tool.
 */
import type { Hub, Seen } from '../../runtime/bus/hub.ts';
import { matchesTopic } from '../../runtime/bus/topic-pattern.ts';
import type { Clock, Timer } from '../../runtime/clock.ts';
import { CodedError } from '../../runtime/error.ts';
import type { VmId } from '../../runtime/vm/cell-protocol.ts';
import type { TracedMessage, TraceRequest, TraceSource } from '../agent/ports.ts';

export const traceErrors = {
	'too-many-traces': 'As many traces as the box allows are under way; end one, or wait until it ends.',
} as const;

export class TraceError extends CodedError<keyof typeof traceErrors> {
	override readonly name = 'TraceError';
}

export interface TracesOptions {
	readonly clock: Clock;
	readonly hub: Pick<Hub, 'look'>;
	/** Every topic that a module of this box declares. */
	readonly topics: () => Iterable<string>;
	readonly nameOf: (vm: VmId) => string | undefined;
}

/** How often the cells get a new credit, and how much: 256 messages and 128 KiB a second each. */
const creditMs = 250;
const credit = { messages: 64, bytes: 32_768 };
const mostTraces = 4;
/** What waits for one tool at the most. */
const mostWaiting = 512;
const mostWaitingBytes = 131_072;
/** A trace that nobody has asked for so long is over. */
const forgottenUs = 5_000_000;

interface Trace {
	request: TraceRequest;
	askedAtUs: number;
	waiting: TracedMessage[];
	waitingBytes: number;
	leftOut: number;
}

export class Traces implements TraceSource {
	readonly #options: TracesOptions;
	readonly #traces = new Map<string, Trace>();
	#timer: Timer | undefined;

	constructor(options: TracesOptions) {
		this.#options = options;
	}

	get count(): number {
		return this.#traces.size;
	}

	/** @throws TraceError `too-many-traces` */
	read(request: TraceRequest): { messages: readonly TracedMessage[]; leftOut: number } {
		const trace = this.#traces.get(request.id) ?? this.#begin(request);
		const { waiting: messages, leftOut } = trace;
		trace.request = request;
		trace.askedAtUs = this.#options.clock.now();
		trace.waiting = [];
		trace.waitingBytes = 0;
		trace.leftOut = 0;
		return { messages, leftOut };
	}

	end(id: string): void {
		if (this.#traces.delete(id)) this.#look();
	}

	close(): void {
		this.#traces.clear();
		this.#look();
	}

	#begin(request: TraceRequest): Trace {
		if (this.#traces.size >= mostTraces)
			throw new TraceError('too-many-traces', `${mostTraces} traces are under way already`);
		const trace = { request, askedAtUs: this.#options.clock.now(), waiting: [], waitingBytes: 0, leftOut: 0 };
		this.#traces.set(request.id, trace);
		this.#look();
		return trace;
	}

	/** Gives the cells their credit, as long as there is anybody to look for. */
	#look(): void {
		const { clock, hub, topics } = this.#options;
		this.#timer?.cancel();
		const now = clock.now();
		for (const [id, { askedAtUs }] of this.#traces)
			if (now - askedAtUs > forgottenUs) this.#traces.delete(id);
		const patterns = [...this.#traces.values()].flatMap(({ request }) => request.topics);
		const wanted = new Set(
			[...topics()].filter((topic) => patterns.some((each) => matchesTopic(each, topic))),
		);
		hub.look(
			{ topics: [...wanted], ...credit },
			{ seen: (seen) => this.#see(seen), unseen: (count) => this.#miss(count) },
		);
		if (this.#traces.size > 0) this.#timer = clock.after(creditMs, () => this.#look());
	}

	#see({ sender, topic, kind, bytes, payload }: Seen): void {
		const { clock, nameOf } = this.#options;
		const message = { at: clock.now(), vm: nameOf(sender) ?? '', topic, kind, bytes, payload };
		for (const trace of this.#traces.values()) {
			const { topics, vm } = trace.request;
			if (vm !== '' && message.vm !== vm) continue;
			if (!topics.some((pattern) => matchesTopic(pattern, topic))) continue;
			if (trace.waiting.length >= mostWaiting || trace.waitingBytes + payload.length > mostWaitingBytes) {
				trace.leftOut++;
				continue;
			}
			trace.waiting.push(message);
			trace.waitingBytes += payload.length;
		}
	}

	/** A cell does not say whose they were: each trace may have missed them. */
	#miss(count: number): void {
		for (const trace of this.#traces.values()) trace.leftOut += count;
	}
}
