/** `mullion status`: the box at a glance, once or as it goes on. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Controller, Objects } from '../controller/controller.ts';
import { ControllerError } from '../controller/controller-error.ts';
import { type FirmwareSlot, isRunning, slotsIn } from '../controller/firmware-slots.ts';
import { withBox } from './box.ts';
import type { Command } from './command.ts';
import { headendOptions } from './headend-file.ts';
import type { Output } from './output.ts';
import { overrunsOf, overrunTable } from './overrun-table.ts';
import { printable } from './printable.ts';
import { table } from './table.ts';

type Row = Readonly<Record<string, string>>;

export interface BoxState {
	readonly device: Row;
	/** None where the box does not look after its own firmware. */
	readonly firmware: readonly FirmwareSlot[];
	/** Missing where the box does not look at its power. */
	readonly power?: Row;
	readonly vms: readonly Row[];
	readonly networks: readonly Row[];
	readonly sessions: readonly Row[];
}

const everyMs = 1000;

export const status: Command = {
	name: 'status',
	summary:
		'Shows the box: its firmware, VMs, networks and sessions. Bytes of a network are those since the box started: what services fetched and asked with (DATA), and all that its interface carried (WIRE), the talk of the box to its cloud included.',
	usage: '[OPTIONS]',
	options: {
		follow: {
			type: 'boolean',
			short: 'f',
			help: 'once a second until Ctrl-C; with --json one object a line',
		},
		...headendOptions,
	},
	examples: [
		['mullion status', 'the box of the headend that runs here'],
		['mullion status -f', 'as it goes on'],
		['mullion status --json', 'for a program'],
	],
	run: async (context) => {
		const { output, options, signal } = context;
		const show = async (box: Controller) => {
			const state = await readState(box);
			if (options['follow'] === true) output.clear();
			output.result(state, stateText(state, output));
		};
		await withBox(context, async (box) => {
			await show(box);
			while (options['follow'] === true && !signal.aborted) {
				await sleep(everyMs, undefined, { signal }).catch(() => undefined);
				if (!signal.aborted) await show(box);
			}
		});
	},
};

async function readState(box: Controller): Promise<BoxState> {
	const objects = await box.get([
		'Device.DeviceInfo.',
		'Device.SoftwareModules.ExecutionUnit.',
		'Device.X_MULLION_Network.Baseband.',
		'Device.X_MULLION_Session.Session.',
	]);
	const power = await readPower(box);
	return {
		device: objects['Device.DeviceInfo.'] ?? {},
		firmware: slotsIn(objects),
		...(power && { power }),
		vms: rowsOf(objects, 'Device.SoftwareModules.ExecutionUnit.'),
		networks: rowsOf(objects, 'Device.X_MULLION_Network.Baseband.'),
		sessions: rowsOf(objects, 'Device.X_MULLION_Session.Session.'),
	};
}

/** A box of an earlier version, or one that is a program among others, has no such object. */
async function readPower(box: Controller): Promise<Row | undefined> {
	const path = 'Device.X_MULLION_Power.';
	try {
		return (await box.get([path]))[path];
	} catch (error) {
		if (error instanceof ControllerError && error.code === 'refused') return undefined;
		throw error;
	}
}

/** Nothing to say while there are mains. */
function powerText({ Source, BatteryPercent = '-1', MinutesLeft = '-1' }: Row): string {
	if (Source !== 'Battery') return '';
	const percent = BatteryPercent === '-1' ? '' : ` (${BatteryPercent} %)`;
	return `on battery${percent}${MinutesLeft === '-1' ? '' : `, ${MinutesLeft} min left`}`;
}

function rowsOf(objects: Objects, path: string): Row[] {
	return Object.entries(objects).flatMap(([at, params]) => (at.startsWith(path) ? [params] : []));
}

const column = (title: string, param: string, isRight = false) => ({
	title,
	of: (row: Row) => printable(row[param] ?? ''),
	isRight,
});

/** One line of what runs, and of what became of the other slot. */
function firmwareText(slots: readonly FirmwareSlot[], output: Output): string {
	const running = slots.find(isRunning);
	if (running === undefined) return '';
	const mark = running.isOnTrial ? output.yellow('on trial') : output.green('good');
	const others = slots.flatMap(({ name, version, status, failure }) => {
		if (name === running.name) return [];
		if (failure !== '') return [output.red(printable(failure))];
		return [output.dim(printable(`slot ${name}: ${version || 'empty'} (${status})`))];
	});
	const runs = printable(`firmware ${running.version} in slot ${running.name}`);
	return [`${runs}, ${mark}`, ...others].join('; ');
}

