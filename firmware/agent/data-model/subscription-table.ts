/** `Device.LocalAgent.Subscription.{i}.`: the one table a controller writes itself. */
import type { Controllers } from '../controllers.ts';
import { UspError } from '../error.ts';
import type { Notifier } from '../notifier.ts';
import { type Subscription, subscriptionParams } from '../subscription.ts';
import { readSettings } from '../subscription-settings.ts';
import { type Subscriptions, subscriptionKeys } from '../subscriptions.ts';
import type { DataModel } from './model.ts';
import { type Editor, type ObjectProvider, type TableEditor, textOf } from './provider.ts';

const table = 'Device.LocalAgent.Subscription';

interface SubscriptionTableOptions {
	readonly subscriptions: Subscriptions;
	readonly controllers: Controllers;
	readonly notifier: Notifier;
	readonly model: DataModel;
}

export function subscriptionTable(options: SubscriptionTableOptions): ObjectProvider {
	const { subscriptions, controllers } = options;
	return {
		path: `${table}.{i}.`,
		uniqueKeys: [['Alias'], ['Recipient', 'ID']],
		editor: editor(options),
		rows: () =>
			subscriptions.list().map((row) => ({
				number: row.number,
				params: subscriptionParams(row, recipientRef(controllers, row.recipient)),
			})),
	};
}

function editor({ subscriptions, controllers, notifier, model }: SubscriptionTableOptions): TableEditor {
	// A controller looks after what it made itself (TR-181 Subscription.Recipient).
	function own(number: number, { endpointId }: Editor): Subscription {
		const row = subscriptions.list().find((other) => other.number === number);
		if (row === undefined) throw new UspError('object-does-not-exist', `there is no ${table}.${number}.`);
		if (row.recipient !== endpointId)
			throw new UspError('permission-denied', `${table}.${number}. belongs to another controller`);
		return row;
	}

	return {
		add: async (settings, { endpointId }) => {
			const { change, failures } = readSettings({ settings, before: undefined, model });
			subscriptions.check(endpointId, change);
			return {
				failures,
				commit: async () => {
					const row = await subscriptions.add(endpointId, change);
					return {
						number: row.number,
						uniqueKeys: subscriptionKeys(row, recipientRef(controllers, endpointId)),
					};
				},
			};
		},
		set: async (number, settings, by) => {
			const before = own(number, by);
			const { change, failures } = readSettings({ settings, before, model });
			subscriptions.check(by.endpointId, change, number);
			return {
				failures,
				commit: async () => {
					await subscriptions.change(number, change);
					const after = subscriptionParams(
						{ ...before, ...change },
						recipientRef(controllers, by.endpointId),
					);
					const isSet = (name: string) =>
						settings.some(({ param }) => param === name) && !failures.some(({ param }) => param === name);
					return Object.fromEntries(
						Object.entries(after).flatMap(([name, value]) => (isSet(name) ? [[name, textOf(value)]] : [])),
					);
				},
			};
		},
		remove: async (number, by) => {
			const { id, recipient } = own(number, by);
			return {
				failures: [],
				commit: async () => {
					await subscriptions.remove((row) => row.number === number);
					await notifier.forget(recipient, id);
				},
			};
		},
	};
}

function recipientRef(controllers: Controllers, endpointId: string): string {
	const controller = controllers.find(endpointId);
	return controller === undefined ? '' : `Device.LocalAgent.Controller.${controller.number}`;
}
