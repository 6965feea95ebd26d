/** The manifest inside a component: what a module is, what it may do and how much of it. */
import { Alike } from '../alike.ts';
import { CodedError } from '../error.ts';
import { Fields } from './manifest-fields.ts';

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

export const domains = ['authorized', 'open'] as const;
export const priorities = ['realtime', 'interactive', 'background'] as const;
export const fullPolicies = ['block', 'drop-oldest', 'keep-latest'] as const;
export const ranges = ['wide', 'short', 'wired'] as const;
export const durabilityModes = ['none', 'snapshot', 'journal'] as const;
export const powerNeeds = ['ordinary', 'essential'] as const;

export type Domain = (typeof domains)[number];
export type Priority = (typeof priorities)[number];
/** What happens to a message for an inbox that has no room. */
export type FullPolicy = (typeof fullPolicies)[number];
export type Range = (typeof ranges)[number];
export type DurabilityMode = (typeof durabilityModes)[number];
/** `essential` asks to run while the mains are lost. */
export type PowerNeed = (typeof powerNeeds)[number];

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

/** What a module gets that asks for nothing else, and the most that a box of this class grants. */
export const budgetDefaults: Budget = {
	memoryPages: 16,
	turnMs: 500,
	cpuPercent: 100,
	deadlineMs: 5,
	timers: 256,
	inboxMessages: 256,
	inboxBytes: 262_144,
	effectsPerTurn: 1024,
	effectBytesPerTurn: 1_048_576,
};

export const budgetLimits: Budget = {
	memoryPages: 1024,
	turnMs: 10_000,
	cpuPercent: 100,
	deadlineMs: 1000,
	timers: 4096,
	inboxMessages: 65_536,
	inboxBytes: 16_777_216,
	effectsPerTurn: 65_536,
	effectBytesPerTurn: 16_777_216,
};

const alike = new Alike();
const noConfig: Manifest['config'] = { type: '', bytes: new Uint8Array(0) };

/** Flash wears: nobody is written more often than once a second, however much it asks for. */
const leastIntervalMs = 1000;
const usualIntervalMs = 60_000;

const namePattern = /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/;
const versionPattern = /^\d+\.\d+\.\d+(-[0-9A-Za-z.-]+)?$/;
const topicPattern = /^[a-z][a-z0-9-]*(\.[a-z][a-z0-9-]*)+$/;
/** Vendor and product, four hexadecimal digits each. */
export const usbPattern = /^[0-9a-f]{4}:[0-9a-f]{4}$/;
const mostDevices = 256;
const typePattern = /^[A-Za-z_][A-Za-z0-9_]*(\.[A-Za-z_][A-Za-z0-9_]*)*$/;

/**
 * Reads the resolved manifest of a component. Unknown fields are an error: a word that the box
 * does not know is a promise that it cannot keep.
 *
 * @throws ManifestError `bad-manifest` naming the field
 */
export function parseManifest(json: unknown): Manifest {
	const fields = new Fields(json, 'manifest');
	const manifest = {
		name: fields.text('name', { pattern: namePattern, longest: 64 }),
		version: fields.text('version', { pattern: versionPattern, longest: 64 }),
		vendor: fields.text('vendor', { pattern: namePattern, longest: 64 }),
		description: fields.text('description', { fallback: '', longest: 500 }),
		domain: fields.oneOf('domain', domains, 'open'),
		priority: fields.oneOf('priority', priorities, 'interactive'),
		publishes: alike.of(fields.map('publishes', topicPattern, (value, at) => typeName(value, at))),
		subscribes: alike.of(fields.map('subscribes', topicPattern, subscription)),
		capabilities: alike.of(fields.map('capabilities', namePattern, (value) => value)),
		budget: alike.of(budget(fields.section('budget'))),
		durability: alike.of(durability(fields.section('durability'))),
		config: config(fields.section('config')),
		usb: alike.of(fields.texts('usb', { pattern: usbPattern, longest: 9, most: mostDevices })),
		power: fields.oneOf('power', powerNeeds, 'ordinary'),
		...optional('session', session(fields.section('session'))),
		...optional('persona', fields.optionalText('persona', { pattern: namePattern, longest: 64 })),
	};
	fields.end();
	return manifest;
}

function optional<Key extends string, Value>(key: Key, value: Value | undefined): { [K in Key]?: Value } {
	return value === undefined ? {} : ({ [key]: value } as { [K in Key]: Value });
}

function typeName(value: unknown, at: string): string {
	if (typeof value === 'string' && value.length <= 200 && typePattern.test(value)) return value;
	throw new ManifestError('bad-manifest', `${at} must be the full name of a protobuf message`);
}

function subscription(value: unknown, at: string): Subscription {
	if (typeof value === 'string') return { type: typeName(value, at), whenFull: 'block' };
	const fields = new Fields(value, at);
	const parsed = {
		type: typeName(fields.take('type'), `${at}.type`),
		whenFull: fields.oneOf('whenFull', fullPolicies, 'block'),
	};
	fields.end();
	return parsed;
}

function session(fields: Fields | undefined): SessionService | undefined {
	if (fields === undefined) return undefined;
	const parsed = {
		kind: fields.text('kind', { pattern: namePattern, longest: 64 }),
		ranges: fields.listOf('ranges', ranges),
	};
	fields.end();
	return parsed;
}

function budget(fields: Fields | undefined): Budget {
	if (fields === undefined) return budgetDefaults;
	const names = Object.keys(budgetDefaults) as (keyof Budget)[];
	const entries = names.map((name) => [
		name,
		fields.whole(name, { fallback: budgetDefaults[name], most: budgetLimits[name] }),
	]);
	fields.end();
	return Object.fromEntries(entries) as Budget;
}

function durability(fields: Fields | undefined): Durability {
	if (fields === undefined) return { mode: 'none', intervalMs: usualIntervalMs };
	const parsed = {
		mode: fields.oneOf('mode', durabilityModes, 'none'),
		intervalMs: Math.max(
			leastIntervalMs,
			fields.whole('intervalMs', { fallback: usualIntervalMs, most: 86_400_000 }),
		),
	};
	fields.end();
	return parsed;
}

function config(fields: Fields | undefined): Manifest['config'] {
	if (fields === undefined) return noConfig;
	const parsed = {
		type: typeName(fields.take('type'), 'manifest.config.type'),
		bytes: fields.base64('bytes', { longest: 65_536 }),
	};
	fields.end();
	return parsed;
}
