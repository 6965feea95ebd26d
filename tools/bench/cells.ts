/** A message of 64 bytes between two cells, beside a bare ring with the same wake-up, and a message port. */
import { Worker } from 'node:worker_threads';
import { tuneEngine } from '../../firmware/hal/engine.ts';
import { type End, openEnd, shared, type Way } from './cell-end.ts';
import { type Figure, figure, interleaved, limited, median } from './figure.ts';
import { roundTripFigures } from './round-trip.ts';

const payload = Uint8Array.from({ length: 64 }, (_, at) => at);
const rounds = 5;
/** Until the engine has compiled what is run often. */
const warmUps = 10;
/** Where the kernel puts two threads that wake each other decides more than what they do: so there are several pairs. */
const pairs = 5;
const burst = 50_000;
const batch = 128;
/** What topics, senders and quotas may add to a ring. */
const mostOfRing = 1.5;

export async function cellsFigures(): Promise<Figure[]> {
	tuneEngine();
	const stream = await measure(burst, (pair) => streamed(pair));
	const pingPong = await measure(1, (pair) => pinged(pair, 1000));
	return [
		...beside('message between cells, both busy', stream),
		...beside('message between cells, one asleep', pingPong),
		...(await roundTripFigures()),
	];
}

function beside(name: string, measured: Record<Way, number>): Figure[] {
	const message = { name, unit: 'us', value: measured.exchange };
	return [
		limited(`${name}, of a bare ring's`, 'x', measured.exchange / measured.ring, mostOfRing),
		figure({ ...message, peer: 'bare ring', peerValue: measured.ring }),
		figure({ ...message, peer: 'postMessage', peerValue: measured.port }),
	];
}

/** @param echoes how many messages the other thread hears before it answers */
function measure(echoes: number, run: (pair: Pair) => Promise<number>): Promise<Record<Way, number>> {
	const measured = (way: Way) => () => ofOnePair(open(way, echoes), run);
	return interleaved(
		{ exchange: measured('exchange'), ring: measured('ring'), port: measured('port') },
		pairs,
	);
}

/** While there is no other: a box has few cells. */
async function ofOnePair(pair: Pair, run: (pair: Pair) => Promise<number>): Promise<number> {
	const seen: number[] = [];
	try {
		for (let round = -warmUps; round < rounds; round++) {
			const measured = await run(pair);
			if (round >= 0) seen.push(measured);
		}
		return median(seen);
	} finally {
		await pair.worker.terminate();
	}
}

interface Pair {
	readonly worker: Worker;
	readonly end: End;
	/** Answers so far. */
	answers(): number;
}

function open(way: Way, echoes: number): Pair {
	const between = shared();
	const worker = new Worker(new URL('./cell-peer.ts', import.meta.url), {
		workerData: { way, shared: between, echoes },
	});
	let answers = 0;
	const end = openEnd({
		way,
		side: 0,
		shared: between,
		port: worker as never,
		take: () => {
			answers++;
		},
	});
	return { worker, end, answers: () => answers };
}

async function answered({ end, answers }: Pair, count: number): Promise<void> {
	while (answers() < count) {
		end.hear();
		if (answers() < count) await end.rest();
	}
}

/** Microseconds a message, when each waits for the answer to the one before. */
async function pinged(pair: Pair, count: number): Promise<number> {
	const startedAt = process.hrtime.bigint();
	for (let left = count; left > 0; left--) {
		const due = pair.answers() + 1;
		pair.end.send(payload);
		pair.end.commit();
		await answered(pair, due);
	}
	return Number(process.hrtime.bigint() - startedAt) / 1000 / (2 * count);
}

/** Microseconds a message, when they follow each other as fast as they are heard. */
async function streamed(pair: Pair): Promise<number> {
	const { end } = pair;
	const due = pair.answers() + 1;
	const startedAt = process.hrtime.bigint();
	for (let left = burst; left > 0; ) {
		for (let room = batch; room > 0 && left > 0 && !end.isFull(); room--, left--) end.send(payload);
		end.commit();
		end.hear();
		if (end.isFull()) await end.rest();
	}
	await answered(pair, due);
	return Number(process.hrtime.bigint() - startedAt) / 1000 / burst;
}
