/** Two journalled services that give each other work: what each has had must add up, whatever was cut off. */
import { withManifest } from '../../box/variant.ts';

export const pair = ['left', 'right'] as const;
export type Partner = (typeof pair)[number];

/** Both tell both to go on, so many times. */
export const links = 4;
/** Of one that is obeyed: itself, and those that both are told with each further link. */
const ordersOfOne = 2 ** (links + 1) - 1;
export const pairTopic = 'pair.order';

/** @param probe the component they are made of */
export function pairModules(probe: Uint8Array): Uint8Array[] {
	return pair.map((name) =>
		withManifest(probe, (manifest) => ({
			...manifest,
			name,
			publishes: { 'probe.out': 'probe.Word', [pairTopic]: 'probe.Order' },
			subscribes: { [pairTopic]: 'probe.Order', [`${name}.order`]: 'probe.Order' },
			durability: { mode: 'journal' },
		})),
	);
}

/** What was said to one of them and heard of it. */
export interface Dealings {
	/** Questions it was asked; each is an order. */
	readonly asked: number;
	/** Those it answered. */
	readonly answered: number;
	/** Orders it had had by its last answer. */
	readonly told: number;
	/** Chains that both were sent, and those that were sent before a question it has answered. */
	readonly sent: number;
	readonly certain: number;
}

/**
 * Whether both can have had so many orders: no less than they told, only whole chains, each that was certainly
 * had, and none that was not sent. A message that was lost or came twice breaks a chain.
 */
export function isPossible(
	had: Readonly<Record<Partner, number>>,
	known: Record<Partner, Dealings>,
): boolean {
	const { left, right } = known;
	if (had.left < left.told || had.right < right.told) return false;
	for (let askedLeft = left.answered; askedLeft <= left.asked; askedLeft++)
		for (let askedRight = right.answered; askedRight <= right.asked; askedRight++) {
			const [l, r] = [had.left - askedLeft, had.right - askedRight];
			const chains = (l + r) / ordersOfOne;
			const toLeft = (chains + l - r) / 2;
			const toRight = chains - toLeft;
			if (![chains, toLeft].every(Number.isInteger)) continue;
			if (toLeft >= left.certain && toLeft <= left.sent && toRight >= right.certain && toRight <= right.sent)
				return true;
		}
	return false;
}

export interface AtRest {
	readonly had: Readonly<Record<Partner, number>>;
	readonly questions: number;
}

/**
 * Asks both until neither gets anything but our questions.
 * @param ask gives how many orders it has had, of which the question is one
 * @returns orders that each had without them, and how many questions each was asked
 */
export async function comeToRest(ask: (of: Partner) => Promise<number>): Promise<AtRest> {
	let before: number[] = [];
	for (let questions = 1; ; questions++) {
		const now = [await ask('left'), await ask('right')];
		if (now.every((count, at) => count === (before[at] ?? 0) + 1))
			return { had: { left: (now[0] ?? 0) - questions, right: (now[1] ?? 0) - questions }, questions };
		before = now;
	}
}
