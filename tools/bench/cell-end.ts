/** One end of a way between two threads, three ways: the exchange of a cell, a bare ring, a message port. */
import type { MessagePort } from 'node:worker_threads';
import { Doorbell } from '../../runtime/bus/doorbell.ts';
import { Exchange } from '../../runtime/bus/exchange.ts';
import { makeRing, RingReader, RingWriter } from '../../runtime/bus/ring.ts';
import type { NumberedGrant } from '../../runtime/vm/cell-protocol.ts';

export const ways = ['exchange', 'ring', 'port'] as const;
export type Way = (typeof ways)[number];

export interface End {
	send(payload: Uint8Array): void;
	/** True when the sender has to wait. */
	isFull(): boolean;
	/** What was sent is seen by the other, which is woken. */
	commit(): void;
	/** Hands over what has come. */
	hear(): void;
	/** Resolves when there is something to do again. */
	rest(): Promise<void>;
}

export interface Shared {
	readonly rings: readonly [SharedArrayBuffer, SharedArrayBuffer];
	readonly bells: readonly [SharedArrayBuffer, SharedArrayBuffer];
	readonly stamps: SharedArrayBuffer;
}

export function shared(): Shared {
	return {
		rings: [makeRing(), makeRing()],
		bells: [new Doorbell().buffer, new Doorbell().buffer],
		stamps: new SharedArrayBuffer(4),
	};
}

export interface EndOptions {
	readonly way: Way;
	/** The first or the second of the two. */
	readonly side: 0 | 1;
	readonly shared: Shared;
	readonly port: MessagePort;
	readonly take: (payload: Uint8Array) => void;
}

export function openEnd(options: EndOptions): End {
	return { exchange: exchangeEnd, ring: ringEnd, port: portEnd }[options.way](options);
}

/** Both ends sleep and are woken as a cell on a thread is: by a message without content. */
function sleeper({ side, shared: { bells }, port }: EndOptions) {
	const bell = new Doorbell(bells[side]);
	let wake = (): void => undefined;
	port.on('message', (message) => {
		if (message === null) wake();
	});
	return {
		notify: () => port.postMessage(null),
		/** Lies down until the other rings; on its way it looks whether it must. */
		rest: async (isIdle: () => boolean): Promise<void> => {
			if (bell.lieDown(isIdle))
				await new Promise<void>((resolve) => {
					wake = resolve;
				});
			bell.getUp();
		},
	};
}

function exchangeEnd(options: EndOptions): End {
	const {
		side,
		shared: { rings, bells, stamps },
		take,
	} = options;
	const { notify, rest } = sleeper(options);
	const own = side + 1;
	const peer = 2 - side;
	let isHeld = false;
	const exchange: Exchange = new Exchange({
		notify,
		take: (from, said) => {
			if (said.tag !== 'publication') return;
			take(said.payload);
			exchange.placed(from, { sender: said.sender, bytes: said.payload.length + 32 });
		},
		hold: (_, held) => {
			isHeld = held;
		},
		lost: () => undefined,
	});
	const topic = (number: number, mayPublish: boolean): NumberedGrant => ({
		number,
		name: `to.${number}`,
		mayPublish,
		maySubscribe: !mayPublish,
		whenFull: 'block',
	});
	exchange.link({
		peer,
		out: rings[side],
		in: rings[1 - side] ?? rings[0],
		bell: bells[1 - side] ?? bells[0],
		mayHold: true,
		stamps,
	});
	exchange.route(1, [
		{ tag: 'joined', vm: 1, cell: 1, topics: [topic(2, true), topic(1, false)] },
		{ tag: 'joined', vm: 2, cell: 2, topics: [topic(1, true), topic(2, false)] },
	]);
	const name = `to.${peer}`;
	return {
		send: (payload) => exchange.publish(own, name, payload),
		isFull: () => isHeld,
		commit: () => exchange.commit(),
		hear: () => {
			exchange.hear();
			exchange.commit();
		},
		rest: () => rest(() => exchange.isIdle()),
	};
}

/** Nothing but bytes: no topic, no sender, nobody to ask. */
function ringEnd(options: EndOptions): End {
	const {
		side,
		shared: { rings, bells },
		take,
	} = options;
	const { notify, rest } = sleeper(options);
	const writer = new RingWriter(rings[side]);
	const reader = new RingReader(rings[1 - side] ?? rings[0]);
	const other = new Doorbell(bells[1 - side], notify);
	/** What found no room. */
	let pending: Uint8Array | undefined;
	const write = (payload: Uint8Array): boolean => {
		const at = writer.claim(payload.length);
		if (at >= 0) writer.bytes.set(payload, at);
		return at >= 0;
	};
	const commit = (): void => {
		if (pending !== undefined && write(pending)) pending = undefined;
		if (writer.commit()) other.ring();
	};
	return {
		send: (payload) => {
			if (!write(payload)) pending = payload;
		},
		isFull: () => pending !== undefined,
		commit,
		hear: () => {
			for (let at = reader.peek(); at >= 0; at = reader.peek()) {
				take(reader.bytes.slice(at, at + reader.length));
				reader.next();
			}
			if (reader.release()) other.ring();
		},
		rest: () =>
			rest(() => {
				const isWaiting = pending !== undefined;
				commit();
				return reader.peek() < 0 && isWaiting === (pending !== undefined);
			}),
	};
}

function portEnd({ port, take }: EndOptions): End {
	let wake = (): void => undefined;
	let hasCome = false;
	let underWay = 0;
	let untold = 0;
	port.on('message', ({ payload, heard }: { payload?: Uint8Array; heard?: number }) => {
		hasCome = true;
		if (heard !== undefined) underWay -= heard;
		else if (payload !== undefined) {
			take(payload);
			if (++untold === 64) port.postMessage({ heard: untold });
			untold %= 64;
		}
		wake();
	});
	return {
		send: (payload) => {
			underWay++;
			port.postMessage({ payload });
		},
		// A port has no bound of its own.
		isFull: () => underWay >= 512,
		commit: () => undefined,
		hear: () => undefined,
		rest: async () => {
			if (!hasCome) await new Promise<void>((resolve) => (wake = resolve));
			hasCome = false;
		},
	};
}
