/** What the subscriber and the operator may set about when a session changes its network. */
import { type SignalThresholds, usualSignalThresholds } from '../network/signal.ts';

export interface PolicySettings {
	/** Ids or kinds of networks, best first; those not named come after, all alike. */
	readonly preference: readonly string[];
	/** The table of networks must be given the same ones. */
	readonly signal: SignalThresholds;
	/**
	 * How long a network must have been up with enough signal, without a break, before a session
	 * goes to it of its own accord; and how long it then stays there at least.
	 */
	readonly minimumTimeMs: number;
	/** A network is faster if its speed is this many times the present one's, or more. */
	readonly fasterBy: number;
	/** A network is cheaper if a megabyte costs this much less, or lesser still. */
	readonly cheaperBy: number;
}

export const usualPolicySettings: PolicySettings = {
	preference: [],
	signal: usualSignalThresholds,
	minimumTimeMs: 30_000,
	fasterBy: 1.5,
	cheaperBy: 0.01,
};
