/** What one direction of an emulated link does to its packets. */
import { RigError } from './rig-error.ts';

export interface Shape {
	/** Kilobits a second, counted on whole IP packets; Infinity for no limit. */
	readonly rateKbps: number;
	/** One way, on top of the time the packet takes at this rate. */
	readonly delayMs: number;
	/** Up to this much more, at random; packets still keep their order. */
	readonly jitterMs: number;
	/** Share of packets lost at random, 0 to 100. */
	readonly lossPercent: number;
	/** Bytes that may wait for their turn; what comes on top is lost. */
	readonly queueBytes: number;
	/** A link that is down loses all it holds and all it is given. */
	readonly isUp: boolean;
}

export const perfectShape: Shape = {
	rateKbps: Number.POSITIVE_INFINITY,
	delayMs: 0,
	jitterMs: 0,
	lossPercent: 0,
	queueBytes: 262_144,
	isUp: true,
};

/** Lays `change` over `shape`. @throws RigError `bad-shape` naming the field and its range */
export function reshape(shape: Shape, change: Partial<Shape>): Shape {
	const next = { ...shape, ...change };
	const check = (isRight: boolean, field: keyof Shape, range: string) => {
		if (!isRight) throw new RigError('bad-shape', `${field} is ${next[field]}; it must be ${range}`);
	};
	check(next.rateKbps > 0, 'rateKbps', 'above 0 (set isUp to false to stop a link)');
	check(next.delayMs >= 0 && Number.isFinite(next.delayMs), 'delayMs', '0 or more');
	check(next.jitterMs >= 0 && Number.isFinite(next.jitterMs), 'jitterMs', '0 or more');
	check(next.lossPercent >= 0 && next.lossPercent <= 100, 'lossPercent', 'from 0 to 100');
	check(next.queueBytes >= 0, 'queueBytes', '0 or more');
	return next;
}
