/**
 * Recordings of a VM on the disk of its box, which only its module sees.
 *
 * What a VM orders travels as messages on `recordings.order`, and what came of it as requests on `recordings.report`,
 * one at a time: a VM that is busy or suspended finds the newest state of each recording, and not all that led there.
 */
import { Order } from '../../../proto/host/bus/recordings.ts';
import type { Hub } from '../../bus/hub.ts';
import type { Clock } from '../../clock.ts';
import { codeOf } from '../../error.ts';
import { object } from '../../field-rules.ts';
import { grantBy } from '../../module/manifest.ts';
import { type NumberField, numbers } from '../../module/number-field.ts';
import type { VmId } from '../../vm/cell-protocol.ts';
import type { Capability, VmContext } from '../capability.ts';
import { Reporter } from './reporter.ts';
import type { Shelf } from './shelf.ts';
import type { Shelves } from './shelves.ts';

export interface RecordingsGrant {
	/** Of all recordings of the module together. */
	readonly maxBytes: number;
	readonly maxRecordings: number;
}

export interface RecordingsOptions {
	readonly clock: Clock;
	readonly hub: Pick<Hub, 'request' | 'listen'>;
	readonly shelves: Shelves;
}

export interface Recordings extends Capability<RecordingsGrant> {
	/** Hears no more orders, and resolves once what it has is on the disk. */
	stop(): Promise<void>;
}

export const recordingsFields = {
	maxBytes: {
		fallback: 1_073_741_824,
		most: Number.MAX_SAFE_INTEGER,
		what: 'All recordings of the module together, in bytes.',
		beyond: 'the recording ends with what it has (`recordings-full`, named `storage`)',
	},
	maxRecordings: {
		fallback: 64,
		most: 1024,
		what: 'How many it may have.',
		beyond: 'there is no other one (`recordings-many`)',
	},
} as const satisfies Record<string, NumberField>;

interface User {
	readonly vm: VmContext;
	readonly shelf: Shelf;
	readonly reporter: Reporter;
}

export function recordings({ clock, hub, shelves }: RecordingsOptions): Recordings {
	const users = new Map<VmId, User>();
	const usersOf = (module: string): User[] =>
		[...users.values()].filter(({ vm }) => vm.manifest.name === module);

	shelves.changed = (module, { name, end }) => {
		for (const { vm, reporter } of usersOf(module)) {
			reporter.changed(name);
			if (end?.code === 'recordings-full')
				vm.exceeded('storage', `the recording ${name} has ended: there is no room for more of it`);
		}
	};

	const carryOut = async ({ vm, shelf, reporter }: User, order: Order): Promise<void> => {
		const { name } = order;
		switch (order.order) {
			case 'begin':
				await shelf.begin(name, order.begin?.note ?? new Uint8Array());
				break;
			case 'append':
				return shelf.append(name, order.append?.offset ?? 0, order.append?.bytes ?? new Uint8Array());
			case 'finish':
				return shelf.finish(name, order.finish?.code ?? '');
			case 'remove':
				await shelf.remove(name);
				break;
			case 'list':
				return reporter.all();
			default:
				return vm.say({ level: 'warn', text: `an order of ${name} says nothing that this box knows` });
		}
		for (const each of usersOf(vm.manifest.name)) each.reporter.changed(name);
	};

	const stopListening = hub.listen('recordings.order', ({ sender, payload }) => {
		const user = users.get(sender);
		if (user === undefined) return;
		let order: Order;
		try {
			order = Order.decode(payload);
		} catch {
			return user.vm.say({ level: 'warn', text: 'what it ordered of its recordings is no Order' });
		}
		// What it ordered after this is carried out after this, but for what takes the disk a while.
		carryOut(user, order).catch((error: unknown) => {
			user.reporter.refused({ name: order.name, code: codeOf(error), why: (error as Error).message });
		});
	});

	const close = ({ id }: Pick<VmContext, 'id'>): void => {
		users.get(id)?.reporter.close();
		users.delete(id);
	};

	return {
		name: 'recordings',
		parse: grantBy('recordings', object('an object', numbers(recordingsFields))),
		link: async (grant, vm) => {
			close(vm);
			const shelf = await shelves.of(vm.manifest.name);
			shelf.limits = grant;
			users.set(vm.id, { vm, shelf, reporter: new Reporter({ clock, hub, vm: vm.id, shelf }) });
			return {};
		},
		quota: ({ maxBytes, maxRecordings }) => ({ bytes: maxBytes, recordings: maxRecordings }),
		close,
		stop: async () => {
			stopListening();
			for (const { vm } of [...users.values()]) close(vm);
			await shelves.close();
		},
	};
}
