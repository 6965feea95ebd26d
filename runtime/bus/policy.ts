/** Who may say and hear what: the manifest asks, the operator narrows, everything else is denied. */
import { CodedError } from '../error.ts';
import type { Domain, Manifest } from '../module/manifest.ts';
import type { TopicGrant } from '../vm/cell-protocol.ts';
import { topicsTopic } from './ways.ts';

export const policyErrors = {
	'topic-reserved': 'The manifest publishes on a topic that belongs to the platform.',
	'topic-type-conflict': 'The manifest gives a topic another message type than a module that is installed.',
	'container-unfit':
		'The module may not be, or cannot be, what carries the messages of others: it is none of the operator, serves sessions, or does not ask for it.',
} as const;

export class PolicyError extends CodedError<keyof typeof policyErrors> {
	override readonly name = 'PolicyError';
}

/** The last rule that fits decides; where none fits, it is denied. */
export interface PolicyRule {
	readonly domain: Domain | '*';
	readonly direction: 'publish' | 'subscribe' | '*';
	/** A topic, `*`, or a prefix with a star behind its dot: `media.*`. */
	readonly topics: string;
	readonly allow: boolean;
}

/** Content and sessions stay among the operator's own services, and so does who speaks for those at home; the rest is open to all. */
export const defaultRules: readonly PolicyRule[] = [
	{ domain: '*', direction: '*', topics: '*', allow: true },
	{ domain: 'open', direction: '*', topics: 'media.*', allow: false },
	{ domain: 'open', direction: '*', topics: 'recorder.*', allow: false },
	{ domain: 'open', direction: 'publish', topics: 'firmware.*', allow: false },
];

/** Topics that only the platform writes, with the message each carries. */
export const platformTopics: Readonly<Record<string, string>> = {
	'network.state': 'mullion.network.NetworkState',
	'session.control': 'mullion.session.SessionControl',
	'session.checkpoint': 'mullion.session.Checkpoint',
	'box.firmware': 'mullion.firmware.Notice',
	'expansion.device': 'mullion.expansion.DeviceChange',
	'serial.input': 'mullion.expansion.SerialData',
	'serial.output': 'mullion.expansion.SerialData',
	'recordings.order': 'mullion.recordings.Order',
	'recordings.report': 'mullion.recordings.Report',
	'power.state': 'mullion.power.PowerState',
	'box.button': 'mullion.button.Button',
	[topicsTopic]: 'mullion.container.CarriedTopics',
};

const reserved = ['network.', 'session.', 'box.', 'expansion.', 'serial.', 'recordings.', 'power.'];

/** What a VM of this module may do on each of its topics. The order is the numbering the guest uses. */
export function topicGrants(manifest: Manifest, rules: readonly PolicyRule[] = defaultRules): TopicGrant[] {
	const declared = declaredGrants(manifest, rules);
	const given: TopicGrant[] = [];
	if (manifest.session !== undefined) given.push(...toAndFro('session.control', 'session.checkpoint'));
	if (Object.hasOwn(manifest.capabilities, 'serial'))
		given.push(...toAndFro('serial.input', 'serial.output'));
	if (Object.hasOwn(manifest.capabilities, 'recordings'))
		given.push(...toAndFro('recordings.report', 'recordings.order'));
	return [...declared.filter(({ name }) => given.every((topic) => topic.name !== name)), ...given];
}

/** Of those that its manifest names. */
export function declaredGrants(
	manifest: Manifest,
	rules: readonly PolicyRule[] = defaultRules,
): TopicGrant[] {
	const names = [...new Set([...Object.keys(manifest.publishes), ...Object.keys(manifest.subscribes)])];
	return names.map((name): TopicGrant => {
		const rule = { domain: manifest.domain, topic: name, rules };
		return {
			name,
			mayPublish: Object.hasOwn(manifest.publishes, name) && isAllowed({ ...rule, direction: 'publish' }),
			maySubscribe:
				Object.hasOwn(manifest.subscribes, name) &&
				!isPrivate(name) &&
				isAllowed({ ...rule, direction: 'subscribe' }),
			whenFull: manifest.subscribes[name]?.whenFull ?? 'block',
		};
	});
}

/** What a VM says to its device and of its recordings, and what it is told of them, is heard by nobody else. */
function isPrivate(topic: string): boolean {
	return topic.startsWith('serial.') || topic.startsWith('recordings.');
}

/** Between the platform and one VM alone. */
function toAndFro(to: string, from: string): TopicGrant[] {
	return [
		{ name: to, mayPublish: false, maySubscribe: true, whenFull: 'block' },
		{ name: from, mayPublish: true, maySubscribe: false, whenFull: 'block' },
	];
}

/** Between the platform and VMs: no VM says anything there to another. */
export function isPlatformTopic(topic: string): boolean {
	return reserved.some((prefix) => topic.startsWith(prefix));
}

/** @throws PolicyError `topic-reserved`, `topic-type-conflict` */
export function checkTopics(manifest: Manifest, installed: readonly Manifest[]): void {
	for (const topic of Object.keys(manifest.publishes)) {
		if (isPlatformTopic(topic))
			throw new PolicyError(
				'topic-reserved',
				`${manifest.name} may not publish on ${topic}: it is the platform's`,
			);
	}
	const known = new Map<string, string>(Object.entries(platformTopics));
	for (const other of installed) for (const [topic, type] of typesOf(other)) known.set(topic, type);
	for (const [topic, type] of typesOf(manifest)) {
		const other = known.get(topic) ?? type;
		if (other !== type)
			throw new PolicyError(
				'topic-type-conflict',
				`${topic} carries ${other} on this box; ${manifest.name} says ${type}`,
			);
		known.set(topic, type);
	}
}

function* typesOf({ publishes, subscribes }: Manifest): Generator<[string, string]> {
	yield* Object.entries(publishes);
	for (const [topic, { type }] of Object.entries(subscribes)) yield [topic, type];
}

/** @param direction in which the domain may use the topic */
export function isAllowed({
	domain,
	direction,
	topic,
	rules = defaultRules,
}: {
	domain: Domain;
	direction: 'publish' | 'subscribe';
	topic: string;
	rules?: readonly PolicyRule[] | undefined;
}): boolean {
	const rule = rules.findLast(
		(candidate) =>
			(candidate.domain === '*' || candidate.domain === domain) &&
			(candidate.direction === '*' || candidate.direction === direction) &&
			fits(candidate.topics, topic),
	);
	return rule?.allow ?? false;
}

function fits(pattern: string, topic: string): boolean {
	if (pattern === '*') return true;
	return pattern.endsWith('.*') ? topic.startsWith(pattern.slice(0, -1)) : pattern === topic;
}
