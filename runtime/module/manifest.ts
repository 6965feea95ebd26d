/** The manifest inside a component: what a module is, what it may do and how much of it. */
import { Alike } from '../alike.ts';
import { CodedError } from '../error.ts';
import { budgetFields } from './budget-fields.ts';
import { Fields } from './manifest-fields.ts';
import { interval, patterns, rules, usual } from './manifest-rules.ts';
import {
	domainWords,
	durabilityWords,
	fullWords,
	powerWords,
	priorityWords,
	rangeWords,
	type Word,
	wordsOf,
} from './manifest-words.ts';
import type { NumberField } from './number-field.ts';

export const manifestErrors = {
	'bad-manifest': 'The manifest inside a module is missing, not JSON, or has a field with a wrong value.',
	'capability-unknown': 'The manifest asks for a capability that this box does not have.',
	'foreign-not-durable':
		'The manifest of a foreign component asks for its turns to be kept or replayed, which only those of services of our own toolchain can be.',
	'foreign-not-realtime': 'The manifest of a foreign component asks for the realtime class.',
} as const;

export class ManifestError extends CodedError<keyof typeof manifestErrors> {
	override readonly name = 'ManifestError';
}

export const domains = wordsOf(domainWords);
export const priorities = wordsOf(priorityWords);
export const fullPolicies = wordsOf(fullWords);
export const ranges = wordsOf(rangeWords);
export const durabilityModes = wordsOf(durabilityWords);
export const powerNeeds = wordsOf(powerWords);

export type Domain = Word<typeof domainWords>;
export type Priority = Word<typeof priorityWords>;
/** What happens to a message for an inbox that has no room. */
export type FullPolicy = Word<typeof fullWords>;
export type Range = Word<typeof rangeWords>;
export type DurabilityMode = Word<typeof durabilityWords>;
/** `essential` asks to run while the mains are lost. */
export type PowerNeed = Word<typeof powerWords>;

/** What of a VM outlives a fault, a kill and a power cut. */
export interface Durability {
	readonly mode: DurabilityMode;
	/** In which its state is written at most once. */
	readonly intervalMs: number;
}

export interface Subscription {
	/** Full name of the protobuf message. */
	readonly type: string;
	readonly whenFull: FullPolicy;
}

export interface Budget {
	/** Linear memory, in pages of 64 KiB. */
	readonly memoryPages: number;
	/** Fuel of one turn, as time on a slow core: see `fuelFor`. */
	readonly turnMs: number;
	/** Of one core, over a second. */
	readonly cpuPercent: number;
	/** A realtime VM is to be called so soon after something has arrived, in milliseconds. */
	readonly deadlineMs: number;
	/** Timers that are set at once. */
	readonly timers: number;
	readonly inboxMessages: number;
	readonly inboxBytes: number;
	readonly effectsPerTurn: number;
	readonly effectBytesPerTurn: number;
}

export interface SessionService {
	/** What kind of session this module serves, e.g. `media`. */
	readonly kind: string;
	/** Range classes of the basebands it is made for. */
	readonly ranges: readonly Range[];
}

export interface Manifest {
	readonly name: string;
	readonly version: string;
	readonly vendor: string;
	readonly description: string;
	readonly domain: Domain;
	readonly priority: Priority;
	/** Topic -> protobuf type. */
	readonly publishes: Readonly<Record<string, string>>;
	readonly subscribes: Readonly<Record<string, Subscription>>;
	/** Capability -> grant as written; each capability parses its own. */
	readonly capabilities: Readonly<Record<string, unknown>>;
	readonly session?: SessionService;
	readonly budget: Budget;
	readonly durability: Durability;
	readonly config: { readonly type: string; readonly bytes: Uint8Array };
	readonly persona?: string;
	/** The devices that it serves, `vendor:product` each as USB has them; it runs while one of them is plugged in. */
	readonly usb: readonly string[];
	readonly power: PowerNeed;
}

