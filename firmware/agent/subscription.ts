/** One wish of a controller to be told of something: a row of `Device.LocalAgent.Subscription.{i}.`. */
import { parsePath } from './data-model/path.ts';
import { dateTimeOf, type Params } from './data-model/provider.ts';

/** What a controller can be told of; the standard's others are refused, since nothing would come. */
export const notifTypes = ['Event', 'OperationComplete'] as const;
export type NotifType = (typeof notifTypes)[number];

export interface Subscription {
	readonly number: number;
	readonly alias: string;
	readonly isEnabled: boolean;
	/** Endpoint id of the controller that made it. */
	readonly recipient: string;
	readonly id: string;
	/** Microseconds since the epoch. */
	readonly createdAt: number;
	readonly notifType: NotifType;
	readonly references: readonly string[];
	/** Whether it outlives a restart of the box. */
	readonly isPersistent: boolean;
	/** Seconds; 0 is for ever. */
	readonly timeToLive: number;
	/** Whether a notification is repeated until it is answered, and for how many seconds (0: for ever). */
	readonly isRetried: boolean;
	readonly notifExpiration: number;
}

export function subscriptionParams(subscription: Subscription, recipientRef: string): Params {
	return {
		Alias: subscription.alias,
		Enable: subscription.isEnabled,
		Recipient: recipientRef,
		ID: subscription.id,
		CreationDate: dateTimeOf(subscription.createdAt),
		NotifType: subscription.notifType,
		ReferenceList: subscription.references.join(','),
		Persistent: subscription.isPersistent,
		TimeToLive: subscription.timeToLive,
		NotifRetry: subscription.isRetried,
		NotifExpiration: subscription.notifExpiration,
	};
}

/** Whether the subscription is to something of this name in this object at this time. */
export function isSubscribed(options: {
	subscription: Subscription;
	notifType: NotifType;
	objectPath: string;
	name: string;
	now: number;
}): boolean {
	const { subscription, notifType, objectPath, name, now } = options;
	if (!subscription.isEnabled || subscription.notifType !== notifType) return false;
	if (isExpired(subscription, now)) return false;
	return subscription.references.some((reference) => isReferenced({ reference, objectPath, name }));
}

export function isExpired({ timeToLive, createdAt }: Subscription, now: number): boolean {
	return timeToLive > 0 && now >= createdAt + timeToLive * 1_000_000;
}

// A reference to an object is one to everything in it and below it.
function isReferenced(options: { reference: string; objectPath: string; name: string }): boolean {
	const { reference, objectPath, name } = options;
	const { segments, leaf } = parsePath(reference);
	const parts = objectPath.slice(0, -1).split('.');
	if (leaf === undefined ? segments.length > parts.length : segments.length !== parts.length) return false;
	if (leaf !== undefined && leaf !== name) return false;
	return segments.every((segment, at) => {
		const part = parts[at] ?? '';
		if (segment.kind === 'any') return /^[0-9]+$/.test(part);
		return (
			part ===
			(segment.kind === 'name' ? segment.name : segment.kind === 'number' ? String(segment.number) : '')
		);
	});
}
