/** One direction of an emulated link: rate, delay, jitter, loss, a bounded queue, and a switch. */
import type { Clock, Timer } from '../../../runtime/clock.ts';
import type { Random } from './random.ts';
import { perfectShape, reshape, type Shape } from './shape.ts';

/** `packetsIn` = `packetsOut` + the three kinds of loss + what `queued` says is still on its way. */
export interface LinkCounters {
	readonly packetsIn: number;
	readonly bytesIn: number;
	readonly packetsOut: number;
	readonly bytesOut: number;
	/** Lost by chance. */
	readonly packetsLost: number;
	/** Lost because the queue was full. */
	readonly packetsOverflowed: number;
	/** Lost because the link was down. */
	readonly packetsCutOff: number;
}

export interface LinkOptions {
	readonly clock: Clock;
	readonly random: Random;
	readonly shape?: Partial<Shape>;
	/** Called with each packet that reaches the far end, in the order they were sent. */
	readonly deliver: (packet: Uint8Array) => void;
}

interface Held {
	readonly packet: Uint8Array;
	/** Microseconds: while waiting, when it came; under way, when it arrives. */
	readonly at: number;
}

/**
 * Time is virtual: a packet's place on the wire follows from the packets before it and the rate, never
 * from when a timer happened to fire, so a busy machine bends single delays but not the rate.
 */
export class Link {
	readonly #clock: Clock;
	readonly #random: Random;
	readonly #deliver: (packet: Uint8Array) => void;
	#shape: Shape;
	#waiting: Held[] = [];
	#waitingBytes = 0;
	#underWay: Held[] = [];
	/** When the wire takes its next packet, and when the last one arrives; microseconds. */
	#wireFreeAt = 0;
	#lastArrival = 0;
	#timer: Timer | undefined;
	#counters = {
		packetsIn: 0,
		bytesIn: 0,
		packetsOut: 0,
		bytesOut: 0,
		packetsLost: 0,
		packetsOverflowed: 0,
		packetsCutOff: 0,
	};

	/** @throws RigError `bad-shape` */
	constructor({ clock, random, shape = {}, deliver }: LinkOptions) {
		this.#clock = clock;
		this.#random = random;
		this.#deliver = deliver;
		this.#shape = reshape(perfectShape, shape);
	}

	get shape(): Shape {
		return this.#shape;
	}

	get counters(): LinkCounters {
		return { ...this.#counters };
	}

	/** Packets waiting for the wire or on it. */
	get queued(): number {
		return this.#waiting.length + this.#underWay.length;
	}

	/** Changes the link from the next packet on; the one on the wire keeps its time. @throws RigError `bad-shape` */
	set(change: Partial<Shape>): void {
		this.#advance();
		this.#shape = reshape(this.#shape, change);
		if (!this.#shape.isUp) this.#cutOff();
		this.#advance();
	}

	/** Takes a packet to carry; what becomes of it is in the counters. */
	send(packet: Uint8Array): void {
		this.#counters.packetsIn++;
		this.#counters.bytesIn += packet.length;
		this.#advance();
		const now = this.#clock.now();
		if (!this.#shape.isUp) this.#counters.packetsCutOff++;
		else if (this.#random() * 100 < this.#shape.lossPercent) this.#counters.packetsLost++;
		else if (this.#wireFreeAt > now && this.#waitingBytes + packet.length > this.#shape.queueBytes)
			this.#counters.packetsOverflowed++;
		else {
			this.#waiting.push({ packet, at: now });
			this.#waitingBytes += packet.length;
			this.#advance();
		}
	}

	/** Drops what is under way and never fires again. */
	close(): void {
		this.#cutOff();
		this.#timer?.cancel();
		this.#timer = undefined;
	}

	#advance(): void {
		const now = this.#clock.now();
		this.#launch(now);
		this.#land(now);
		this.#arm(now);
	}

	#launch(now: number): void {
		while (this.#waiting.length > 0 && this.#wireFreeAt <= now) {
			const { packet, at } = this.#waiting.shift() as Held;
			this.#waitingBytes -= packet.length;
			const { rateKbps, delayMs, jitterMs } = this.#shape;
			this.#wireFreeAt = Math.max(this.#wireFreeAt, at) + (packet.length * 8000) / rateKbps;
			const jitterUs = jitterMs > 0 ? this.#random() * jitterMs * 1000 : 0;
			// A packet that drew a short jitter waits for the one before it: radio links retransmit in order.
			this.#lastArrival = Math.max(this.#lastArrival, this.#wireFreeAt + delayMs * 1000 + jitterUs);
			this.#underWay.push({ packet, at: this.#lastArrival });
		}
	}

	#land(now: number): void {
		while (this.#underWay[0] !== undefined && this.#underWay[0].at <= now) {
			const { packet } = this.#underWay.shift() as Held;
			this.#counters.packetsOut++;
			this.#counters.bytesOut += packet.length;
			this.#deliver(packet);
		}
	}

	#arm(now: number): void {
		this.#timer?.cancel();
		const arrival = this.#underWay[0]?.at ?? Number.POSITIVE_INFINITY;
		const departure = this.#waiting.length > 0 ? this.#wireFreeAt : Number.POSITIVE_INFINITY;
		const next = Math.min(arrival, departure);
		this.#timer =
			next === Number.POSITIVE_INFINITY
				? undefined
				: this.#clock.after(Math.max(0, next - now) / 1000, () => this.#advance());
	}

	#cutOff(): void {
		this.#counters.packetsCutOff += this.queued;
		this.#waiting = [];
		this.#underWay = [];
		this.#waitingBytes = 0;
		this.#wireFreeAt = 0;
		this.#lastArrival = 0;
	}
}