/** What a module gets that asks for nothing else. */
export const budgetDefaults = eachBudget(({ fallback }) => fallback);

const alike = new Alike();
const noConfig: Manifest['config'] = { type: '', bytes: new Uint8Array(0) };

/**
 * Reads the resolved manifest of a component. Unknown fields are an error: a word that the box
 * does not know is a promise that it cannot keep.
 *
 * @throws ManifestError `bad-manifest` naming the field
 */
export function parseManifest(json: unknown): Manifest {
	const fields = new Fields(json, 'manifest');
	const manifest = {
		name: fields.text('name', rules.module),
		version: fields.text('version', rules.version),
		vendor: fields.text('vendor', rules.name),
		description: fields.text('description', rules.description),
		domain: fields.oneOf('domain', domains, usual.domain),
		priority: fields.oneOf('priority', priorities, usual.priority),
		publishes: alike.of(fields.map('publishes', patterns.topic, (value, at) => typeName(value, at))),
		subscribes: alike.of(fields.map('subscribes', patterns.topic, subscription)),
		capabilities: alike.of(fields.map('capabilities', patterns.name, (value) => value)),
		budget: alike.of(budget(fields.section('budget'))),
		durability: alike.of(durability(fields.section('durability'))),
		config: config(fields.section('config')),
		usb: alike.of(fields.texts('usb', rules.usb)),
		power: fields.oneOf('power', powerNeeds, usual.power),
		...optional('session', session(fields.section('session'))),
		...optional('persona', fields.optionalText('persona', rules.name)),
	};
	fields.end();
	return manifest;
}

function optional<Key extends string, Value>(key: Key, value: Value | undefined): { [K in Key]?: Value } {
	return value === undefined ? {} : ({ [key]: value } as { [K in Key]: Value });
}

function typeName(value: unknown, at: string): string {
	const { pattern, longest } = rules.type;
	if (typeof value === 'string' && value.length <= longest && pattern.test(value)) return value;
	throw new ManifestError('bad-manifest', `${at} must be the full name of a protobuf message`);
}

function subscription(value: unknown, at: string): Subscription {
	if (typeof value === 'string') return { type: typeName(value, at), whenFull: usual.whenFull };
	const fields = new Fields(value, at);
	const parsed = {
		type: typeName(fields.take('type'), `${at}.type`),
		whenFull: fields.oneOf('whenFull', fullPolicies, usual.whenFull),
	};
	fields.end();
	return parsed;
}

function session(fields: Fields | undefined): SessionService | undefined {
	if (fields === undefined) return undefined;
	const parsed = {
		kind: fields.text('kind', rules.name),
		ranges: fields.listOf('ranges', ranges),
	};
	fields.end();
	return parsed;
}

function budget(fields: Fields | undefined): Budget {
	if (fields === undefined) return budgetDefaults;
	const parsed = eachBudget((field, name) => fields.whole(name, field));
	fields.end();
	return parsed;
}

function eachBudget(of: (field: NumberField, name: keyof Budget) => number): Budget {
	const entries = Object.entries(budgetFields) as [keyof Budget, NumberField][];
	return Object.fromEntries(entries.map(([name, field]) => [name, of(field, name)])) as unknown as Budget;
}

function durability(fields: Fields | undefined): Durability {
	if (fields === undefined) return { mode: usual.durability, intervalMs: interval.fallback };
	const parsed = {
		mode: fields.oneOf('mode', durabilityModes, usual.durability),
		intervalMs: Math.max(interval.least, fields.whole('intervalMs', interval)),
	};
	fields.end();
	return parsed;
}

function config(fields: Fields | undefined): Manifest['config'] {
	if (fields === undefined) return noConfig;
	const parsed = {
		type: typeName(fields.take('type'), 'manifest.config.type'),
		bytes: fields.base64('bytes', rules.config),
	};
	fields.end();
	return parsed;
}
