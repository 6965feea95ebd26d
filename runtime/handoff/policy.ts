/**
 * Decides which network a session should be on. A pure function: the networks, the settings and the
 * session in, the decision out, and with it the instant at which time alone may change the answer.
 *
 * Two rules against toggling: a session goes of its own accord only to a network that has been good
 * for the minimum time without a break, and only after as long on its present one. Neither holds
 * when the present network is lost, or up and silent.
 */
import type { Baseband } from '../network/baseband.ts';
import { hasEnoughSignal, hasLostSignal } from '../network/signal.ts';
import type { PolicySettings } from './policy-settings.ts';
import { type Advantage, rank } from './ranking.ts';

/** What set a handoff off. */
export type Trigger =
	| 'appeared'
	| 'faster'
	| 'cheaper'
	| 'short-range'
	| 'signal-lost'
	| 'network-lost'
	| 'user-request'
	| 'remote-command';

/** Why a session stays where it is. */
export const stayReasons = {
	best: 'no other network is better',
	settling: 'a better network is there, but not long enough yet',
	'just-moved': 'a better network is there, but the session has moved a moment ago',
	barred: 'a network to go to is there, but going to it failed a moment ago',
	'nowhere-to-go': 'the present network is lost or weak, and no other can be used',
	'no-network': 'no network can be used',
} as const;

export type StayReason = keyof typeof stayReasons;

export interface Situation {
	/** The network the session is on; undefined if it is on none. */
	readonly baseband: string | undefined;
	/** When it came there by a handoff. */
	readonly movedAtUs?: number | undefined;
	/** The network (id or kind) asked for in this session, before all preferences. */
	readonly preferred?: string | undefined;
	/** Asked for and not yet done. */
	readonly request?: Request | undefined;
	/** Networks (ids) the session could not move to, each until when it is not tried again. */
	readonly barredUntilUs?: ReadonlyMap<string, number> | undefined;
}

export interface Request {
	readonly baseband: string;
	readonly by: 'user-request' | 'remote-command';
}

export type Choice =
	| { readonly to: string; readonly trigger: Trigger; readonly reason: string }
	| { readonly to: undefined; readonly reason: StayReason };

/** The choice, and the next instant (us) at which time alone changes it, if there is one. */
export type Decision = Choice & { readonly lookAgainAtUs: number | undefined };

export interface Question {
	readonly nowUs: number;
	readonly basebands: readonly Baseband[];
	readonly settings: PolicySettings;
	readonly session: Situation;
}

const triggerOf: Readonly<Record<Advantage, Trigger>> = {
	preference: 'appeared',
	range: 'short-range',
	cost: 'cheaper',
	speed: 'faster',
};

export function decide(question: Question): Decision {
	const choice = choose(question);
	const later = turningPoints(question).find((nowUs) => !isSame(choose({ ...question, nowUs }), choice));
	return { ...choice, lookAgainAtUs: later };
}

/** Where to go for who is on no network and may use any; undefined where none can be used. */
export function bestNetwork(given: Omit<Question, 'session'>): string | undefined {
	return choose({ ...given, session: { baseband: undefined } }).to;
}

