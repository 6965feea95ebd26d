/** Reads what a controller wants of a subscription: TR-106 text into values, each refusal with its fault. */

import type { DataModel } from './data-model/model.ts';
import { parsePath } from './data-model/path.ts';
import type { ParamFailure, Setting } from './data-model/provider.ts';
import { faultOf, UspError } from './error.ts';
import { type NotifType, notifTypes, type Subscription } from './subscription.ts';

type Settable = Omit<Subscription, 'number' | 'recipient' | 'createdAt'>;
export type SubscriptionChange = { -readonly [Key in keyof Settable]?: Settable[Key] };

interface ReadOptions {
	readonly settings: readonly Setting[];
	/** The row as it is; undefined for a new one. */
	readonly before: Subscription | undefined;
	readonly model: DataModel;
}

/** Errors: `required-parameter-failed`, when one that had to be set could not be. */
export function readSettings({ settings, before, model }: ReadOptions): {
	change: SubscriptionChange;
	failures: ParamFailure[];
} {
	const change: SubscriptionChange = {};
	const failures: ParamFailure[] = [];
	for (const { param, value, isRequired } of settings) {
		try {
			const read = Object.hasOwn(readers, param) ? readers[param] : undefined;
			if (read === undefined)
				throw new UspError('unsupported-parameter', `a subscription has no ${param} to set`);
			read({ value, change, before, model });
		} catch (error) {
			const fault = faultOf(error, 'internal-error');
			if (isRequired)
				throw new UspError('required-parameter-failed', `${param}: ${fault.text}`, { cause: error });
			failures.push({ param, fault });
		}
	}
	return { change, failures };
}

interface Reading {
	readonly value: string;
	readonly change: SubscriptionChange;
	readonly before: Subscription | undefined;
	readonly model: DataModel;
}

const readers: Readonly<Record<string, (reading: Reading) => void>> = {
	Alias: ({ value, change }) => {
		change.alias = shortText(value);
	},
	Enable: ({ value, change }) => {
		change.isEnabled = truth(value);
	},
	ID: ({ value, change }) => {
		change.id = shortText(value);
	},
	NotifType: ({ value, change, before }) => {
		if (before !== undefined) throw new UspError('parameter-not-writable', 'NotifType stays as it was set');
		if (!isNotifType(value))
			throw new UspError(
				'invalid-value',
				`NotifType "${value}"; this box tells of ${notifTypes.join(' and ')}`,
			);
		change.notifType = value;
	},
	ReferenceList: ({ value, change, before, model }) => {
		// TR-181 Subscription.ReferenceList: once it has a value it cannot be changed.
		if (before !== undefined)
			throw new UspError('parameter-not-writable', 'ReferenceList stays as it was set');
		change.references = references(value, model);
	},
	Persistent: ({ value, change }) => {
		change.isPersistent = truth(value);
	},
	TimeToLive: ({ value, change }) => {
		change.timeToLive = seconds(value);
	},
	NotifRetry: ({ value, change }) => {
		change.isRetried = truth(value);
	},
	NotifExpiration: ({ value, change }) => {
		change.notifExpiration = seconds(value);
	},
};

const maxReferences = 32;

function references(text: string, model: DataModel): string[] {
	const list = text
		.split(',')
		.map((part) => part.trim())
		.filter((part) => part !== '');
	if (list.length === 0 || list.length > maxReferences)
		throw new UspError('invalid-value', `ReferenceList has to name 1 to ${maxReferences} paths`);
	for (const reference of list) {
		const { segments, leaf } = parsePath(reference);
		if (segments.some(({ kind }) => kind === 'search'))
			throw new UspError('invalid-value', `"${reference}": name rows by number or *, not by a search`);
		const node = model.node(segments.map((segment) => (segment.kind === 'name' ? segment.name : '{i}')));
		const { commands = {}, events = {} } = node?.provider ?? {};
		const isThere = node !== undefined && (leaf === undefined || leaf in commands || leaf in events);
		if (!isThere)
			throw new UspError('invalid-value', `"${reference}" is no object, command or event of this box`);
	}
	return list;
}

function isNotifType(value: string): value is NotifType {
	return (notifTypes as readonly string[]).includes(value);
}

function truth(value: string): boolean {
	if (value === 'true' || value === '1') return true;
	if (value === 'false' || value === '0') return false;
	throw new UspError('invalid-type', `"${value}" is not true or false`);
}

function seconds(value: string): number {
	if (!/^[0-9]{1,10}$/.test(value)) throw new UspError('invalid-type', `"${value}" is no number of seconds`);
	return Number(value);
}

function shortText(value: string): string {
	if (value === '' || value.length > 64)
		throw new UspError('invalid-value', 'it has to have 1 to 64 characters');
	return value;
}
