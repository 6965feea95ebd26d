/** Which of several networks is the best, and by what it is better than the present one. */
import { type Baseband, speedOf } from '../network/baseband.ts';
import type { PolicySettings } from './policy-settings.ts';

/** What made the difference; the first that differs decides. */
export type Advantage = 'preference' | 'range' | 'cost' | 'speed';

export interface Ranking {
	/** The best of the candidates, and by what it beats the present one; undefined if none does. */
	better(): { readonly baseband: Baseband; readonly by: Advantage } | undefined;
	/** The candidates, best first. */
	sorted(): Baseband[];
}

export interface RankingOptions {
	readonly present?: Baseband | undefined;
	readonly candidates: readonly Baseband[];
	readonly settings: PolicySettings;
	/** The network asked for in this session; it comes before all preferences. */
	readonly preferred?: string | undefined;
}

interface Rank {
	readonly preference: number;
	readonly range: number;
	readonly cost: number;
}

/**
 * Preference, range and cost sort the networks into groups, so that "better" cannot go round in a
 * circle however many there are. Cost is counted in steps from the cheapest network at hand: a plain
 * "cheaper by at least this much" would let A beat B by speed, B beat C by speed and C beat A by
 * cost. Only within a group does speed count, and only from a factor on.
 */
export function rank({ present, candidates, settings, preferred }: RankingOptions): Ranking {
	const all = present === undefined ? candidates : [present, ...candidates];
	const cheapest = Math.min(...all.map(({ costPerMb }) => costPerMb));
	const rankOf = (baseband: Baseband): Rank => ({
		preference: preferenceOf(baseband, settings, preferred),
		range: baseband.range === 'wide' ? 1 : 0,
		cost: costStep(baseband.costPerMb - cheapest, settings.cheaperBy),
	});
	const compare = (a: Baseband, b: Baseband): number =>
		compareRanks(rankOf(a), rankOf(b)) ||
		(speedOf(b) ?? 0) - (speedOf(a) ?? 0) ||
		// Of equals the one that has held longest, then any fixed order.
		(a.upSinceUs ?? 0) - (b.upSinceUs ?? 0) ||
		(a.id < b.id ? -1 : 1);
	return {
		sorted: () => candidates.toSorted(compare),
		better: () => {
			const baseband = candidates.toSorted(compare)[0];
			if (baseband === undefined || present === undefined) {
				return undefined;
			}
			const [its, ours] = [rankOf(baseband), rankOf(present)];
			const by =
				compareRanks(its, ours) < 0
					? (['preference', 'range', 'cost'] as const).find((aspect) => its[aspect] !== ours[aspect])
					: compareRanks(its, ours) === 0 && isFaster(baseband, present, settings.fasterBy)
						? 'speed'
						: undefined;
			return by && { baseband, by };
		},
	};
}

function compareRanks(a: Rank, b: Rank): number {
	return a.preference - b.preference || a.range - b.range || a.cost - b.cost;
}

function preferenceOf({ id, kind }: Baseband, { preference }: PolicySettings, preferred?: string): number {
	if (preferred === id || preferred === kind) {
		return -1;
	}
	const place = preference.findIndex((name) => name === id || name === kind);
	return place === -1 ? preference.length : place;
}

/** Rounding must not make a difference of exactly one step look like less. */
function costStep(difference: number, step: number): number {
	return step > 0 ? Math.floor(difference / step + 1e-9) : difference;
}

function isFaster(candidate: Baseband, present: Baseband, factor: number): boolean {
	const [its, ours] = [speedOf(candidate), speedOf(present)];
	return its !== undefined && ours !== undefined && its > ours && its >= ours * factor;
}
