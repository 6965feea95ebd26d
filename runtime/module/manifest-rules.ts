/** By what the fields of a manifest are read that are neither words (`manifest-words.ts`) nor budgets (`budget-fields.ts`). */
import { longestTopicPattern, topicPatternShape } from '../bus/topic-pattern.ts';

export const patterns = {
	/** The platform is `box` wherever it speaks beside VMs: no service speaks in its name. */
	module: /^(?!box$)[a-z][a-z0-9]*(-[a-z0-9]+)*$/,
	name: /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/,
	version: /^\d+\.\d+\.\d+(-[0-9A-Za-z.-]+)?$/,
	topic: /^[a-z][a-z0-9-]*(\.[a-z][a-z0-9-]*)+$/,
	/** Vendor and product, four hexadecimal digits each. */
	usb: /^[0-9a-f]{4}:[0-9a-f]{4}$/,
	/** Full name of a protobuf message. */
	type: /^[A-Za-z_][A-Za-z0-9_]*(\.[A-Za-z_][A-Za-z0-9_]*)*$/,
} as const;

/** The longest texts in characters, the longest configuration in bytes, the most entries of a list. */
export const rules = {
	module: { pattern: patterns.module, longest: 64 },
	name: { pattern: patterns.name, longest: 64 },
	version: { pattern: patterns.version, longest: 64 },
	description: { fallback: '', longest: 500 },
	type: { pattern: patterns.type, longest: 200 },
	usb: { pattern: patterns.usb, longest: 9, most: 256 },
	carries: { pattern: topicPatternShape, longest: longestTopicPattern, most: 256 },
	config: { longest: 65_536 },
	/** Of `publishes`, `subscribes` and `capabilities` each. */
	entries: { longest: 200, most: 256 },
} as const;

/** What is meant where a word is left out. */
export const usual = {
	domain: 'open',
	priority: 'interactive',
	whenFull: 'block',
	durability: 'none',
	power: 'ordinary',
} as const;

/** Flash wears: nobody is written more often than once a second, however much it asks for. */
export const interval = { least: 1000, fallback: 60_000, most: 86_400_000 } as const;
