/** A box at work: a module comes and goes, and journalled services give each other orders and answer for them. */
import { askFor, publish, type Talk } from './box-talk.ts';
import { changeGuest, type GuestVersion, guestAfter } from './guest.ts';
import { links, type Partner, pair, pairTopic } from './journal-pair.ts';

/** What was said and heard outside. */
export type Fact =
	/** The module is to be of this version, or is; empty for none. */
	| { readonly kind: 'wanted' | 'reached'; readonly version: GuestVersion }
	| { readonly kind: 'asked'; readonly of: Partner }
	| { readonly kind: 'answered'; readonly of: Partner; readonly count: number; readonly certain: number }
	/** Both were told to begin a chain of orders. */
	| { readonly kind: 'sent' };

export interface WorkOptions extends Talk {
	/** Called before something is said and after it was heard. */
	readonly note: (fact: Fact) => void;
	/** What the module is at the beginning. */
	readonly guest: GuestVersion;
	/** Changes of the module. Default: as many as there is time for. */
	readonly changes?: number;
	/** Nothing new is begun once it is aborted; what was begun is waited for. */
	readonly signal?: AbortSignal;
}

/** Goes on until the module was changed so often, or it is told to stop. @throws ControllerError */
export async function work({
	operator,
	probe,
	note,
	guest,
	changes = Infinity,
	signal,
}: WorkOptions): Promise<void> {
	const end = new AbortController();
	const isOver = (): boolean => end.signal.aborted || signal?.aborted === true;
	const chatting = (async () => {
		for (let sent = 1; !isOver(); sent++) {
			note({ kind: 'sent' });
			await publish({ operator, probe }, pairTopic, { what: 'chain', count: links });
			for (const partner of pair) {
				note({ kind: 'asked', of: partner });
				const count = await askFor({ operator, probe }, partner);
				note({ kind: 'answered', of: partner, count, certain: sent });
			}
		}
	})();
	const changing = (async () => {
		for (let [left, version] = [changes, guest]; left > 0 && !isOver(); left--) {
			version = guestAfter(version);
			note({ kind: 'wanted', version });
			await changeGuest(operator, version);
			note({ kind: 'reached', version });
		}
	})();
	try {
		await Promise.race([changing, chatting]);
	} finally {
		end.abort();
		await Promise.allSettled([changing, chatting]);
	}
	await chatting;
}
