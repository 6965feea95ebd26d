/**
 * Bytes between a VM and the serial devices that its manifest names, and nobody else's.
 *
 * They travel as messages: from a device as a request on `serial.input`, one at a time, so that a VM that is
 * busy or suspended holds the device back and not the box; to it on `serial.output`.
 */
import type { Hub } from '../bus/hub.ts';
import type { Clock } from '../clock.ts';
import type { SerialLine, SerialLines } from '../expansion/serial-lines.ts';
import type { UsbDevice } from '../expansion/usb-device.ts';
import { object } from '../field-rules.ts';
import { grantBy, ManifestError } from '../module/manifest.ts';
import { type NumberField, numbers } from '../module/number-field.ts';
import type { VmId } from '../vm/cell-protocol.ts';
import type { Capability, VmContext } from './capability.ts';

export interface SerialGrant {
	readonly baud: number;
}

export interface SerialData {
	readonly port: string;
	readonly data: Uint8Array;
}

export interface SerialOptions {
	readonly clock: Clock;
	readonly hub: Pick<Hub, 'request' | 'listen'>;
	readonly lines: SerialLines;
	/** What is plugged in now. */
	readonly devices: () => readonly UsbDevice[];
	readonly encode: (data: SerialData) => Uint8Array;
	/** Throws for what is none. */
	readonly decode: (payload: Uint8Array) => SerialData;
}

export interface Serial extends Capability<SerialGrant> {
	/** Other devices are plugged in: lines are opened and closed for those who may use them. */
	devicesChanged(): void;
	/** Closes every line. */
	stop(): void;
}

/** How long a VM has for what came, and how long it is left alone when it did not take it. */
const deadlineMs = 5000;
const pauseMs = 1000;
/** When a line that is lost is tried again, if its device is still there. */
const reopenMs = 5000;
/** How often the same bytes are offered before those that come after them are. */
const mostOffers = 3;

interface User {
	readonly vm: VmContext;
	readonly grant: SerialGrant;
	/** Line -> where it is plugged in, and the way to it. */
	readonly open: Map<string, { readonly port: string; readonly line: SerialLine }>;
}

export const serialFields = {
	baud: {
		fallback: 9600,
		most: 4_000_000,
		what: 'Speed of the lines of the devices in `usb`, of which there has to be one.',
		beyond: 'what a line has no room for is lost, and the log says so',
	},
} as const satisfies Record<string, NumberField>;

const readGrant = grantBy('serial', object('an object', numbers(serialFields)));

export function serial(options: SerialOptions): Serial {
	const { clock, hub, lines, devices, encode, decode } = options;
	const users = new Map<VmId, User>();

	const deliver = async (user: User, said: SerialData): Promise<void> => {
		const payload = encode(said);
		for (let offer = 0; offer < mostOffers && users.get(user.vm.id) === user; offer++) {
			try {
				await hub.request({ vm: user.vm.id, topic: 'serial.input', payload, deadlineMs });
				return;
			} catch {
				await new Promise<void>((resolve) => void clock.after(pauseMs, resolve));
			}
		}
	};

	const open = (user: User, port: string, name: string): void => {
		const line = lines.open(name, user.grant, {
			data: (data) => deliver(user, { port, data }),
			lost: (why) => {
				user.open.delete(name);
				clock.after(reopenMs, () => users.get(user.vm.id) === user && review(user));
				user.vm.say({ level: 'warn', text: `${name} at ${port} is lost: ${why}` });
			},
		});
		user.open.set(name, { port, line });
	};

	const review = (user: User): void => {
		const mine = devices().filter(({ id }) => user.vm.manifest.usb.includes(id));
		const wanted = new Map(mine.flatMap(({ port, lines: names }) => names.map((name) => [name, port])));
		for (const [name, { port, line }] of user.open) {
			if (wanted.get(name) === port) continue;
			line.close();
			user.open.delete(name);
		}
		for (const [name, port] of wanted) if (!user.open.has(name)) open(user, port, name);
	};

	const close = ({ id }: Pick<VmContext, 'id'>): void => {
		for (const { line } of users.get(id)?.open.values() ?? []) line.close();
		users.delete(id);
	};

	const stopListening = hub.listen('serial.output', ({ sender, payload }) => {
		const user = users.get(sender);
		if (user === undefined) return;
		let said: SerialData;
		try {
			said = decode(payload);
		} catch {
			return user.vm.say({ level: 'warn', text: 'what it said to its device is no SerialData' });
		}
		const { port, data } = said;
		const to = user.open.values().find((each) => port === '' || each.port === port);
		if (to?.line.write(data) !== true)
			user.vm.say({ level: 'warn', text: `${data.length} bytes for its device were lost` });
	});

	return {
		name: 'serial',
		parse: (grant, { usb }) => {
			const parsed = readGrant(grant);
			if (usb.length === 0)
				throw new ManifestError('bad-manifest', 'manifest.capabilities.serial needs devices in manifest.usb');
			return parsed;
		},
		link: (grant, vm) => {
			close(vm);
			const user: User = { vm, grant, open: new Map() };
			users.set(vm.id, user);
			review(user);
			return {};
		},
		quota: ({ baud }) => ({ baud }),
		close,
		devicesChanged: () => {
			for (const user of users.values()) review(user);
		},
		stop: () => {
			stopListening();
			for (const { vm } of [...users.values()]) close(vm);
		},
	};
}
