/** How good the path to one network's clients is. */
import { ContentError } from './content-error.ts';

export interface PathShape {
	/** Kilobits of payload a second, in each direction, for all connections together; Infinity for no limit. */
	readonly rateKbps: number;
	/** One way. Opening a connection costs a round trip more, as it would on a real path. */
	readonly delayMs: number;
	readonly isUp: boolean;
	/**
	 * What being down looks like. `silent`: nothing moves, nothing ends, and goes on when it is up again; a new
	 * connection opens and hears nothing. `reset`: connections are reset and new ones are refused.
	 */
	readonly outage: 'silent' | 'reset';
}

export const perfectPath: PathShape = {
	rateKbps: Number.POSITIVE_INFINITY,
	delayMs: 0,
	isUp: true,
	outage: 'silent',
};

/** Lays `change` over `shape`. @throws ContentError `bad-shape` */
export function reshapePath(shape: PathShape, change: Partial<PathShape>): PathShape {
	const next = { ...shape, ...change };
	if (!(next.rateKbps > 0))
		throw new ContentError(
			'bad-shape',
			`rateKbps is ${next.rateKbps}; it must be above 0 (isUp stops a path)`,
		);
	if (!(next.delayMs >= 0) || !Number.isFinite(next.delayMs))
		throw new ContentError('bad-shape', `delayMs is ${next.delayMs}; it must be 0 or more`);
	return next;
}
