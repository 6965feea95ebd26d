/** One piece of work on many boxes, a few at a time: what goes wrong on some does not come to the others. */

/** What became of one box; `left`: it was not begun, as too many had failed. */
export type Outcome =
	| { readonly agent: string; readonly action: 'upgraded' | 'unchanged' | 'away' | 'left' }
	| { readonly agent: string; readonly action: 'failed'; readonly error: unknown };

export interface CampaignOptions {
	/** Endpoint ids; one that comes twice is one box. */
	readonly agents: readonly string[];
	/** So many have to take it first, one after the other; where one of them fails, no other is begun. */
	readonly first: number;
	/** How many of the others are worked on at once, at most. */
	readonly atATime: number;
	/** With more than so many failed no other is begun; those that were go on. */
	readonly mostFailed: number;
	/** `away` for a box that is not there: it neither has taken it nor failed. */
	readonly upgrade: (agent: string) => Promise<'upgraded' | 'unchanged' | 'away'>;
	/** Told of each box once it is known what became of it. */
	readonly onOutcome?: (outcome: Outcome) => void;
	readonly signal: AbortSignal;
}

/** In the order of the boxes. Errors: the signal's reason. */
export async function runCampaign(options: CampaignOptions): Promise<Outcome[]> {
	const { first, atATime, mostFailed, upgrade, onOutcome, signal } = options;
	const agents = [...new Set(options.agents)];
	const queue = [...agents];
	const outcomes = new Map<string, Outcome>();
	const count = (...actions: readonly Outcome['action'][]): number =>
		[...outcomes.values()].filter(({ action }) => actions.includes(action)).length;
	const begin = async (agent: string): Promise<void> => {
		const outcome = await upgrade(agent).then(
			(action): Outcome => ({ agent, action }),
			(error: unknown): Outcome => ({ agent, action: 'failed', error }),
		);
		// Whoever stops waiting for a box does not know what becomes of it.
		if (signal.aborted && outcome.action === 'failed') return;
		outcomes.set(agent, outcome);
		onOutcome?.(outcome);
	};
	const work = async (isEnough: () => boolean): Promise<void> => {
		while (!signal.aborted && !isEnough()) {
			const agent = queue.shift();
			if (agent === undefined) return;
			await begin(agent);
		}
	};
	await work(() => count('failed') > 0 || count('upgraded', 'unchanged') >= first);
	const allowed = count('failed') > 0 ? 0 : mostFailed + 1;
	await Promise.all(Array.from({ length: atATime }, () => work(() => count('failed') >= allowed)));
	signal.throwIfAborted();
	return agents.map((agent) => outcomes.get(agent) ?? { agent, action: 'left' });
}
