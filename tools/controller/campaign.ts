/** Releases onto many boxes, a few at a time: what goes wrong on some does not come to the others. */

/**
 * What became of one box; `left`: it was not begun, as too many had failed; `unreleased`: there is nothing for it,
 * which is known before any box is begun.
 */
export type Outcome = {
	readonly agent: string;
	/** What was meant for it, as `look` has named it. */
	readonly release?: string;
} & (
	| { readonly action: 'upgraded' | 'unchanged' | 'away' | 'left' }
	| { readonly action: 'failed' | 'unreleased'; readonly error: unknown }
);

/** The release that is meant for a box, or why there is none. */
export type Found =
	| { readonly release: string }
	| { readonly action: 'away' }
	| { readonly action: 'unreleased'; readonly error: unknown };

export interface CampaignOptions {
	/** Endpoint ids; one that comes twice is one box. */
	readonly agents: readonly string[];
	/** So many have to take each release first, one after the other; where one of them fails, no other box is begun. */
	readonly first: number;
	/** How many of the others are worked on at once, at most; how many are looked at, too. */
	readonly atATime: number;
	/** With more than so many failed no other is begun; those that were go on. */
	readonly mostFailed: number;
	/** Touches nothing. All boxes are looked at before the first is begun. */
	readonly look: (agent: string) => Promise<Found>;
	/** `away` for a box that is not there: it neither has taken it nor failed. */
	readonly upgrade: (agent: string, release: string) => Promise<'upgraded' | 'unchanged' | 'away'>;
	/** Told of each box once it is known what became of it. */
	readonly onOutcome?: (outcome: Outcome) => void;
	readonly signal: AbortSignal;
}

/** In the order of the boxes. Errors: the signal's reason. */
export async function runCampaign(options: CampaignOptions): Promise<Outcome[]> {
	return new Campaign(options).run();
}

class Campaign {
	readonly #options: CampaignOptions;
	readonly #agents: readonly string[];
	/** What is meant for each box that was looked at. */
	readonly #releases = new Map<string, string>();
	readonly #outcomes = new Map<string, Outcome>();

	constructor(options: CampaignOptions) {
		this.#options = options;
		this.#agents = [...new Set(options.agents)];
	}

	async run(): Promise<Outcome[]> {
		const { first, atATime, mostFailed, look, upgrade, signal } = this.#options;
		await this.#each(this.#agents, {
			atOnce: atATime,
			isEnough: () => false,
			work: async (agent) => {
				const found = await look(agent);
				if ('release' in found) this.#releases.set(agent, found.release);
				else this.#settle({ agent, ...found });
			},
		});
		const work = async (agent: string): Promise<void> =>
			this.#settle({ agent, action: await upgrade(agent, this.#releases.get(agent) ?? '') });
		// A box that could not be looked at says nothing of a release, but is one of those that may fail.
		const failedBefore = Math.min(this.#failed(), mostFailed);
		const hasFailed = (): boolean => this.#failed() > failedBefore;
		const known = this.#agents.filter((agent) => this.#releases.has(agent));
		// What one board takes proves nothing of what another one gets.
		for (const [release, agents] of Map.groupBy(known, (agent) => this.#releases.get(agent))) {
			const isEnough = (): boolean => hasFailed() || this.#taken(release) >= first;
			await this.#each(agents, { atOnce: 1, isEnough, work });
		}
		const allowed = hasFailed() ? failedBefore : mostFailed;
		const others = known.filter((agent) => !this.#outcomes.has(agent));
		await this.#each(others, { atOnce: atATime, isEnough: () => this.#failed() > allowed, work });
		signal.throwIfAborted();
		return this.#agents.map((agent) => this.#outcomes.get(agent) ?? this.#named({ agent, action: 'left' }));
	}

	async #each(
		agents: readonly string[],
		{ atOnce, isEnough, work }: { atOnce: number; isEnough(): boolean; work(agent: string): Promise<void> },
	): Promise<void> {
		const { signal } = this.#options;
		const queue = [...agents];
		const next = async (): Promise<void> => {
			while (!signal.aborted && !isEnough()) {
				const agent = queue.shift();
				if (agent === undefined) return;
				await work(agent).catch((error: unknown) => this.#settle({ agent, action: 'failed', error }));
			}
		};
		await Promise.all(Array.from({ length: atOnce }, next));
	}

	#settle(outcome: Outcome): void {
		const { signal, onOutcome } = this.#options;
		// Whoever stops waiting for a box does not know what becomes of it.
		if (signal.aborted && outcome.action === 'failed') return;
		this.#outcomes.set(outcome.agent, this.#named(outcome));
		onOutcome?.(this.#named(outcome));
	}

	#named(outcome: Outcome): Outcome {
		const release = this.#releases.get(outcome.agent);
		return release === undefined ? outcome : { ...outcome, release };
	}

	#failed(): number {
		return [...this.#outcomes.values()].filter(({ action }) => action === 'failed').length;
	}

	#taken(release: string | undefined): number {
		return [...this.#outcomes.values()].filter((each) => each.release === release && hasRelease(each)).length;
	}
}

/** It runs there, and is good. */
export function hasRelease({ action }: Outcome): boolean {
	return action === 'upgraded' || action === 'unchanged';
}
