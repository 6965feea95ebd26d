/** The manifest inside a component: what a module is, what it may do and how much of it. */
import { Alike } from '../alike.ts';
import { CodedError } from '../error.ts';
import {
	anyText,
	anything,
	list,
	made,
	map,
	object,
	oneOf,
	optional,
	orElse,
	type Rule,
	read,
	text,
} from '../field-rules.ts';
import { budgetFields } from './budget-fields.ts';
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
import { number, numbers } from './number-field.ts';

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
	/** Topics of others that it carries where the box names it as its container: patterns as in `bus/topic-pattern.ts`. */
	readonly carries: readonly string[];
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

const alike = new Alike();

/** Objects and lists in each other; no capability has more than two. */
const deepestGrant = 8;

/** What many modules have alike. */
function shared<Value>(of: Rule<Value>): Rule<Value> {
	return { ...of, read: (value, at) => alike.of(of.read(value, at)) };
}

/** Null counts as left out. @param fallback as it would be written */
function usually<Value>(of: Rule<Value>, fallback: unknown): Rule<Value> {
	return { ...of, read: (value, at) => of.read(value ?? fallback, at) };
}

function textLike({
	pattern,
	longest,
}: {
	readonly pattern: RegExp;
	readonly longest: number;
}): Rule<string> {
	return text(`a text like ${pattern}, up to ${longest} long`, pattern, longest);
}

const budget: Rule<Budget> = object('an object', numbers(budgetFields));
/** What a module gets that asks for nothing else. */
export const budgetDefaults = budget.read({}, '');

const { longest: longestDescription } = rules.description;
const typeName = text('the full name of a protobuf message', rules.type.pattern, rules.type.longest);
const whenFull = usually(oneOf(fullPolicies), usual.whenFull);
const typeAndPolicy = object('an object', { type: typeName, whenFull });
const subscription: Rule<Subscription> = {
	read: (value, at) =>
		typeof value === 'string'
			? { type: typeName.read(value, at), whenFull: usual.whenFull }
			: typeAndPolicy.read(value, at),
};
const bytes = made(
	'base64',
	anyText('base64', rules.config.longest * 1.4),
	(base64): Uint8Array => Uint8Array.fromBase64(base64),
);
const entries = <Value>(of: Rule<Value>, pattern: RegExp) =>
	shared(usually(map('an object', of, { pattern, ...rules.entries }), {}));
const asked = number(interval);
const intervalMs: Rule<number> = { read: (value, at) => Math.max(interval.least, asked.read(value, at)) };
const grant = anything(deepestGrant);

const manifestRule: Rule<Manifest> = object('an object', {
	name: textLike(rules.module),
	version: textLike(rules.version),
	vendor: textLike(rules.name),
	description: usually(
		anyText(`a text up to ${longestDescription} long`, longestDescription),
		rules.description.fallback,
	),
	domain: usually(oneOf(domains), usual.domain),
	priority: usually(oneOf(priorities), usual.priority),
	publishes: entries(typeName, patterns.topic),
	subscribes: entries(subscription, patterns.topic),
	carries: shared(
		usually(
			list(
				`a list of ${rules.carries.most} topics or patterns of them at most, none twice`,
				textLike(rules.carries),
				{
					most: rules.carries.most,
					isSet: true,
				},
			),
			[],
		),
	),
	capabilities: entries(grant, patterns.name),
	budget: shared(orElse(budget, budgetDefaults)),
	durability: shared(
		orElse(
			object('an object', {
				mode: usually(oneOf(durabilityModes), usual.durability),
				intervalMs,
			}),
			{ mode: usual.durability, intervalMs: interval.fallback },
		),
	),
	config: orElse<Manifest['config']>(object('an object', { type: typeName, bytes: usually(bytes, '') }), {
		type: '',
		bytes: new Uint8Array(0),
	}),
	usb: shared(
		usually(
			list(`a list of ${rules.usb.most} devices at most, none twice`, textLike(rules.usb), {
				most: rules.usb.most,
				isSet: true,
			}),
			[],
		),
	),
	power: usually(oneOf(powerNeeds), usual.power),
	session: optional(
		object('an object', {
			kind: textLike(rules.name),
			ranges: list(`a list of one or more of ${ranges.join(', ')}, none twice`, oneOf(ranges), {
				least: 1,
				isSet: true,
			}),
		}),
	),
	persona: optional(textLike(rules.name)),
});

/**
 * Reads the resolved manifest of a component. Unknown fields are an error: a word that the box
 * does not know is a promise that it cannot keep.
 *
 * @throws ManifestError `bad-manifest` naming the field
 */
export function parseManifest(json: unknown): Manifest {
	return read(manifestRule, json, { at: 'manifest', refuse });
}

/**
 * What parses the grant of a capability as written in the manifest.
 *
 * @throws ManifestError `bad-manifest` naming the field
 */
export function grantBy<Grant>(name: string, rule: Rule<Grant>): (grant: unknown) => Grant {
	const at = `manifest.capabilities.${name}`;
	return (grant) => read(rule, grant, { at, refuse });
}

function refuse(why: string): ManifestError {
	return new ManifestError('bad-manifest', why);
}
