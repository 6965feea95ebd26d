/** How long metadata of each role is valid, and when it is time to sign it anew. */
import type { Clock } from '../../../runtime/clock.ts';
import type { Role } from './keys.ts';

const DAY_MS = 86_400_000;

/** Root and targets keys may sleep in a safe; snapshot and timestamp are signed by a machine every day. */
const DEFAULTS_MS = { root: 365 * DAY_MS, targets: 90 * DAY_MS, snapshot: 7 * DAY_MS, timestamp: DAY_MS };

export interface LifetimeOptions {
	/** Default the system's clock. */
	readonly clock?: Pick<Clock, 'now'> | undefined;
	/** Milliseconds; default root 365 days, targets 90, snapshot 7, timestamp 1. */
	readonly lifetimesMs?: Partial<Record<Role, number>> | undefined;
}

export class Lifetimes {
	readonly #clock: Pick<Clock, 'now'>;
	readonly #lifetimesMs: Record<Role, number>;

	constructor({ clock, lifetimesMs }: LifetimeOptions) {
		this.#clock = clock ?? { now: () => Date.now() * 1000 };
		this.#lifetimesMs = { ...DEFAULTS_MS, ...lifetimesMs };
	}

	/** The same with others for some roles, in milliseconds. */
	with(lifetimesMs: Partial<Record<Role, number>>): Lifetimes {
		return new Lifetimes({ clock: this.#clock, lifetimesMs: { ...this.#lifetimesMs, ...lifetimesMs } });
	}

	/** What metadata of a role that is signed now says of itself. */
	fields(role: Role, version: number): { version: number; specVersion: string; expires: string } {
		const at = new Date(this.#clock.now() / 1000 + this.#lifetimesMs[role]);
		// TUF 4.3 writes times without a fraction of a second.
		return { version, specVersion: '1.0.31', expires: at.toISOString().replace(/\.\d+Z$/, 'Z') };
	}

	/** Whether more than half of its lifetime is over. */
	isDue(role: Role, { expires }: { expires: string }): boolean {
		return Date.parse(expires) - this.#clock.now() / 1000 < this.#lifetimesMs[role] / 2;
	}
}
