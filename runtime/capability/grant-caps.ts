/** What a module may use up of a capability: what its manifest asks for, within what the box allows. */
import { keyValueFields } from './key-value.ts';
import { logFields } from './log.ts';
import { mediaSinkFields } from './media-sink/media-sink.ts';
import { networkStreamFields } from './network-stream.ts';
import { recordingsFields } from './recordings/recordings.ts';

/** By capability, the fields of its grant that are upper bounds: in all of them less is less. */
export const boundedGrants = {
	log: logFields,
	'key-value': keyValueFields,
	'network-stream': networkStreamFields,
	'media-sink': mediaSinkFields,
	recordings: recordingsFields,
} as const;

/** The most that this box grants any module; what is left out is bounded by the platform only. */
export type GrantCaps = {
	readonly [Name in keyof typeof boundedGrants]?: {
		readonly [Field in keyof (typeof boundedGrants)[Name]]?: number;
	};
};

/** A grant within the caps: a module that asks for more runs with less. */
export function cappedGrant<Grant>(name: string, grant: Grant, caps: GrantCaps): Grant {
	const own: Readonly<Record<string, number>> | undefined = Object.hasOwn(caps, name)
		? caps[name as keyof GrantCaps]
		: undefined;
	if (own === undefined || typeof grant !== 'object' || grant === null) return grant;
	const fields = Object.entries(grant).map(([field, value]) => [
		field,
		typeof value === 'number' && Object.hasOwn(own, field) ? Math.min(value, own[field] ?? value) : value,
	]);
	return Object.fromEntries(fields);
}
