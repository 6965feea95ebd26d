/** `Device.DeviceInfo.FirmwareImage.{i}.`: the slots for firmware, and how a release comes into one and is tried. */
import type { Clock } from '../../../runtime/clock.ts';
import { UspError } from '../error.ts';
import type { InstanceNumbers } from '../instance-numbers.ts';
import type { FirmwareManager, FirmwareStatus } from '../ports.ts';
import {
	mostWindows,
	parseWindows,
	type WindowWait,
	waitForWindow,
	windowInputs,
} from './activation-window.ts';
import { checkedUrl } from './install-du.ts';
import type { Call, Command, EventSink, ObjectProvider, Params } from './provider.ts';
import { transferComplete } from './transfer-complete.ts';

export interface FirmwareOptions {
	readonly firmware: FirmwareManager;
	readonly numbers: InstanceNumbers;
	readonly clock: Clock;
}

const table = 'Device.DeviceInfo.FirmwareImage';

const statusText = {
	none: 'NoImage',
	active: 'Active',
	downloading: 'Downloading',
	available: 'Available',
	'download-failed': 'DownloadFailed',
	'validation-failed': 'ValidationFailed',
	'installation-failed': 'InstallationFailed',
	'activation-failed': 'ActivationFailed',
} as const satisfies Record<FirmwareStatus['status'], string>;

/** What `Device.DeviceInfo.` says of it. */
export async function firmwareParams(
	options: Pick<FirmwareOptions, 'firmware' | 'numbers'>,
): Promise<Params> {
	const rows = await numbered(options);
	const reference = (fits: (image: FirmwareStatus) => boolean): string => {
		const number = rows.find(({ image }) => fits(image))?.number;
		return number === undefined ? '' : `${table}.${number}`;
	};
	return {
		ActiveFirmwareImage: reference(({ status }) => status === 'active'),
		BootFirmwareImage: reference(({ isNext }) => isNext),
		MaxNumberOfActivateTimeWindows: mostWindows,
	};
}

/** The slot that `Device.DeviceInfo.BootFirmwareImage` may name. @throws UspError `invalid-value` */
export async function slotNamed(
	path: string,
	options: Pick<FirmwareOptions, 'firmware' | 'numbers'>,
): Promise<string> {
	const rows = await numbered(options);
	const row = rows.find(({ number }) => `${table}.${number}` === path.replace(/\.$/, ''));
	if (row === undefined) throw new UspError('invalid-value', `"${path}" is no ${table}.{i} of this box`);
	if (!row.image.isAvailable)
		throw new UspError('invalid-value', `there is nothing in ${path} that could be started`);
	return row.image.slot;
}

export function firmwareImages(options: FirmwareOptions): ObjectProvider {
	const { firmware, clock } = options;
	let events: EventSink | undefined;

	async function slotOf({ at, objectPath }: Call): Promise<string> {
		const row = (await numbered(options)).find(({ number }) => number === at[0]);
		if (row === undefined) throw new UspError('object-does-not-exist', `there is no ${objectPath}`);
		return row.image.slot;
	}

	/** The end of the transfer is told at once: what becomes of the firmware may take until after a restart. */
	async function transfer(call: Call, { slot, url }: { slot: string; url: string }): Promise<void> {
		const { signal } = call;
		const end = (error?: unknown): void =>
			events?.emit(transferComplete({ call, url, endedAt: clock.now(), error }));
		try {
			await firmware.download({ slot, url, signal });
		} catch (error) {
			if (!signal.aborted) end(error);
			throw error;
		}
		end();
	}

	const download: Command = {
		kind: 'async',
		isResumable: true,
		inputs: { URL: { isRequired: true }, AutoActivate: { otherwise: 'false' } },
		outputs: [],
		run: async (call) => {
			const { args, signal } = call;
			const url = checkedUrl(args['URL'] ?? '');
			const isActivated = truthOf(args, 'AutoActivate');
			const slot = await slotOf(call);
			// The restart that interrupted it may be the one it asked for.
			const isResumed = call.isResumed && isActivated && (await firmware.wasTried(slot));
			if (!isResumed) await transfer(call, { slot, url });
			if (isActivated) await firmware.activate({ slot, isResumed, signal });
			return {};
		},
	};
	const activate: Command = {
		kind: 'async',
		isResumable: true,
		inputs: windowInputs,
		outputs: [],
		run: async (call) => {
			const { args, acceptedAt, signal } = call;
			const windows = parseWindows(args, acceptedAt);
			const slot = await slotOf(call);
			const isResumed = call.isResumed && (await firmware.wasTried(slot));
			const isIdle = (): boolean => firmware.isIdle();
			const ask: WindowWait['ask'] = (question) => firmware.ask({ slot, ...question });
			if (!isResumed) await waitForWindow({ windows, clock, isIdle, ask, signal });
			await firmware.activate({ slot, isResumed, signal });
			return {};
		},
	};

	return {
		path: `${table}.{i}.`,
		uniqueKeys: [['Alias']],
		commands: { 'Download()': download, 'Activate()': activate },
		watch: (sink) => {
			events = sink;
			return () => {
				events = undefined;
			};
		},
		rows: async () =>
			(await numbered(options)).map(({ number, image }) => ({
				number,
				params: {
					Alias: `cpe-${number}`,
					Name: image.slot,
					Version: image.version,
					Available: image.isAvailable,
					Status: statusText[image.status],
					BootFailureLog: image.failure,
					X_MULLION_OnTrial: image.isOnTrial,
				},
			})),
	};
}

async function numbered({ firmware, numbers }: Pick<FirmwareOptions, 'firmware' | 'numbers'>) {
	const images = await firmware.list();
	const assigned = await numbers.assign(
		table,
		images.map(({ slot }) => slot),
	);
	return images.flatMap((image) => {
		const number = assigned.get(image.slot);
		return number === undefined ? [] : [{ number, image }];
	});
}

function truthOf(args: Readonly<Record<string, string>>, name: string): boolean {
	const value = args[name];
	if (value === 'true' || value === '1') return true;
	if (value === 'false' || value === '0') return false;
	throw new UspError('invalid-command-arguments', `${name} is "${value}", not true or false`);
}
