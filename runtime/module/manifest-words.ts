/** Words that fields of a manifest are chosen from, with what each means: the parser takes these, and `modules/MANIFEST.md` explains them. */

/** Whose service it is: which rules of the box hold for it. */
export const domainWords = {
	authorized:
		"The operator's own. It sees time to the microsecond, and may hold senders of any domain (`whenFull`).",
	open: "Anybody's. By the usual rules of a box it has no topics `media.*` and publishes none of `firmware.*`; it sees time in steps of a millisecond, and never holds a sender of the operator's.",
} as const;

/** The class that it runs in. */
export const priorityWords = {
	realtime:
		'Comes first, the earliest deadline (`deadlineMs`) first, and its turn is not interrupted for others. Not for components of other toolchains.',
	interactive:
		'Gets 16 parts of what realtime leaves, where background gets one; within the class all get the same.',
	background: 'Gets what is left; it starts last too.',
} as const;

/** What happens to a message for an inbox that has no room. */
export const fullWords = {
	block:
		'Its sender is held until there is room. Where it cannot be (the box, a service of the operator that says something to an open one, a receiver that is suspended) as `drop-oldest`. Two that hold each other up over two cells lose the oldest after a second.',
	'drop-oldest': 'As many of the oldest of this topic go as it takes.',
	'keep-latest': 'All that wait of this topic go: only the newest counts.',
} as const;

/** Range classes of networks. */
export const rangeWords = {
	wide: 'Networks that reach 800 m or farther: cellular, satellite.',
	short: 'Those that reach less far: Wi-Fi, Bluetooth.',
	wired: 'Ethernet and other cables.',
} as const;

/** What of a VM outlives a fault, a kill and a power cut. */
export const durabilityWords = {
	none: 'Nothing but key-value and sessions: it starts anew.',
	snapshot: 'Its state, as it was up to `intervalMs` ago or when it was stopped.',
	journal: 'Its state, exactly as it was: nothing that anybody outside has seen of it is undone.',
} as const;

/** What happens to it while the mains are lost. */
export const powerWords = {
	ordinary: 'It is suspended.',
	essential: 'It runs, if the box grants it by name (`power.essential` of its configuration).',
} as const;

export type Word<Words extends object> = Extract<keyof Words, string>;

/** In the order of the table. */
export function wordsOf<Words extends object>(words: Words): readonly Word<Words>[] {
	return Object.keys(words) as Word<Words>[];
}