function choose({ nowUs, basebands, settings, session }: Question): Choice {
	const present = basebands.find(({ id }) => id === session.baseband);
	const isBarred = ({ id }: Baseband): boolean => (session.barredUntilUs?.get(id) ?? nowUs) > nowUs;
	const isWeak = (baseband: Baseband): boolean => hasLostSignal(baseband, settings.signal);
	const others = basebands.filter((other) => other.isUp && other !== present);

	const { request } = session;
	const wanted = others.find(({ id }) => id === request?.baseband);
	if (request !== undefined && wanted !== undefined && !isWeak(wanted) && !isBarred(wanted)) {
		return { to: wanted.id, trigger: request.by, reason: `${wanted.id} was asked for` };
	}

	if (present === undefined || !present.isUp || isSilent(present) || isWeak(present)) {
		const isGone = !present?.isUp;
		// A network as bad as the one that is left is worth going to only if that one is no more.
		const usable = others.filter((other) => isGone || !(isWeak(other) || isSilent(other)));
		const free = usable.filter((other) => !isBarred(other));
		const best = bestOfStrongest(free, settings, session);
		if (best === undefined) {
			const nowhere = session.baseband === undefined ? 'no-network' : 'nowhere-to-go';
			return { to: undefined, reason: usable.length > 0 ? 'barred' : nowhere };
		}
		if (session.baseband === undefined) {
			return { to: best.id, trigger: 'appeared', reason: `${best.id} is the best there is` };
		}
		if (isGone || isSilent(present)) {
			const what = isGone ? 'is down' : 'is silent';
			return { to: best.id, trigger: 'network-lost', reason: `${session.baseband} ${what}` };
		}
		return { to: best.id, trigger: 'signal-lost', reason: `the signal of ${session.baseband} is too weak` };
	}

	const { preferred } = session;
	const better = (candidates: readonly Baseband[]) =>
		rank({ present, candidates, settings, preferred }).better();
	const minimumUs = settings.minimumTimeMs * 1000;
	const good = others.filter((other) => hasEnoughSignal(other, settings.signal));
	const steady = good.filter((other) => steadyAtUs(other, minimumUs) <= nowUs);
	const chosen = better(steady.filter((other) => !isBarred(other)));
	if (chosen !== undefined && nowUs < (session.movedAtUs ?? Number.NEGATIVE_INFINITY) + minimumUs) {
		return { to: undefined, reason: 'just-moved' };
	}
	if (chosen !== undefined) {
		const { baseband, by } = chosen;
		return { to: baseband.id, trigger: triggerOf[by], reason: `${baseband.id} is better by its ${by}` };
	}
	if (better(steady) !== undefined) {
		return { to: undefined, reason: 'barred' };
	}
	return { to: undefined, reason: better(good) === undefined ? 'best' : 'settling' };
}

/** Networks with a good signal before those with a poor one, and those before the rest. */
function bestOfStrongest(
	usable: readonly Baseband[],
	settings: PolicySettings,
	{ preferred }: Situation,
): Baseband | undefined {
	const alive = usable.filter((other) => !isSilent(other));
	const good = alive.filter((other) => hasEnoughSignal(other, settings.signal));
	const poor = alive.filter((other) => !hasLostSignal(other, settings.signal));
	const strongest = [good, poor, alive, usable].find((tier) => tier.length > 0) ?? [];
	return rank({ candidates: strongest, settings, preferred }).sorted()[0];
}

/** Up as far as its hardware knows, but nothing comes over it. */
function isSilent({ silentSinceUs }: Baseband): boolean {
	return silentSinceUs !== undefined;
}

/** When this network has been good for as long as is asked of it; never if it is not good now. */
function steadyAtUs({ upSinceUs, signalOkSinceUs }: Baseband, minimumUs: number): number {
	return upSinceUs === undefined || signalOkSinceUs === undefined
		? Number.POSITIVE_INFINITY
		: Math.max(upSinceUs, signalOkSinceUs) + minimumUs;
}

/** Every later instant at which a term of the choice changes, in order. */
function turningPoints({ nowUs, basebands, settings, session }: Question): number[] {
	const minimumUs = settings.minimumTimeMs * 1000;
	return [
		...basebands.map((baseband) => steadyAtUs(baseband, minimumUs)),
		...(session.barredUntilUs?.values() ?? []),
		(session.movedAtUs ?? Number.NEGATIVE_INFINITY) + minimumUs,
	]
		.filter((at) => at > nowUs && Number.isFinite(at))
		.toSorted((a, b) => a - b);
}

function isSame(a: Choice, b: Choice): boolean {
	return a.to === b.to && a.reason === b.reason;
}