function stateText(
	{ device, firmware, power = {}, vms, networks, sessions }: BoxState,
	output: Output,
): string {
	const state = (row: Row): string => {
		const text = row['X_MULLION_State'] ?? '';
		if (text === 'running') return output.green(text);
		if (text === 'hibernated') return output.dim(text);
		return text === 'parked' ? output.red(text) : output.yellow(text);
	};
	const link = (row: Row): string =>
		row['Status'] === 'Up' ? output.green('up') : output.dim((row['Status'] ?? '').toLowerCase());
	const { ModelName = '', SerialNumber = '', SoftwareVersion = '', UpTime = '0' } = device;
	const parts = [
		output.bold(printable(`${ModelName} ${SerialNumber}`)),
		`software ${SoftwareVersion}, up ${duration(Number(UpTime))}`,
		...[firmwareText(firmware, output)].filter((text) => text !== ''),
		...[powerText(power)].filter((text) => text !== '').map(output.yellow),
		'',
		table({
			rows: vms,
			head: output.bold,
			columns: [
				column('VM', 'EUID'),
				column('VERSION', 'Version'),
				{ title: 'STATE', of: state },
				column('NETWORK', 'X_MULLION_Baseband'),
				{ title: 'MEMORY', of: (row) => kibibytes(row['MemoryInUse']), isRight: true },
				{ title: 'CPU', of: (row) => `${row['CPUPercentInUse'] ?? '0'}%`, isRight: true },
				column('RESTARTS', 'X_MULLION_Restarts', true),
				{ title: 'REASON', of: (row) => output.dim(printable(row['X_MULLION_Reason'] ?? '')) },
			],
		}),
		'',
		table({
			rows: networks,
			head: output.bold,
			columns: [
				column('NETWORK', 'Name'),
				column('KIND', 'Kind'),
				{ title: 'STATE', of: link },
				{ title: 'SIGNAL', of: (row) => measured(row['SignalDbm'], 'dBm'), isRight: true },
				{ title: 'SPEED', of: (row) => measured(row['SpeedKbps'], 'kbit/s'), isRight: true },
				column('COST/MB', 'CostPerMb', true),
				{ title: 'DATA IN', of: (row) => bytes(row['BytesIn']), isRight: true },
				{ title: 'OUT', of: (row) => bytes(row['BytesOut']), isRight: true },
				{ title: 'WIRE IN', of: (row) => bytes(row['WireBytesIn']), isRight: true },
				{ title: 'OUT', of: (row) => bytes(row['WireBytesOut']), isRight: true },
			],
		}),
	];
	const overruns = overrunsOf(vms);
	if (overruns.length > 0) parts.push('', overrunTable(overruns, output));
	if (sessions.length > 0)
		parts.push(
			'',
			table({
				rows: sessions,
				head: output.bold,
				columns: [
					column('SESSION', 'Session'),
					column('KIND', 'Kind'),
					column('STATE', 'State'),
					column('OWNER', 'Owner'),
					column('NETWORK', 'Baseband'),
					column('HANDOFFS', 'Handoffs', true),
				],
			}),
		);
	return parts.join('\n');
}

/** A wire has no signal, and says no speed of its own: 0 is what nobody has measured. */
function measured(text = '0', unit = ''): string {
	return Number(text) === 0 ? '' : `${text} ${unit}`;
}

function kibibytes(text = '0'): string {
	return `${Number(text) >= 1024 ? `${(Number(text) / 1024).toFixed(1)} MiB` : `${text} KiB`}`;
}

/** Nothing where nobody counts. */
function bytes(text = '-1'): string {
	const count = Number(text);
	if (count < 0) return '';
	if (count < 1000) return `${count} B`;
	return count >= 1_000_000 ? `${(count / 1_000_000).toFixed(1)} MB` : `${(count / 1000).toFixed(1)} kB`;
}

function duration(seconds: number): string {
	const [days, hours, minutes] = [
		Math.floor(seconds / 86_400),
		Math.floor(seconds / 3600) % 24,
		Math.floor(seconds / 60) % 60,
	];
	if (days > 0) return `${days} d ${hours} h`;
	if (hours > 0) return `${hours} h ${minutes} min`;
	return minutes > 0 ? `${minutes} min` : `${seconds} s`;
}
